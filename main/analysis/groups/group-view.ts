import { at } from '../../domain/numbers/arrays.ts';
import { type Answers, groupAnswers } from '../labels/known-answers.ts';
import { type Context, hashKey } from './context.ts';
import { type DistanceName, distanceNames, distances } from '../statistics/distances.ts';
import type { ModelGroup } from '../outcomes/groups.ts';
import { type ClassifiedImages, classifyImages, type ImageClass, imageClasses } from '../outcomes/image-types.ts';
import { imageCounts, labelCounts, type LabelCounts } from '../labels/labels.ts';
import { addModel, ensemble, noSums, passModel, uncertainty } from '../labels/softmax.ts';
import type { Ensemble, ModelPass, SoftmaxRows, SoftmaxSums, Uncertainty } from '../labels/softmax.ts';
import { haveShares } from '../../domain/results/response-kinds.ts';
import { byName, spread, type Spread } from '../statistics/spread.ts';

/** What the softmax of a group's models amounts to. */
interface GroupSoftmax {
  /** In the order of the group's members. */
  readonly passes: readonly ModelPass[];
  readonly ensemble: Ensemble;
  readonly uncertainty: Uncertainty;
}

/** Reads each model's softmax once, one at a time, and not at all if the memo has the results. */
function groupSoftmax(group: ModelGroup, context: Context): GroupSoftmax {
  const { input, reference, memo, humansKey } = context;
  const { keys, classes } = input;
  const modelKeys = keys && group.members.map((model) => `${keys.images} ${at(keys.models, model)}`);
  const part = memo.largestSums(modelKeys);
  let sums: SoftmaxSums = part?.sums ?? noSums(group.labels.images, classes);
  const passes = group.members.map((model, place): ModelPass => {
    let read: SoftmaxRows | null = null;
    const rows = (): SoftmaxRows => (read ??= input.readSoftmax(model));
    const labels = group.labels.values.subarray(place * group.labels.images, (place + 1) * group.labels.images);
    const modelKey = modelKeys && at(modelKeys, place);
    const key = modelKey && humansKey && hashKey('pass', humansKey, modelKey);
    const pass = memo.value(key, () => passModel(rows(), labels, classes, reference));
    if (modelKey === null || !part?.keys.has(modelKey)) sums = addModel(sums, rows(), classes);
    return pass;
  });
  memo.rememberSums(modelKeys, sums);
  const mean = ensemble(sums, classes);
  return { passes, ensemble: mean, uncertainty: uncertainty(mean, sums) };
}

/** A group against people, image by image: what its statistics, tests and charts are made from. */
export interface GroupView {
  readonly group: ModelGroup;
  /** Votes of the models. */
  readonly counts: LabelCounts;
  readonly classified: ClassifiedImages;
  readonly softmax: GroupSoftmax;
  /** What is known of all its models. Without softmax, `softmax` stands for what is not known, and counts nowhere. */
  readonly answers: Answers;
  /** By image; null for images without labels of people. */
  readonly distances: Readonly<Record<DistanceName, (number | null)[]>>;
  /** Share of the models that are wrong on each image (metrics.md 2.2); 0 where people do not agree. */
  readonly wrongShare: Float64Array;
}

export function viewGroup(group: ModelGroup, context: Context): GroupView {
  const { humans, input } = context;
  const softmax = groupSoftmax(group, context);
  const answers = groupAnswers(group.members.map((model) => at(input.models, model)));
  const counts = labelCounts(group.labels);
  const found = input.images.map((_, image) =>
    answers !== 'softmax' || !haveShares(humans.kind)
      ? null
      : distances(
          imageCounts(humans.votes, image),
          softmax.ensemble.mean.subarray(image * input.classes, (image + 1) * input.classes),
        ),
  );
  return {
    group,
    counts,
    classified: classifyImages(group, humans.view),
    softmax,
    answers,
    distances: byName(distanceNames, (name) => found.map((of) => of?.[name] ?? null)),
    wrongShare: Float64Array.from(humans.view.unanimous, (truth, image) =>
      truth === null ? 0 : 1 - imageCounts(counts, image)[truth]! / counts.present[image]!,
    ),
  };
}

/** Spread of a value over the images of each class. */
export function spreadByClass(
  values: readonly (number | null)[],
  { classes }: ClassifiedImages,
): Record<ImageClass, Spread> {
  return byName(imageClasses, (wanted) => spread(values.filter((_, image) => classes[image] === wanted)));
}
