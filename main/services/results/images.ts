import { type Answers, suffices } from '../../analysis/labels/known-answers.ts';
import { imageCounts, labelsOf, missing } from '../../analysis/labels/labels.ts';
import type { LabelRow } from '../../contract/api/results.ts';
import type { ImageRow } from '../../contract/api/results-tables.ts';
import { type GroupResult, type PeopleView, type Sides, answerHeader } from './view.ts';
import { calibrationBin } from '../../analysis/labels/scores.ts';
import type { Which } from '../../contract/results/exhibit.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { softmaxBin } from '../../exhibits/softmax-figures.ts';

/** One row per image, compared with one group of models. */
export function imageTable(result: GroupResult) {
  const { people, models } = result;
  return {
    ...answerHeader(people),
    models: models.length,
    rows: people.context.input.images.map((_, image) => imageRow(result, image)),
  };
}

/** One row per image with the number of labels per class. */
export function labelTable(people: PeopleView) {
  const { context, humans, source } = people;
  const rows = source.images.map(({ id, pairI, pairJ, alpha, truth = null }, image): LabelRow => {
    const given = [...imageCounts(context.humans.votes, image)];
    const peopleEntropy = humans.entropy_bits[image] ?? null;
    return { id, i: pairI, j: pairJ, alpha, truth, people: given, peopleEntropy };
  });
  return { ...answerHeader(people), rows };
}

export function imageRow({ people, view, analysis }: GroupResult, image: number): ImageRow {
  const { context, humans, source } = people;
  const { id, pairI, pairJ, alpha, truth = null } = source.images[image]!;
  const votes = imageCounts(view.counts, image);
  const tops = view.softmax.passes.reduce((sum, { top }) => sum + top[image]!, 0);
  return {
    id,
    i: pairI,
    j: pairJ,
    alpha,
    truth,
    type: view.classified.classes[image] ?? null,
    shade: analysis.fig4.shade[image] ?? null,
    exception: view.classified.exception[image] ?? false,
    people: [...imageCounts(context.humans.votes, image)],
    votes: [...votes],
    peopleModes: humans.modal_labels[image] ?? [],
    votesModes: mostFrequent(votes),
    peopleCertainty: humans.certainty_pct[image] ?? null,
    votesCertainty: analysis.model_certainty_pct[image] ?? null,
    peopleEntropy: humans.entropy_bits[image] ?? null,
    votesEntropy: analysis.entropy.vote_bits[image] ?? null,
    predictiveEntropy: analysis.entropy.predictive_bits[image] ?? null,
    epistemic: analysis.uncertainty.epistemic_bits[image] ?? null,
    meanMaxSoftmax: suffices(view.answers, 'confidence') ? tops / view.softmax.passes.length : null,
    divergence: view.distances.js_bits[image] ?? null,
    wrong: view.wrongShare[image]!,
  };
}

function mostFrequent(counts: Uint32Array): number[] {
  const top = counts.reduce((a, b) => Math.max(a, b), 0);
  return [...counts.keys()].filter((k) => top > 0 && counts[k] === top);
}

type ImageFilter = (image: number) => boolean;
type Rater = Extract<Which, { kind: 'raters-differ' }>['a'];

/** Ids of the images that a number counts. @throws UserError `results.unknown-rater`, `results.no-models` */
export function selectImages(sides: Sides, which: Which): { images: number[] } {
  const holds = imageFilter(sides, which);
  return { images: sides.people.context.input.imageIds.filter((_, image) => holds(image)) };
}

function imageFilter(sides: Sides, which: Which): ImageFilter {
  const { people, result } = sides;
  const { status } = people.context.humans.view;
  if (which.kind === 'people-disagree') return (image) => status[image] === 'disagree';
  if (which.kind === 'human-certainty') {
    const { hcClass } = people.context.humans.view;
    return (image) => hcClass[image] === which.percent;
  }
  if (which.kind === 'raters-differ') return labelsDiffer(raterLabels(sides, which.a), raterLabels(sides, which.b));
  if (result) return networkFilter(result, which);
  throw new UserError(
    'results.no-models',
    'This list of images depends on networks, and no group of networks is chosen',
    people.source.study.name,
    'Choose one of the listed groups, or run the study until its networks have predicted the stimuli.',
  );
}

type NetworkSelection = Exclude<Which, { kind: 'people-disagree' | 'human-certainty' | 'raters-differ' }>;

function networkFilter(result: GroupResult, which: NetworkSelection): ImageFilter {
  const { view, people } = result;
  const needed = neededFor(which);
  if (!suffices(view.answers, needed)) return () => false;
  const { classes, exception } = view.classified;
  const { status } = people.context.humans.view;
  const split: ImageFilter = (image) => view.group.votes.distinct[image]! > 1;
  switch (which.kind) {
    case 'type':
      return (image) => classes[image] === which.type;
    case 'exceptions':
      return (image) => exception[image] === true;
    case 'type-b':
      return (image) => classes[image] === 'both_disagree' || (classes[image] === 'both_agree' && !exception[image]);
    case 'networks-disagree':
      return (image) => split(image) && (!which.determined || status[image] !== null);
    case 'misclassified':
      return (image) => view.wrongShare[image]! > 0;
    case 'softmax': {
      const inRange = (value: number): boolean => softmaxBin(value) >= which.from && softmaxBin(value) < which.to;
      return (image) => classes[image] === which.type && view.softmax.passes.some(({ top }) => inRange(top[image]!));
    }
    case 'calibration-bin':
      return inCalibrationBin(result, which);
  }
}

/** What must be known of each model for a list of images. */
function neededFor(which: NetworkSelection): Answers {
  if (which.kind === 'softmax') return 'confidence';
  if (which.kind === 'calibration-bin') return which.of === 'ensemble' ? 'softmax' : 'confidence';
  return 'labels';
}

function labelsDiffer(a: ArrayLike<number>, b: ArrayLike<number>): ImageFilter {
  return (image) => a[image] !== missing && b[image] !== missing && a[image] !== b[image];
}

function raterLabels({ people, result }: Sides, { kind, name }: Rater): ArrayLike<number> {
  const { humans, input } = people.context;
  const person = kind === 'person' ? input.labelers.indexOf(name) : -1;
  const labels =
    kind === 'person'
      ? person >= 0 && humans.labels && labelsOf(humans.labels, person)
      : result?.models.find(({ input }) => input.name === name)?.labels;
  if (labels) return labels;
  throw new UserError(
    'results.unknown-rater',
    `"${name}" is not among the labelers and networks that are compared`,
    people.source.study.name,
    'Reload the matrix and choose a cell again: labelers or networks may have changed.',
  );
}

/** Calibration compares with the majority label, so images without a majority are in no bin. */
function inCalibrationBin(
  { people, view }: GroupResult,
  { bin, of }: Extract<Which, { kind: 'calibration-bin' }>,
): ImageFilter {
  const { majority } = people.context.reference;
  const classes = people.source.classes.length;
  const { mean } = view.softmax.ensemble;
  const together: ImageFilter = (image) => {
    const row = mean.subarray(image * classes, (image + 1) * classes);
    return calibrationBin(row.reduce((a, b) => Math.max(a, b), 0)) === bin;
  };
  const single: ImageFilter = (image) => view.softmax.passes.some(({ top }) => calibrationBin(top[image]!) === bin);
  const holds = of === 'ensemble' ? together : single;
  return (image) => majority[image] !== missing && holds(image);
}
