import { distances } from '../../analysis/distances.ts';
import { classifyImage } from '../../analysis/image-types.ts';
import { imageCounts } from '../../analysis/labels.ts';
import type { Group } from '../../contract/exhibit.ts';
import type { ImageDetail } from '../../contract/api/results-compare.ts';
import { UserError } from '../../contract/errors.ts';
import type { Storage } from '../../storage/open.ts';
import { labelOf } from './image-labels.ts';
import type { Source } from '../analysis-input.ts';
import { aboutPeople, modelsOf, titleOf, viewGroupOf, type PeopleView } from './view.ts';

/** All about one stimulus. @throws UserError `results.unknown-image` */
export function imageOf(people: PeopleView, storage: Storage, id: number): ImageDetail {
  const { source, context, humans } = people;
  const image = source.images.findIndex((stimulus) => stimulus.id === id);
  const stimulus = source.images[image];
  if (!stimulus) throw unknownImage(source, id);
  const { pairI, pairJ, alpha, z } = stimulus;
  const rows = readSoftmax(source, image);
  const strip = source.images.filter((other) => other.pairI === pairI && other.pairJ === pairJ);
  return {
    ...aboutPeople(people),
    ...{ id, i: pairI, j: pairJ, alpha },
    z: z && [...z],
    strip: strip.map((other) => ({ id: other.id, alpha: other.alpha })).sort((a, b) => a.alpha - b.alpha),
    people: [...imageCounts(context.humans.counts, image)],
    status: humans.status[image] ?? null,
    certainty: humans.certainty_pct[image] ?? null,
    entropy: humans.entropy_bits[image] ?? null,
    labels: people.labelers.map((labeler) => labelOf(storage, source, labeler, image, id)),
    predictions: source.models.map(({ id: key, record, input, labels }, at) => {
      return {
        ...{ key, name: input.name, architecture: input.architecture, target: input.target, repeat: input.repeat },
        ...{ runId: record.runId, label: labels[image]! },
        softmax: [...rows[at]!],
      };
    }),
    groups: groupsOf(source).map((group) => groupOf(people, group, image, rows)),
  };
}

/** What each model says of one image: each file is read once. */
function readSoftmax({ models, classes }: Source, image: number): Float32Array[] {
  const from = image * classes.length;
  return models.map(({ softmax }) => softmax().slice(from, from + classes.length));
}

/** Every group that the study compares, diverse ones first. */
type DesignedGroup = Exclude<Group, { kind: 'chosen' }>;

function groupsOf({ models }: Source): DesignedGroup[] {
  const groups = models.map(
    ({ input: { architecture, target, repeat } }): DesignedGroup =>
      repeat === null ? { kind: 'diverse', target } : { kind: 'seeds', architecture, target, repeat },
  );
  const distinct = new Map(groups.map((group) => [titleOf(group), group]));
  const rank = (group: Group): number => (group.kind === 'diverse' ? 0 : 1);
  return [...distinct.values()].sort((a, b) => rank(a) - rank(b) || a.target - b.target);
}

function groupOf(people: PeopleView, group: DesignedGroup, image: number, rows: readonly Float32Array[]) {
  const about = {
    title: titleOf(group),
    kind: group.kind,
    architecture: group.kind === 'seeds' ? group.architecture : null,
    target: group.target,
    repeat: group.kind === 'seeds' ? group.repeat : null,
  };
  if (group.kind === 'diverse') {
    const { view } = viewGroupOf(people, group);
    return {
      ...about,
      type: view.classified.classes[image] ?? null,
      exception: view.classified.exception[image] ?? false,
      votes: [...imageCounts(view.counts, image)],
      divergence: view.distances.js_bits[image] ?? null,
    };
  }
  return { ...about, ...seedType(people, group, image, rows) };
}

/** What a seed group makes of the image, without the whole of its analysis: there may be many. */
function seedType(people: PeopleView, group: Group, image: number, rows: readonly Float32Array[]) {
  const { source, humans, context } = people;
  const classes = source.classes.length;
  const votes = new Array<number>(classes).fill(0);
  const mean = new Float64Array(classes);
  const models = new Set(modelsOf(source, group));
  source.models.forEach((model, at) => {
    if (!models.has(model)) return;
    votes[model.labels[image]!]!++;
    rows[at]!.forEach((p, k) => (mean[k]! += p / models.size));
  });
  const split = votes.filter((count) => count > 0).length > 1;
  const status = humans.status[image] ?? null;
  const type = status === null || models.size < 2 ? null : classifyImage(status === 'agree', !split);
  const exception = type === 'both_agree' && votes[humans.unanimous_label[image] ?? -1] !== models.size;
  const divergence = distances(imageCounts(context.humans.counts, image), mean)?.js_bits ?? null;
  return { type, exception, votes, divergence };
}

function unknownImage({ study, images }: Source, id: number): UserError {
  return new UserError({
    code: 'results.unknown-image',
    what: `The stimuli of study "${study.name}" have no image ${id}`,
    where: study.name,
    remedy: `Choose one of its ${images.length} images; the set may have been made anew since.`,
  });
}
