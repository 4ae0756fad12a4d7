import type { FlipPoint } from '../analysis/flip-point.ts';
import { nobody, type StudyNumbers } from '../../../exhibits/parts/index.ts';

/** Why values along alpha are undefined: sentences that stand under tables, in files and on the page. */

export const noCrossing = 'The shares of the two classes do not cross.';

/** Flip points of single people or networks. */
export const noneAlone = 'None by itself goes from the first class to the second.';

/** Differences of flip points and of crossings over pairs. */
export const noFlips = ({ labelers }: Pick<StudyNumbers, 'labelers'>): string =>
  labelers === 0 ? nobody : 'There is no pair on which both have a flip point.';
export const noCrossings = ({ labelers }: Pick<StudyNumbers, 'labelers'>): string =>
  labelers === 0 ? nobody : 'There is no pair on which both cross.';

/** Why a pair has no flip point. @param what `majority label`, or `most frequent label` of networks */
export function whyNoFlip(flip: FlipPoint | null | undefined, what: string): string {
  if (!flip) return `No image of this pair has a single ${what}.`;
  return flip.alpha_out === null
    ? `The ${what} is not the first class at the beginning, or never leaves it.`
    : `The ${what} is not the second class at the end, or always.`;
}
