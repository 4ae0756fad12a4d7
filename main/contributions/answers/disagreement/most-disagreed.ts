import { UserError } from '../../../contract/wire/index.ts';
import type { DisagreedChoice, Disagreement } from '../../../contract/stimuli/index.ts';
import { formatCount, formatFixed, formatInteger } from '../../../domain/numbers/index.ts';
import { kindNames, answersAmount } from '../../../domain/results/index.ts';
import { orderDoubt, setAside } from '../contract/panel-words.ts';
import type { DisagreementPreview } from '../contract/disagreement.ts';

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
  const amount = answersAmount({ kind: kind === 'single' ? 'abstain' : kind, ...reading });
  const aside = setAside(reading);
  const doubt = orderDoubt(reading.findings);
  return [
    `${name}: ${kindNames[kind].toLowerCase()}, ${amount}.`,
    `${formatInteger(images)} of ${formatCount(total, 'test image')} have labels. People disagree on ${formatInteger(disagreed)} of them; the highest entropy is ${formatFixed(highest, 2)} bits.`,
    ...(aside.length > 0 ? [`Set aside: ${aside.join('; ')}.`] : []),
    ...(doubt === null ? [] : [doubt]),
  ];
}
