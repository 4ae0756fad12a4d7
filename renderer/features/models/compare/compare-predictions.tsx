import { Stack, Text } from '@mantine/core';
import type { Comparison } from '../../../../main/contract/api/run-details.ts';
import { counted, percentText, whole } from '../../../ui/numbers.ts';
import { PixelImage } from '../../../ui/pixel-image.tsx';
import { HelpNote } from '../../../ui/states.tsx';
import { Share, Undefined } from '../../../ui/values.tsx';

type Stimuli = NonNullable<Comparison['stimuli']>;

/** On how many stimuli each two runs differ, and the images on which not all say the same. */
export function ComparePredictions({ comparison }: { comparison: Comparison }) {
  const { stimuli, target, rows } = comparison;
  if (target === null) return <HelpNote>None of these runs has a snapshot yet.</HelpNote>;
  if (stimuli === null)
    return <HelpNote>The study has no frozen stimuli yet; they are made on the screen Stimuli.</HelpNote>;
  const asked = stimuli.predicted.filter(Boolean).length;
  if (asked < 2) {
    return (
      <HelpNote>
        Of these runs, {counted(asked, 'snapshot')} at {target} % {asked === 1 ? 'has' : 'have'} been shown the stimuli.
        Run the study to its report, and every snapshot is.
      </HelpNote>
    );
  }
  return (
    <Stack gap="md">
      <Text size="sm">
        Not all say the same: <Share k={stimuli.differing} n={stimuli.count} of="images" interval />, among {asked}{' '}
        networks at {target} %.
      </Text>
      {rows.length > 2 && <Pairwise stimuli={stimuli} names={rows.map(({ name }) => name)} />}
      <Images stimuli={stimuli} names={rows.map(({ name }) => name)} />
    </Stack>
  );
}

function Pairwise({ stimuli, names }: { stimuli: Stimuli; names: readonly string[] }) {
  const { count, disagreements } = stimuli;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
    <section className="scroll-x" tabIndex={0} aria-label="Disagreement of each two runs">
      <table className="confusion">
        <caption className="sr">Images that two runs label differently, of {count}</caption>
        <thead>
          <tr>
            <td />
            {names.map((name, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two runs can have one name
              <th key={column} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {disagreements.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two runs can have one name
            <tr key={index}>
              <th scope="row">{names[index]}</th>
              {row.map((differing, column) => (
                <td
                  // biome-ignore lint/suspicious/noArrayIndexKey: two runs can have one name
                  key={column}
                  data-shade={
                    differing !== null && differing > 0 ? Math.min(4, Math.ceil((8 * differing) / count)) : undefined
                  }
                  title={differing === null ? 'No predictions' : `${differing} of ${count} images`}
                >
                  {column === index ? '' : differing === null ? '–' : percentText(differing / count)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="help-note">Share of the {whole(count)} images on which two runs say different classes.</p>
    </section>
  );
}

function Images({ stimuli, names }: { stimuli: Stimuli; names: readonly string[] }) {
  const { images, classes, width, height, differing, predicted } = stimuli;
  if (images.length === 0) return <HelpNote>They say the same about every image.</HelpNote>;
  return (
    <>
      <div className="scroll-x">
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">Image</th>
              <th scope="col">Pair, alpha</th>
              {names.map((name, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two runs can have one name
                <th key={index} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {images.map(({ image, pair: [i, j], alpha, labels, pixels }) => (
              <tr key={image}>
                <th scope="row">
                  <PixelImage {...{ pixels, width, height, size: 42, mat: 2 }} label={`Image ${image}`} />
                </th>
                <td>
                  {classes[i]} to {classes[j]}, {alpha.toFixed(2)}
                </td>
                {labels.map((label, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: two runs can have one name
                  <td key={index} className={label !== null && label !== labels[0] ? 'differs' : ''}>
                    {label === null ? (
                      <Undefined reason={predicted[index] ? 'No label' : 'This run has not been shown the stimuli'} />
                    ) : (
                      classes[label]
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {differing > images.length && (
        <HelpNote>
          The first {whole(images.length)} of {whole(differing)} images, those with the most different labels first.
        </HelpNote>
      )}
    </>
  );
}
