import { UserError } from '../contract/errors.ts';
import type { Disagreement, DisagreedChoice } from '../contract/stimuli.ts';
import type { DisagreementPreview } from '../contract/api/stimuli.ts';
import { formatCount, formatFixed, formatInteger } from './format.ts';
import { kindNames, orderDoubt, panelAmount, setAside } from './response-kinds.ts';

/**
 * The test images on which people disagree, as positions, ascending.
 * @param entropies of people's labels of each image in bits, `[position, entropy]`
 * @throws UserError `stimuli.too-few-images`
 */
export function mostDisagreed(
  entropies: readonly (readonly [number, number])[],
  wanted: Disagreement,
): Pick<DisagreedChoice, 'positions'> & Pick<DisagreedChoice['by'], 'lowest'> {
  const least = 'bits' in wanted ? wanted.bits : 0;
  const ranked = entropies
    .filter(([, bits]) => bits > 0 && bits >= least)
    .toSorted(([a, ofA], [b, ofB]) => ofB - ofA || a - b);
  const count = 'count' in wanted ? wanted.count : Math.max(1, ranked.length);
  const chosen = ranked.slice(0, count);
  const last = chosen.at(-1);
  if (!last || chosen.length < count) throw tooFew(wanted, ranked.length, entropies.length);
  return { positions: chosen.map(([position]) => position).sort((a, b) => a - b), lowest: last[1] };
}

const tooFew = (wanted: Disagreement, found: number, labeled: number): UserError =>
  new UserError(
    'stimuli.too-few-images',
    'count' in wanted
      ? `${formatCount(wanted.count, 'test image')} are asked for, and people disagree on ${formatInteger(found)} of the ${formatInteger(labeled)} that they labeled`
      : `No labels of an image have an entropy of ${wanted.bits} bits or more`,
    'stimuli.choose',
    'count' in wanted ? 'Ask for fewer images.' : 'Ask for a lower entropy.',
  );

/** How many images answers could be matched with, and what was set aside: sentences. */
export function disagreementFacts(preview: Omit<DisagreementPreview, 'choose' | 'problem'>): string[] {
  const { name, kind, reading, images, total, disagreed, highest } = preview;
  // Single labels are counted as answers, because the sentence has named their kind.
  const amount = panelAmount({ kind: kind === 'single' ? 'abstain' : kind, ...reading });
  const aside = setAside(reading);
  const doubt = orderDoubt(reading.findings);
  return [
    `${name}: ${kindNames[kind].toLowerCase()}, ${amount}.`,
    `${formatInteger(images)} of ${formatCount(total, 'test image')} have labels. People disagree on ${formatInteger(disagreed)} of them; the highest entropy is ${formatFixed(highest, 2)} bits.`,
    ...(aside.length > 0 ? [`Set aside: ${aside.join('; ')}.`] : []),
    ...(doubt === null ? [] : [doubt]),
  ];
}

/** "by the entropy of people's labels in cifar10h.csv, 1.23 bits or more". */
export const disagreementText = ({ name, lowest, images }: DisagreedChoice['by']): string =>
  `by the entropy of people’s labels of ${formatCount(images, 'test image')} in ${name}, ${formatFixed(lowest, 2)} bits or more`;

/**
 * What such a choice means for results: sentences.
 * @param areCompared whether the answers that chose the images are among those that are compared; null: not yet known
 */
export const disagreementWarnings = (areCompared: boolean | null): string[] => [
  'These images were chosen because people disagree on them. What is found holds for such images only, not for test images in general.',
  areCompared
    ? 'The answers that chose these images are compared here, too. Some of their disagreement is chance, and the choice picks it out: other people would disagree less on these images (regression to the mean). Numbers of people’s disagreement are too high, and comparisons of people with models are biased.'
    : `${areCompared === null ? 'Compare models with' : 'The people compared here must be'} other people than those whose answers choose the images: some of the disagreement of these is chance, and the choice picks it out, so other people disagree less (regression to the mean).`,
];
