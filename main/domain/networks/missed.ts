import { targetTitle } from '../numbers/targets.ts';
import { formatFixed } from '../numbers/format.ts';
import type { Missed } from '../../contract/runs/run.ts';

/** How a training missed its targets: it went past one, it did not get there, or its targets are no accuracies. */
export type WayOfMissing = 'passed' | 'below' | 'other';

/** The way of several targets of one training: the first that is an accuracy decides. */
export function wayOfMissing(missed: readonly Pick<Missed, 'target' | 'nearestAccuracy' | 'passed'>[]): WayOfMissing {
  for (const { target, nearestAccuracy, passed } of missed) {
    if (typeof target !== 'number') continue;
    // Results of earlier versions do not say it.
    return (passed ?? Number(nearestAccuracy) > target) ? 'passed' : 'below';
  }
  return 'other';
}

/** What trainings that missed their targets did, after their names, and what to change. */
export const howMissed: Record<WayOfMissing, string> = {
  passed:
    'passed the target without an evaluation within the tolerance. A wider tolerance or a lower learning rate meets it; so may other seeds.',
  below:
    'stayed below the target. Train for more epochs, lower the target or raise the learning rate; other seeds may meet it.',
  other: 'ended before the target. Train for more epochs or change the target.',
};

/** The accuracy that came nearest: `nearest 95.83 %`; empty: none is known. */
export const nearestText = (accuracy: number | null): string =>
  accuracy === null ? '' : `nearest ${formatFixed(accuracy, 2)} %`;

/** Its targets and how near it came: `98, 99 %; nearest 97.93 %`. */
export function missedText(missed: readonly Pick<Missed, 'target' | 'nearestAccuracy'>[]): string {
  const nearest = nearestText(missed[0]?.nearestAccuracy ?? null);
  const targets = missed.map(({ target }) => targetTitle(target)).join(', ');
  return nearest === '' ? targets : `${targets}; ${nearest}`;
}

/** Why a target was missed, with how near the training came. `why` is a sentence. */
export function missText({ why, nearestAccuracy }: Pick<Missed, 'why' | 'nearestAccuracy'>): string {
  const nearest = nearestText(nearestAccuracy);
  return nearest === '' ? why : `${why.replace(/\.$/, '')}; ${nearest}`;
}
