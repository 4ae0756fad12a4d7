import type { People } from '../../main/analysis/labels/answers.ts';
import { type LabelMatrix, missing } from '../../main/analysis/labels/labels.ts';

export type Labeled = Extract<People, { labels: unknown }>;

/** @param labels of each rater, an image each; null: missing @param images where there are no raters */
export function labelMatrix(
  labels: readonly ArrayLike<number | null>[],
  classes: number,
  images = labels[0]?.length ?? 0,
): LabelMatrix {
  const values = labels.flatMap((own) => Array.from(own, (label) => label ?? missing));
  return { raters: labels.length, images, classes, values: Int16Array.from(values) };
}

/** People who gave single labels. */
export const labeling = (labelers: readonly string[], labels: LabelMatrix): Labeled => ({
  kind: 'single',
  labelers,
  labels,
});

/** People known to have given labels. */
export function withLabels(people: People | undefined): Labeled {
  if (people && 'labels' in people) return people;
  throw new Error('expected labels of people');
}
