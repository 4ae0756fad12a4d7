import { LRUCache } from 'lru-cache';
import { at, kept } from '../../../domain/numbers/index.ts';
import { type Factor, kindOf, targetFactor } from './factors.ts';
import { hashKey } from '../../../analysis/groups/index.ts';
import { coefficients, type Contrast, type Levels } from '../../contrasts/analysis/contrasts.ts';
import type { EffectOutcome } from './outcomes.ts';
import { type OutcomeData, outcomeValues } from './values.ts';
import type { EffectRun, Experiment } from '../../contrasts/analysis/effect-cells.ts';
import { EffectEstimator, type EffectParts } from '../../contrasts/analysis/effects.ts';
import { type Family, type FamilyValue, family, type Ranking, ranking } from '../../contrasts/analysis/families.ts';
import { type LabelMatrix, missing, takeRaters } from '../../../analysis/labels/index.ts';
import type { HumanView } from '../../../analysis/raters/index.ts';
import type { Outcome } from '../../../analysis/outcomes/index.ts';
import type { AbsenceReason } from '../../../domain/results/index.ts';

/** Effects in a study: what its networks differ in, and how outcomes differ with it (metrics.md 13). */

/** A network of the study: a snapshot of one training. */
export interface EffectNetwork {
  readonly name: string;
  /** The training. */
  readonly block: string;
  /** In the order of the factors; null: networks of its kind have no such field. */
  readonly levels: readonly (string | null)[];
}

/** A network that is planned and has no predictions. */
export interface AbsentNetwork extends Pick<EffectNetwork, 'name' | 'levels'> {
  readonly why: AbsenceReason;
}

/** Networks with predictions are in the order of `labels`. */
export interface EffectData extends OutcomeData {
  readonly factors: readonly Factor[];
  readonly networks: readonly EffectNetwork[];
  readonly absent: readonly AbsentNetwork[];
}

export type CountedImages = 'all' | 'agree' | 'disagree';

/** A question about effects, every part of it chosen. */
export interface EffectQuestion {
  readonly outcome: EffectOutcome;
  readonly factor: Factor;
  readonly reference: string;
  /** Whose interaction with the factor is asked for. */
  readonly second: Factor | null;
  /** `random`: a group of people like these. */
  readonly people: 'fixed' | 'random';
  /** Networks in a group, of outcomes of groups. */
  readonly m: number;
  readonly images: CountedImages;
}

/** Networks that are alike in all that counts. */
export interface EffectCell {
  readonly levels: Levels;
  /** Places in `EffectDesign.runs`. */
  readonly runs: readonly number[];
  readonly absent: readonly AbsentNetwork[];
}

/** Which networks a factor's effect is estimated from, and what is held equal. */
export interface EffectDesign {
  readonly factor: Factor;
  readonly reference: string;
  readonly second: Factor | null;
  /** Other factors whose levels are compared like with like. */
  readonly held: readonly Factor[];
  /** Factors in which the networks of a level differ: they count as samples of such recipes. */
  readonly free: readonly Factor[];
  /** Places in `EffectData.networks`. */
  readonly members: readonly number[];
  readonly runs: readonly EffectRun[];
  readonly within: readonly string[];
  readonly cells: readonly EffectCell[];
}

/** The level of networks whose kind has no such field. */
const none = 'none';

/**
 * Holds equal every other factor that leaves the levels comparable with the reference, in the order of the factors; the
 * target, the kind that a setting belongs to, and the second factor always. What cannot be held, as it changes with the factor, varies within levels.
 */
