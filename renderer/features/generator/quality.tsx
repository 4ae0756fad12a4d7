import type { GeneratorFigures } from '../../../main/contract/api/generator.ts';
import { formatFixed, formatInteger } from '../../../main/domain/numbers/format.ts';
import { Fact } from '../../ui/parts/states.tsx';
import { Share } from '../../ui/words/values.tsx';

/** What the samples of the study's generator are worth, by its reference classifier. */
export function Quality({ quality: { classes, variety, frechet } }: { quality: GeneratorFigures }) {
  const sum = (key: 'samples' | 'clear'): number => classes.reduce((total, each) => total + each[key], 0);
  return (
    <section aria-labelledby="quality">
      <h2 id="quality">Quality</h2>
      <dl className="facts">
        <Fact name="Clear images">
          <Share k={sum('clear')} n={sum('samples')} of="samples" /> have a softmax above 0.95 by the reference
          classifier
        </Fact>
        <Fact name="Variety">
          Samples differ from each other {formatFixed(100 * variety, 0)} % as much as real images do
        </Fact>
        {frechet && <FrechetFact frechet={frechet} by="the reference classifier" />}
        <Fact name="Classes">
          <ul className="generator-classes">
            {classes.map(({ name, samples, clear }) => (
              <li key={name}>
                <b>{name}</b> {formatInteger(clear)} of {formatInteger(samples)} clear
              </li>
            ))}
          </ul>
        </Fact>
      </dl>
    </section>
  );
}

interface FrechetFactProps {
  frechet: NonNullable<GeneratorFigures['frechet']>;
  /** The classifier whose features were compared. */
  by: 'the reference classifier' | 'that classifier';
}

/** Frechet distance on a classifier's features; smaller is closer to real images. */
export function FrechetFact({ frechet: { images, samples, heldOut }, by }: FrechetFactProps) {
  return (
    <Fact name="Frechet distance">
      {samples} between {formatInteger(images)} samples and as many training images, on the features of {by}; for
      held-out real images {heldOut}
    </Fact>
  );
}
