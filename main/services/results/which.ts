import { calibrationBin } from '../../analysis/scores.ts';
import { missing } from '../../analysis/labels.ts';
import type { Which } from '../../contract/exhibit.ts';
import { UserError } from '../../contract/errors.ts';
import { softmaxBin } from './softmax.ts';
import type { GroupResult, Sides } from './view.ts';

type Holds = (image: number) => boolean;
type Rater = Extract<Which, { kind: 'raters-differ' }>['a'];

/** Ids of the images behind a number. @throws UserError `results.unknown-rater`, `results.no-models` */
export function whichOf(sides: Sides, which: Which): { images: number[] } {
  const holds = conditionOf(sides, which);
  return { images: sides.people.context.input.imageIds.filter((_, image) => holds(image)) };
}

function conditionOf(sides: Sides, which: Which): Holds {
  const { people, result } = sides;
  const { status } = people.context.humans.view;
  if (which.kind === 'people-disagree') return (image) => status[image] === 'disagree';
  if (which.kind === 'human-certainty') {
    const { hcClass } = people.context.humans.view;
    return (image) => hcClass[image] === which.percent;
  }
  if (which.kind === 'raters-differ') return differ(labelsOf(sides, which.a), labelsOf(sides, which.b));
  if (result) return ofNetworks(result, which);
  throw new UserError({
    code: 'results.no-models',
    what: 'These images are told by what networks say, and no group of networks is chosen',
    where: people.source.study.name,
    remedy: 'Choose a group that is listed, or run the study until its networks have seen the stimuli.',
  });
}

type OfNetworks = Exclude<Which, { kind: 'people-disagree' | 'human-certainty' | 'raters-differ' }>;

function ofNetworks(result: GroupResult, which: OfNetworks): Holds {
  const { view, people } = result;
  const { classes, exception } = view.classified;
  const { status } = people.context.humans.view;
  const split: Holds = (image) => view.group.votes.distinct[image]! > 1;
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
      return inBin(result, which);
  }
}

function differ(a: ArrayLike<number>, b: ArrayLike<number>): Holds {
  return (image) => a[image] !== missing && b[image] !== missing && a[image] !== b[image];
}

function labelsOf({ people, result }: Sides, { kind, name }: Rater): ArrayLike<number> {
  const labels =
    kind === 'person'
      ? people.labelers.find((labeler) => labeler.name === name)?.labels
      : result?.models.find(({ input }) => input.name === name)?.labels;
  if (labels) return labels;
  throw new UserError({
    code: 'results.unknown-rater',
    what: `Among those that are compared, there is no "${name}"`,
    where: people.source.study.name,
    remedy: 'Choose a cell of the matrix as it is now: labelers or networks may have changed.',
  });
}

/** Calibration is told against the majority of people, so only images with a majority are in a bin. */
function inBin({ people, view }: GroupResult, { bin, of }: Extract<Which, { kind: 'calibration-bin' }>): Holds {
  const { majority } = people.context.reference;
  const classes = people.source.classes.length;
  const { mean } = view.softmax.ensemble;
  const together: Holds = (image) => {
    const row = mean.subarray(image * classes, (image + 1) * classes);
    return calibrationBin(row.reduce((a, b) => Math.max(a, b), 0)) === bin;
  };
  const single: Holds = (image) => view.softmax.passes.some(({ top }) => calibrationBin(top[image]!) === bin);
  const holds = of === 'ensemble' ? together : single;
  return (image) => majority[image] !== missing && holds(image);
}