export function effectDesign(
  data: EffectData,
  { factor, reference, second }: Pick<EffectQuestion, 'factor' | 'reference' | 'second'>,
): EffectDesign {
  const place = (of: Factor): number => data.factors.indexOf(of);
  const has = (levels: readonly (string | null)[]): boolean =>
    levels[place(factor)] !== null && (second === null || levels[place(second)] !== null);
  const members = [...data.networks.keys()].filter((network) => has(at(data.networks, network).levels));
  const levelsOf = members.map((network) => at(data.networks, network).levels);
  const varies = (of: Factor): boolean => new Set(levelsOf.map((levels) => levels[place(of)])).size > 1;
  const others = data.factors.filter((of) => of !== factor && of !== second && varies(of));
  const always = [
    ...(second ? [second] : []),
    ...others.filter(({ key }) => key === targetFactor || key === kindOf(factor.key)),
  ];
  const comparable = (held: readonly Factor[]): number => {
    const strata = Map.groupBy(levelsOf, (levels) => JSON.stringify(held.map((of) => levels[place(of)])));
    const found = new Set<string | null>();
    for (const own of strata.values()) {
      const levels = new Set(own.map((each) => each[place(factor)] ?? null));
      if (levels.has(reference)) for (const level of levels) found.add(level);
    }
    return found.size;
  };
  let held = always;
  for (const of of others) {
    if (!held.includes(of) && comparable([...held, of]) === comparable(held)) held = [...held, of];
  }
  const shown = [factor, ...held];
  const levelsIn = (levels: readonly (string | null)[]): Levels =>
    Object.fromEntries(shown.map((of) => [of.key, levels[place(of)] ?? none]));
  const runs = members.map((network): EffectRun => {
    const { name, block, levels } = at(data.networks, network);
    return { name, block, levels: levelsIn(levels) };
  });
  return {
    factor,
    reference,
    second,
    members,
    runs,
    held: held.filter((of) => of !== second),
    free: others.filter((of) => !held.includes(of)),
    within: shown.flatMap(({ key, within }) => (within ? [key] : [])),
    cells: cellsOf(
      runs.map(({ levels }) => levels),
      data.absent.filter(({ levels }) => has(levels)).map((network) => ({ network, levels: levelsIn(network.levels) })),
      shown,
    ),
  };
}

/** Every combination that networks have, or are planned to have, in the order of the levels. */
function cellsOf(
  runs: readonly Levels[],
  absent: readonly { network: AbsentNetwork; levels: Levels }[],
  factors: readonly Factor[],
): EffectCell[] {
  const cells = new Map<string, { levels: Levels; runs: number[]; absent: AbsentNetwork[] }>();
  const cell = (levels: Levels) => kept(cells, JSON.stringify(levels), () => ({ levels, runs: [], absent: [] }));
  runs.forEach((levels, run) => cell(levels).runs.push(run));
  for (const { network, levels } of absent) cell(levels).absent.push(network);
  const rank = ({ key, levels }: Factor, of: Levels): number => levels.findIndex(({ value }) => value === of[key]);
  return [...cells.values()].sort((a, b) => {
    const differs = factors.find((factor) => a.levels[factor.key] !== b.levels[factor.key]);
    return differs ? rank(differs, a.levels) - rank(differs, b.levels) : 0;
  });
}

/** Bytes of outcomes' values that are kept. */
const mostValueBytes = 2 ** 29;
const valuesOf = new WeakMap<EffectData, LRUCache<string, Float64Array>>();

/** Values of an outcome of all networks, `[network][image]`, computed once. */
function keptValues(data: EffectData, { key, making }: EffectOutcome): Float64Array | null {
  if (making.kind !== 'value') return null;
  const values = kept(
    valuesOf,
    data,
    () => new LRUCache({ maxSize: mostValueBytes, sizeCalculation: ({ byteLength }) => byteLength || 1 }),
  );
  return kept(values, key, () => outcomeValues(data, making.values(data)));
}

/** Bytes of means that are kept for further questions. */
const mostMeansBytes = 2 ** 27;
const meansOf = new WeakMap<EffectData, LRUCache<string, Float64Array>>();

/** Means that questions about one outcome share, whatever the factor. */
function keptMeans(data: EffectData, { outcome, images }: EffectQuestion, taken: Outcome, members: readonly number[]) {
  const sizeCalculation = ({ byteLength }: Float64Array, name: string): number => byteLength + name.length;
  const means = kept(meansOf, data, () => new LRUCache({ maxSize: mostMeansBytes, sizeCalculation }));
  return { means, key: hashKey(outcome.key, taken, images), names: members };
}

