import { EffectForecast, mostSeeds, planStudy, type StudySize } from './analysis/effect-planner.ts';
import type { EffectParts } from './analysis/effects.ts';
import type { OutcomeUnit, SizePlan } from './contract/size-plan.ts';
import { at, formatCount } from '../../domain/numbers/index.ts';

type Row = SizePlan['rows'][number];

/** A plan without costs, which are the host's to know. */
export interface PlannedSize extends Omit<SizePlan, 'rows' | 'advice' | 'notes'> {
  readonly rows: Omit<Row, 'hours' | 'minutes'>[];
  /** A training of each recipe that is compared. */
  readonly runs: readonly number[];
  /** Whether the outcome depends on people’s labels. */
  readonly needsPeople: boolean;
  /** Images of the study that each labeler named, on average, 0..1. */
  readonly labeled: number;
  /** What is compared, and in which unit, for the advice. */
  readonly unit: OutcomeUnit;
  readonly texts: { readonly level: string; readonly reference: string };
}

/** @param why nothing can be planned: a sentence */
export const noPlan = (why: string): PlannedSize => ({
  undefined: why,
  pairs: 0,
  seeds: 0,
  people: null,
  mostPairs: 0,
  mostPeople: null,
  needed: null,
  curves: [],
  rows: [],
  units: 'pairs',
  runs: [],
  needsPeople: false,
  labeled: 1,
  unit: '%',
  texts: { level: '', reference: '' },
});

/** Times as many pairs, or people, as the study has. */
const pairSteps = [1, 4 / 3, 5 / 3, 2, 7 / 3, 8 / 3, 3, 4, 6, 10];
const peopleSteps = [1, 1.5, 2, 3, 5, 10];
const curveSeeds = [2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 40, 60];

const multiples = (own: number, steps: readonly number[], most = Number.POSITIVE_INFINITY): number[] => [
  ...new Set(steps.map((by) => Math.min(Math.max(own, most), Math.max(2, Math.round(by * own))))),
];

/** What is planned. */
interface PlanSubject extends Pick<PlannedSize, 'runs' | 'needsPeople' | 'labeled' | 'unit' | 'texts'> {
  /** Why there is no effect or interval; null: there is. */
  readonly why: string | null;
  /** 100 of an outcome that is read in percent, else 1. */
  readonly times: number;
  readonly classes: number;
  /** The smallest one to see, as it is read. */
  readonly difference: number;
  /** Seeds that are planned at least. */
  readonly fewest: number;
  /** Trainings of a seed of one cell. */
  readonly networks: number;
  /** Other pairs make all trainings void. */
  readonly isAnew?: boolean;
}

/** How many pairs, seeds and people show a difference, from the variances of one study. */
export function planParts(parts: EffectParts, subject: PlanSubject): PlannedSize {
  const { why, times, classes, difference, fewest, networks, isAnew = false } = subject;
  const { runs, needsPeople, labeled, unit, texts } = subject;
  const { n_pairs: own, n_images: images, units } = parts.effect;
  const forecast = EffectForecast.of(parts);
  if (!forecast || own === null || images === null)
    return noPlan(
      why ?? 'Each cell has one training: how much trainings differ is not known. Train a second seed of each.',
    );
  const mostPairs = units === 'images' ? Number.POSITIVE_INFINITY : (classes * (classes - 1)) / 2;
  const pairs = multiples(own, pairSteps, mostPairs);
  const asNow: StudySize = {
    pairs: own,
    seeds: Math.min(...parts.classes.map(({ count }) => count)),
    people: parts.labelers?.count ?? null,
  };
  const somePeople = asNow.people === null ? null : multiples(asNow.people, peopleSteps);
  const { byPairs, best } = planStudy(forecast, {
    pairs,
    people: somePeople,
    target: difference / times,
    seeds: fewest,
  });
  const half = (size: StudySize): number => times * forecast.halfWidth(size);
  const range = (size: StudySize) => {
    const { low, high } = forecast.halfWidthRange(size);
    return { low: times * low, high: times * high };
  };
  const mostPeople = somePeople?.at(-1) ?? null;
  const existing = parts.classes.reduce((sum, { count }) => sum + count, 0);
  return {
    undefined: null,
    ...asNow,
    mostPeople,
    units: units === 'images' ? 'images' : 'pairs',
    mostPairs: at(pairs, pairs.length - 1),
    runs,
    needsPeople,
    labeled,
    unit,
    texts,
    needed: best && { ...best, half: half(best), ...range(best) },
    curves: curvesOf(half, best ?? asNow, {
      asNow,
      pairs,
      people: somePeople,
      noun: units === 'images' ? 'image' : 'pair',
    }),
    rows: pairs.map((P, place) => {
      const size = byPairs[place] ?? null;
      const here = { ...asNow, pairs: P };
      return {
        pairs: P,
        seeds: size?.seeds ?? null,
        people: size?.people ?? null,
        half: half(here),
        ...range(here),
        least: half({ pairs: P, seeds: mostSeeds, people: mostPeople }),
        trainings:
          size && networks * Math.max(0, size.seeds * parts.classes.length - (isAnew && P !== own ? 0 : existing)),
        images: Math.round((P * images) / own),
      };
    }),
  };
}

/** Over pairs, seeds and people, the rest as recommended. */
function curvesOf(
  half: (size: StudySize) => number,
  size: StudySize,
  {
    asNow,
    pairs,
    people,
    noun,
  }: { asNow: StudySize; pairs: readonly number[]; people: readonly number[] | null; noun: string },
): SizePlan['curves'] {
  const numbers = (list: readonly number[]): number[] => [...new Set(list)].filter((n) => n >= 2).sort((a, b) => a - b);
  const seeds = numbers([asNow.seeds, size.seeds, 5, 10, 20, mostSeeds]);
  const curve = (by: 'pairs' | 'seeds' | 'people', x: readonly number[], own: StudySize, name: string) => ({
    name,
    points: x.map((n) => ({ x: n, half: half({ ...own, [by]: n }) })),
  });
  const now = (is: boolean): string => (is ? ' (as now)' : '');
  const manySeeds = numbers([asNow.seeds, size.seeds, ...curveSeeds]);
  return [
    {
      by: 'pairs' as const,
      series: seeds.map((S) => curve('pairs', pairs, { ...size, seeds: S }, `${S} seeds${now(S === asNow.seeds)}`)),
    },
    {
      by: 'seeds' as const,
      series: numbers([asNow.pairs, size.pairs, pairs.at(-1) ?? asNow.pairs]).map((P) =>
        curve('seeds', manySeeds, { ...size, pairs: P }, `${formatCount(P, noun)}${now(P === asNow.pairs)}`),
      ),
    },
    ...(people
      ? [
          {
            by: 'people' as const,
            series: numbers([asNow.seeds, size.seeds, 20]).map((S) =>
              curve('people', people, { ...size, seeds: S }, `${S} seeds${now(S === asNow.seeds)}`),
            ),
          },
        ]
      : []),
  ];
}
