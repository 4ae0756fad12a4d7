import type { Vote } from '../../../main/contract/api/stimuli.ts';
import { floatsOf } from './latent.ts';

/** How many models gave each label, for each image: [image][class]. */
export function labelCounts(votes: readonly Vote[], classes: number, images: number): number[][] | null {
  if (votes.length === 0) return null;
  const counts = Array.from({ length: images }, () => new Array<number>(classes).fill(0));
  for (const { labels } of votes) {
    labels.forEach((label, image) => {
      const row = counts[image];
      if (row) row[label] = (row[label] ?? 0) + 1;
    });
  }
  return counts;
}

/** A vote with its softmax read. */
export interface ReadVote {
  weights: string;
  labels: readonly number[];
  /** [images, classes]. */
  softmax: Float32Array;
}

export const readVote = ({ weights, labels, softmax }: Vote): ReadVote => ({
  weights,
  labels,
  softmax: floatsOf(softmax),
});

/** Softmax of one class of one image. */
export const shareOf = ({ softmax }: ReadVote, image: number, classIndex: number, classes: number): number =>
  softmax[image * classes + classIndex] ?? 0;