/** Two raters who agree, disagree, or are missing, as these very people do: all that outcomes of fixed people need. */
function fixedPeople({ status, unanimous }: HumanView, classes: number): LabelMatrix {
  const images = status.length;
  const values = new Int16Array(2 * images).fill(missing);
  status.forEach((is, image) => {
    if (is === null) return;
    const label = unanimous[image] ?? 0;
    values[image] = label;
    values[images + image] = is === 'agree' ? label : (label + 1) % classes;
  });
  return { raters: 2, images, classes, values };
}

/** So many people answered each image that has three answers or more, which random people are drawn from. */
export function leastAnswers({ humans }: Pick<EffectData, 'humans'>): number {
  const enough = humans.tally.present.filter((n) => n >= 3);
  return enough.length === 0 ? 0 : enough.reduce((a, b) => Math.min(a, b));
}

/** Whether an outcome depends on which people answered, and these are known by name: then they can be random. */
export const canDrawPeople = ({ humans }: Pick<EffectData, 'humans'>, { making }: EffectOutcome): boolean =>
  humans.labels !== null &&
  humans.kind === 'single' &&
  leastAnswers({ humans }) > 0 &&
  (making.kind === 'wrong' || (making.kind === 'group' && making.type !== 'any_differ'));

/** The outcome as the estimator takes it. */
function outcomeFor(data: EffectData, { outcome: { making, unit, isSigned }, people, m }: EffectQuestion): Outcome {
  const who = people === 'random' ? ({ people, h: leastAnswers(data) } as const) : ({ people } as const);
  if (making.kind === 'value') return { type: 'value', scale: unit === '%' && !isSigned ? 'share' : 'real' };
  if (making.kind === 'wrong') return { type: 'wrong', ...who };
  if (making.kind === 'consistency') return { type: 'consistency', m: 2 };
  return { type: making.type, m: making.m ?? m, ...who };
}

/** What effects of a question are computed with. */
export interface AskedEffects {
  readonly design: EffectDesign;
  readonly outcome: Outcome;
  readonly estimator: EffectEstimator;
  readonly experiment: Experiment;
  readonly counts: (image: number) => boolean;
}

export function askEffects(data: EffectData, question: EffectQuestion): AskedEffects {
  const design = effectDesign(data, question);
  const { members, runs, within } = design;
  const isAll = members.length === data.networks.length;
  const { images } = data.labels;
  const values = keptValues(data, question.outcome);
  const outcome = outcomeFor(data, question);
  const isRandom = outcome.type !== 'value' && outcome.people === 'random';
  const experiment: Experiment = {
    images: data.images,
    runs,
    within,
    labels: isAll ? data.labels : takeRaters(data.labels, members),
    values: values && !isAll ? takeRows(values, members, images) : values,
    people:
      isRandom && data.humans.labels
        ? data.humans.labels
        : fixedPeople(data.humans.view, Math.max(2, data.labels.classes)),
    reference: data.right.labels,
  };
  const { status } = data.humans.view;
  const counts = (image: number): boolean => question.images === 'all' || status[image] === question.images;
  const shared = keptMeans(data, question, outcome, members);
  const estimator = new EffectEstimator(experiment, outcome, counts, shared);
  return { design, outcome, experiment, counts, estimator };
}

function takeRows(values: Float64Array, rows: readonly number[], width: number): Float64Array {
  const taken = new Float64Array(rows.length * width);
  rows.forEach((row, place) => taken.set(values.subarray(row * width, (row + 1) * width), place * width));
  return taken;
}

/** A level against the reference. */
export interface LevelEffect extends FamilyValue {
  readonly level: string;
  readonly of: EffectParts;
  readonly matching: Matching;
}

/** How a combination of two levels differs from what each of them does alone. */
export interface InteractionEffect extends FamilyValue {
  readonly level: string;
  readonly level2: string;
  readonly of: EffectParts;
}

