import type { Overview } from '../../../main/contract/api/overview.ts';
import { type ImageClass, imageClassName, RehearsalMark } from '../../ui/badges.tsx';
import { Share } from '../../ui/values.tsx';

const order: readonly ImageClass[] = ['type_a', 'both_disagree', 'both_agree', 'type_c'];

const short: Record<ImageClass, string> = {
  type_a: 'A: only networks disagree',
  both_disagree: 'B: both disagree',
  both_agree: 'B: both agree',
  type_c: 'C: only people disagree',
};

/** Who disagrees on how many images: one bar, and the same in numbers. */
export function ImageTypes({ types, simulated }: { types: NonNullable<Overview['types']>; simulated: boolean }) {
  const { target, models, determined } = types;
  return (
    <section className="image-types" aria-labelledby="image-types">
      <h2 id="image-types">
        Who disagrees, on {determined} images {simulated && <RehearsalMark />}
      </h2>
      <p className="soft">
        {models} diverse models at {target} % test accuracy against the labelers of the study
      </p>
      <div className="image-types-bar" aria-hidden="true">
        {order.map((type) => (
          <span key={type} data-class={type} style={{ flexGrow: types[type] }} title={imageClassName(type)} />
        ))}
      </div>
      <dl className="image-types-figures">
        {order.map((type) => (
          <div key={type}>
            <dt>
              <span className="image-types-key" data-class={type} aria-hidden="true" />
              {short[type]}
            </dt>
            <dd>
              <Share k={types[type]} n={determined} of="images" />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
