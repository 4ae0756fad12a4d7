import type { Context } from './context.ts';
import { distances, distanceNames, type DistanceName } from './distances.ts';
import { groupSoftmax, type GroupSoftmax } from './group-softmax.ts';
import type { ModelGroup } from './groups.ts';
import { classifyImages, imageClasses, type ClassifiedImages, type ImageClass } from './image-classes.ts';
import { countsOf, labelCounts, type LabelCounts } from './label-counts.ts';
import { spread, type Spread } from './spread.ts';

/** A group against people, image by image: what its statistics, tests and charts are made from. */
export interface GroupView {
  readonly group: ModelGroup;
  /** Votes of the models. */
  readonly counts: LabelCounts;
  readonly classified: ClassifiedImages;
  readonly softmax: GroupSoftmax;
  /** A list an distance; null for images without labels of people. */
  readonly distances: Readonly<Record<DistanceName, (number | null)[]>>;
  /** Share of the models that are wrong on each image (metrics.md 2.2); 0 where people do not agree. */
  readonly wrongShare: Float64Array;
}

export function viewGroup(group: ModelGroup, context: Context): GroupView {
  const { humans, input } = context;
  const softmax = groupSoftmax(group, context);
  const counts = labelCounts(group.labels);
  const found = input.images.map((_, image) =>
    distances(
      countsOf(humans.counts, image),
      softmax.ensemble.mean.subarray(image * input.classes, (image + 1) * input.classes),
    ),
  );
  const lists = distanceNames.map((name) => [name, found.map((of) => of?.[name] ?? null)]);
  return {
    group,
    counts,
    classified: classifyImages(group, humans.view),
    softmax,
    distances: Object.fromEntries(lists) as Record<DistanceName, (number | null)[]>,
    wrongShare: Float64Array.from(humans.view.unanimous, (truth, image) =>
      truth === null ? 0 : 1 - countsOf(counts, image)[truth]! / counts.present[image]!,
    ),
  };
}

/** Spread of a value over the images of each class. */
export function spreadByClass(
  values: readonly (number | null)[],
  { classes }: ClassifiedImages,
): Record<ImageClass, Spread> {
  const of = (wanted: ImageClass): Spread => spread(values.filter((_, image) => classes[image] === wanted));
  return Object.fromEntries(imageClasses.map((name) => [name, of(name)])) as Record<ImageClass, Spread>;
}