export interface StudyEffects extends AskedEffects {
  /** Every level of the factor but the reference: the family of tests. */
  readonly effects: Family<Omit<LevelEffect, keyof FamilyValue>>;
  /** Mean of each level that has networks, over combinations of the other factors at which all of them have some. */
  readonly means: readonly { readonly level: string; readonly of: EffectParts }[];
  readonly cells: readonly { readonly cell: EffectCell; readonly of: EffectParts }[];
  /** Over the numbers of the factor; null: it has none. */
  readonly slope: EffectParts | null;
  /** Ranking of the levels, from cells in which all of them were trained; null: there are no such cells. */
  readonly ranking: Ranking | null;
  readonly interaction: StudyInteraction | null;
}

export interface StudyInteraction {
  readonly second: Factor;
  readonly reference2: string;
  readonly means: readonly { readonly level: string; readonly level2: string; readonly of: EffectParts }[];
  readonly effects: Family<Omit<InteractionEffect, keyof FamilyValue>>;
}

/** Cells whose means are listed, and levels that are ranked: what a screen shows. */
const [mostCells, mostRanked] = [400, 60];

export function studyEffects(data: EffectData, question: EffectQuestion): StudyEffects {
  const asked = askEffects(data, question);
  const { design, estimator } = asked;
  const { factor, reference, cells } = design;
  const levels = factor.levels.map(({ value }) => value);
  const known = knownLevels(design, factor);
  const others = levels.filter((level) => level !== reference);
  return {
    ...asked,
    effects: family(
      others.map((level) => {
        const of = estimator.estimate({ type: 'marginal', factor: factor.key, level, reference });
        return { member: { level, of, matching: matchingOf(design, level) }, of };
      }),
    ),
    means: known.map((level) => ({ level, of: estimator.estimate(matched(design, level, known)) })),
    cells: cells
      .slice(0, mostCells)
      .map((cell) => ({ cell, of: estimator.estimate({ type: 'mean', at: cell.levels }) })),
    slope:
      factor.scale === null || known.length < 2
        ? null
        : estimator.estimate({ type: 'slope', factor: factor.key, scale: factor.scale }),
    ranking: known.length > mostRanked ? null : rankLevels(asked, known),
    interaction: design.second && interact(estimator, design, design.second),
  };
}

/** Mean of a level over combinations of the other factors at which the levels beside it have networks, too. */
export const matched = (
  { factor }: Pick<EffectDesign, 'factor'>,
  level: string,
  beside: readonly string[],
): Contrast => ({
  type: 'matched',
  factor: factor.key,
  level,
  beside,
});

/** Places of the runs that a contrast is of: those of cells with a weight. */
export function runsOf({ cells }: Pick<EffectDesign, 'cells'>, contrast: Contrast): number[] {
  const trained = cells.filter(({ runs }) => runs.length > 0);
  const weights = coefficients(
    contrast,
    trained.map(({ levels }) => levels),
  )?.weights;
  return trained.flatMap(({ runs }, cell) => (weights?.[cell] ? runs : [])).sort((a, b) => a - b);
}

/** Places of the runs of combinations of the other factors at which all of these levels have networks. */
export const comparedRuns = (design: EffectDesign, levels: readonly string[]): number[] =>
  levels.flatMap((level) => runsOf(design, matched(design, level, levels))).sort((a, b) => a - b);

/** How much of what a level could be compared on it is compared on. */
export interface Matching {
  /** Networks of the level, and of the reference. */
  readonly networks: number;
  readonly ofReference: number;
  /** Combinations of the other factors with networks of both, and with networks of one of them. */
  readonly both: number;
  readonly either: number;
  /** Those that were planned for the others, and have no predictions. */
  readonly absent: readonly AbsentNetwork[];
}

