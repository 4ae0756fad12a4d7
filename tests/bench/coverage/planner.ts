import {
  EffectForecast,
  planStudy,
  type StudySize,
} from '../../../main/contributions/contrasts/analysis/effect-planner.ts';
import { EffectEstimator, type EffectParts } from '../../../main/contributions/contrasts/analysis/effects.ts';
import type { Outcome } from '../../../main/analysis/outcomes/outcomes.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { type RandomStream, randomStream } from '../../../main/domain/random/random.ts';
import { differenceOf, drawStudy, type EffectCell, effectKey } from './effects.ts';
import { add, type Held, noneHeld } from './simulated.ts';

/**
 * Does a planned study show what its plan promises (metrics.md 13.6)? A pilot is drawn from the world of `effects.ts`, its
 * variances give the smallest study with half an interval of at most the target, a study of that size is drawn anew, and its interval
 * is compared with the target.
 */

/** Networks in a group, and people who agree or don't where these are random. */
const [order, h] = [5, 5];
/** Labelers of a pilot, where people are random, and what is tried. */
const pilotPeople = 10;
const peopleChoices = [10, 15, 20, 30, 50, 100];
const pairChoices = [15, 20, 25, 30, 35, 40, 45];

const random = { people: 'random', h } as const;

interface Planned {
  readonly title: string;
  readonly outcome: Outcome;
  /** b - a in endlessly many pairs, networks and people. */
  readonly truth: number;
  /** Half the interval of a study of `typical` size, on average. */
  readonly target: number;
}

const [fixedTruth, pairwiseTruth, randomTruth] = [differenceOf(0), differenceOf(0, 2), differenceOf(h)];

export const plannedOutcomes = {
  wrong: { title: 'misclassified', outcome: { type: 'wrong' }, truth: fixedTruth.wrong, target: 0.0212 },
  certainty: {
    title: 'largest softmax',
    outcome: { type: 'value', scale: 'real' },
    truth: fixedTruth.certainty,
    target: 0.0041,
  },
  pairwise: {
    title: 'two differ',
    outcome: { type: 'any_differ', m: 2 },
    truth: pairwiseTruth.any_differ,
    target: 0.0157,
  },
  any_differ: {
    title: 'any of 5 differ',
    outcome: { type: 'any_differ', m: order },
    truth: fixedTruth.any_differ,
    target: 0.0319,
  },
  type_a: {
    title: 'type A',
    outcome: { type: 'type_a', m: order },
    truth: fixedTruth.type_a,
    target: 0.0297,
  },
  type_c: {
    title: 'type C',
    outcome: { type: 'type_c', m: order },
    truth: fixedTruth.type_c,
    target: 0.0221,
  },
  consistency: {
    title: 'error consistency',
    outcome: { type: 'consistency', m: 2 },
    truth: fixedTruth.consistency,
    target: 0.129,
  },
  wrong_people: {
    title: 'misclassified, people like these',
    outcome: { type: 'wrong', ...random },
    truth: randomTruth.wrong,
    target: 0.0206,
  },
  type_a_people: {
    title: 'type A, people like these',
    outcome: { type: 'type_a', m: order, ...random },
    truth: randomTruth.type_a,
    target: 0.0279,
  },
  type_c_people: {
    title: 'type C, people like these',
    outcome: { type: 'type_c', m: order, ...random },
    truth: randomTruth.type_c,
    target: 0.0194,
  },
} as const satisfies Record<string, Planned>;
export type PlannedOutcome = keyof typeof plannedOutcomes;
export const plannedNames = Object.keys(plannedOutcomes) as PlannedOutcome[];

const drawsPeople = ({ outcome }: Planned): boolean => 'people' in outcome && outcome.people === 'random';

/** Of which the targets are the mean of half the width. */
export const typical = (of: Planned): StudySize => ({ pairs: 30, seeds: 10, people: drawsPeople(of) ? 20 : null });

function estimate(stream: RandomStream, cell: EffectCell, { outcome }: Planned, people: number | null): EffectParts {
  return new EffectEstimator(drawStudy(stream, cell, ['a', 'b'], people ?? 0), outcome).estimate({
    type: 'difference',
    a: { recipe: '1' },
    b: { recipe: '0' },
  });
}

export interface PlannedStudy {
  /** Half the width at the typical size as this pilot has it, whose truth is the target. */
  readonly range: { readonly low: number; readonly high: number };
  /** What was recommended; null: nothing suffices. */
  readonly size: StudySize | null;
  /** Of a study of that size. */
  readonly interval: { readonly lo: number | null; readonly hi: number | null } | null;
}

/** A pilot, what is recommended from it, and a study of that size. */
export function planAndTry(stream: RandomStream, pilot: EffectCell, name: PlannedOutcome): PlannedStudy {
  const planned: Planned = plannedOutcomes[name];
  const isRandom = drawsPeople(planned);
  const forecast = EffectForecast.of(estimate(stream, pilot, planned, isRandom ? pilotPeople : null));
  if (!forecast) throw new Error('A pilot has no forecast');
  const range = forecast.halfWidthRange(typical(planned));
  const people = isRandom ? peopleChoices : null;
  const { best: size } = planStudy(forecast, { pairs: pairChoices, people, target: planned.target });
  if (!size) return { range, size, interval: null };
  const { lo, hi } = estimate(stream, { anchors: 'fresh', ...size }, planned, size.people).effect;
  return { range, size, interval: { lo, hi } };
}

export interface PlanCounts {
  studies: number;
  /** By outcome, of studies that were tried: half the width over the target, and the size. */
  readonly found: Record<
    PlannedOutcome,
    { inRange: number; none: number; held: Held; ratios: number[]; pairs: number[]; seeds: number[]; people: number[] }
  >;
}

const nothing = () => ({ inRange: 0, none: 0, held: noneHeld(), ratios: [], pairs: [], seeds: [], people: [] });

export const noPlans = (): PlanCounts => ({
  studies: 0,
  found: Object.fromEntries(plannedNames.map((name) => [name, nothing()])) as unknown as PlanCounts['found'],
});

export const pilots: readonly EffectCell[] = [
  { anchors: 'fresh', pairs: 15, seeds: 5 },
  { anchors: 'shared', pairs: 15, seeds: 5 },
  { anchors: 'fresh', pairs: 30, seeds: 10 },
];

export function addPlan(counts: PlanCounts, pilot: EffectCell): void {
  for (const name of plannedNames) addPlanOf(counts, pilot, name);
  counts.studies++;
}

export function addPlanOf({ studies, found }: PlanCounts, pilot: EffectCell, name: PlannedOutcome): void {
  const { range, size, interval } = planAndTry(randomStream(studies, 'plan', effectKey(pilot), name), pilot, name);
  const { target, truth } = plannedOutcomes[name];
  const own = found[name];
  if (range.low <= target && target <= range.high) own.inRange++;
  if (!size || !interval) {
    own.none++;
    return;
  }
  add(own.held, interval, truth);
  if (interval.lo !== null && interval.hi !== null) own.ratios.push((interval.hi - interval.lo) / 2 / target);
  own.pairs.push(size.pairs);
  own.seeds.push(size.seeds);
  if (size.people !== null) own.people.push(size.people);
}

/** Type 1, of at least one number. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return at(sorted, Math.min(sorted.length - 1, Math.floor(p * sorted.length)));
}
