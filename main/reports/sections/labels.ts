import { labelOf } from '../labels.ts';
import type { View } from '../view.ts';

/** How often each class was named for an image, most frequent first, then by class. */
export type Votes = readonly (readonly [classIndex: number, count: number])[];

/** Votes of people on a stimulus (an index into the stimuli). Missing labels do not count. */
export function peopleVotes(view: View, stimulus: number): Votes {
  return count((view.data.labelers?.labels ?? []).map((labels) => labelOf(labels, stimulus)));
}

/** Votes of the diverse networks at a target. */
export function networkVotes(view: View, target: string, stimulus: number): Votes {
  return count(
    view.data.predictions
      .filter((prediction) => prediction.repeat === null && prediction.target === Number(target))
      .map((prediction) => labelOf(prediction.labels, stimulus)),
  );
}

function count(labels: readonly (number | null)[]): Votes {
  const counts = new Map<number, number>();
  for (const label of labels) if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort(([a, countA], [b, countB]) => countB - countA || a - b);
}

/** Votes in words: `4 (8), 9 (2)`. */
export const votesText = (view: View, votes: Votes): string =>
  votes.length === 0 ? 'none' : votes.map(([label, times]) => `${view.long(label)} (${times})`).join(', ');

/** A PNG file inside the page. */
export const dataUri = (png: Uint8Array): string => `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