function matchingOf(design: EffectDesign, level: string): Matching {
  const { factor, reference, cells } = design;
  const pair = [level, reference];
  const ofPair = cells.filter(({ levels }) => pair.includes(levels[factor.key] ?? ''));
  const stratum = ({ levels }: EffectCell): string => JSON.stringify({ ...levels, [factor.key]: '' });
  const strata = [...Map.groupBy(ofPair, stratum).values()];
  const isBoth = (own: readonly EffectCell[]): boolean => own.filter(({ runs }) => runs.length > 0).length === 2;
  const planned = strata.filter((own) => own.length === 2 || own.some(({ runs }) => runs.length > 0));
  return {
    networks: runsOf(design, matched(design, level, [reference])).length,
    ofReference: runsOf(design, matched(design, reference, [level])).length,
    both: planned.filter(isBoth).length,
    either: planned.length,
    absent: planned.filter((own) => !isBoth(own)).flatMap((own) => own.flatMap(({ absent }) => absent)),
  };
}

/** Only from strata in which every level was trained: like is compared with like. */
function rankLevels(
  { design, experiment, outcome, estimator, counts }: AskedEffects,
  levels: readonly string[],
): Ranking | null {
  const { key } = design.factor;
  const compared = comparedRuns(design, levels);
  if (compared.length === 0 || levels.length < 2) return null;
  const recipes = levels.map((level) => ({ name: level, at: { [key]: level } }));
  if (compared.length === design.runs.length) return ranking(estimator, recipes);
  const { images } = experiment.labels;
  const part: Experiment = {
    ...experiment,
    runs: compared.map((run) => at(design.runs, run)),
    labels: takeRaters(experiment.labels, compared),
    values: experiment.values && takeRows(experiment.values, compared, images),
  };
  return ranking(new EffectEstimator(part, outcome, counts), recipes);
}

/** Levels of a factor that networks of the design have. */
export const knownLevels = ({ runs }: Pick<EffectDesign, 'runs'>, { key, levels }: Factor): string[] =>
  levels.map(({ value }) => value).filter((value) => runs.some((run) => run.levels[key] === value));

function interact(estimator: EffectEstimator, design: EffectDesign, second: Factor): StudyInteraction {
  const { factor, reference } = design;
  const [first, other] = [knownLevels(design, factor), knownLevels(design, second)];
  const reference2 = other[0] ?? '';
  const combinations = first.flatMap((level) => other.map((level2) => ({ level, level2 })));
  const contrast = (level: string, level2: string): Contrast => ({
    type: 'interaction',
    factor: factor.key,
    level,
    reference,
    factor2: second.key,
    level2,
    reference2,
  });
  return {
    second,
    reference2,
    means: combinations.slice(0, mostCells).map(({ level, level2 }) => ({
      level,
      level2,
      of: estimator.estimate({ type: 'mean', at: { [factor.key]: level, [second.key]: level2 } }),
    })),
    effects: family(
      combinations
        .filter(({ level, level2 }) => level !== reference && level2 !== reference2)
        .slice(0, mostCells)
        .map((member) => {
          const of = estimator.estimate(contrast(member.level, member.level2));
          return { member: { ...member, of }, of };
        }),
    ),
  };
}

/** Shares of an effect's variance, 0..1, that add up to 1 (metrics.md 13.4). */
export interface VarianceSplit {
  /** Pairs and anchors; trainings; people; and what trainings and people do on single pairs. */
  readonly pairs: number;
  readonly trainings: number;
  readonly people: number;
  readonly rest: number;
}

/** Null where an effect has no interval. */
export function varianceSplit({ effect, basis }: EffectParts): VarianceSplit | null {
  if (!basis || effect.v_units === null) return null;
  const excess = (own: number | null, overlap: number | null): number => Math.max(0, (own ?? 0) - (overlap ?? 0));
  const overlaps = Math.min(effect.v_units, (effect.v_overlap ?? 0) + (effect.v_labelers_overlap ?? 0));
  const parts = {
    pairs: effect.v_units - overlaps,
    trainings: excess(effect.v_runs, effect.v_overlap),
    people: excess(effect.v_labelers, effect.v_labelers_overlap),
    rest: overlaps,
  };
  const sum = parts.pairs + parts.trainings + parts.people + parts.rest;
  return {
    pairs: parts.pairs / sum,
    trainings: parts.trainings / sum,
    people: parts.people / sum,
    rest: parts.rest / sum,
  };
}
