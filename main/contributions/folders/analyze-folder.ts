import { join } from 'node:path';
import { z } from 'zod';
import {
  claimedValue,
  type ClaimedValue,
  type ClaimSide,
  GroupJackknife,
  isOfPeople,
  nameOf,
  tableValues,
} from '../../analysis/claims/index.ts';
import { kappas } from '../consistency/analysis/statistics.ts';
import { pairedTest, pairedValues } from '../groups/analysis/paired-test.ts';
import type { Contrast } from '../contrasts/analysis/contrasts.ts';
import type { Experiment } from '../contrasts/analysis/effect-cells.ts';
import { type Effect, EffectEstimator } from '../contrasts/analysis/effects.ts';
import { effectsSize } from './tables/effects-size.ts';
import { type EffectPlan, mostSeeds, planEffect } from '../contrasts/analysis/effect-planner.ts';
import { family, type Family, ranking, type Ranking } from '../contrasts/analysis/families.ts';
import { type Heterogeneity, heterogeneity } from '../contrasts/analysis/heterogeneity.ts';
import { takeRaters } from '../../analysis/labels/index.ts';
import { components, drawsPeople, isGroupOutcome, type Outcome, pairUnits } from '../../analysis/outcomes/index.ts';
import { UserError } from '../../contract/wire/index.ts';
import { at, formatCount, formatInteger } from '../../domain/numbers/index.ts';
import { type ExperimentTables, readDescription, readExperiment } from './tables/experiment-tables.ts';
import { analyzeMultiplicity, multiplicitySchema, type MultiplicityResult } from './analyze-multiplicity.ts';
import { analyzeTraining, trainingSchema, type TrainingResult } from './analyze-training.ts';
import { analyzeResponses, responsesSchema, type ResponsesResult } from './analyze-responses.ts';

/** Most entries of a list. */
const mostListed = 1000;
/** Most effects of one design.json, of all outcomes, families, rankings and plans: seconds of computing. */
const mostEffects = 50_000;

const name = z.string().min(1).max(200);
const levels = z.record(name, z.string());
const list = <T extends z.ZodType>(of: T) => z.array(of).max(mostListed);
const size = z.int().min(0).max(10_000);

const outcomeSchema = z
  .looseObject({
    name,
    type: z.enum(['value', 'wrong', 'any_differ', 'type_a', 'type_c', 'misclassified_any']),
    scale: z.enum(['real', 'share']).optional(),
    m: size.optional(),
    people: z.enum(['fixed', 'random']).default('fixed'),
    h: z.int().min(1).max(10_000).optional(),
  })
  .refine(({ type, m }) => m !== undefined || type === 'value' || type === 'wrong', 'a group outcome needs m')
  .refine(({ people, h }) => people === 'fixed' || h !== undefined, 'random people need h');

const contrastSchema = z.discriminatedUnion('type', [
  z.object({ name, type: z.literal('mean'), at: levels }),
  z.object({ name, type: z.literal('difference'), a: levels, b: levels }),
  z.object({ name, type: z.literal('marginal'), factor: name, level: z.string(), reference: z.string() }),
  z.object({ name, type: z.literal('deviation'), factor: name, level: z.string() }),
  z.object({
    name,
    type: z.literal('interaction'),
    factor: name,
    level: z.string(),
    reference: z.string(),
    factor2: name,
    level2: z.string(),
    reference2: z.string(),
  }),
  z.object({
    name,
    type: z.literal('slope'),
    factor: name,
    scale: z.enum(['value', 'log10', 'log2']).default('value'),
  }),
]);

const designSchema = z.object({
  within: list(name).default([]),
  outcomes: list(outcomeSchema).default([]),
  contrasts: list(contrastSchema).default([]),
  families: list(z.object({ name, outcome: name, contrasts: list(name) })).default([]),
  rankings: list(z.object({ name, outcome: name, recipes: list(z.object({ name, at: levels })).max(50) })).default([]),
  planner: list(
    z.object({
      outcome: name,
      contrast: name,
      target: z.number().positive(),
      pairs: list(z.int().min(2).max(10_000)),
      seeds: list(z.int().min(2).max(10_000)),
    }),
  ).default([]),
});

const tableSchema = z.object({
  groups: list(z.object({ name, runs: list(name).min(1), sample: z.boolean() })),
  differences: list(z.tuple([name, name])).default([]),
});

/** Squares of larger numbers, and inverses of squares of smaller ones, do not fit a number. */
const reach = { least: 1e-50, most: 1e50 };
const measured = z.number().min(-reach.most).max(reach.most);

const metaSchema = list(
  z.object({
    name,
    studies: list(
      z.object({
        name,
        estimate: measured.nullable(),
        se: measured.refine((se) => se <= 0 || se >= reach.least, `at least ${reach.least}, or 0`).nullable(),
      }),
    ),
  }),
);

/** Effects of a design (metrics.md 13.1 to 13.6), in the layout of metrics.md 19. */
interface EffectsResult {
  outcomes: Record<string, Record<string, Effect>>;
  families: Record<string, Family<{ contrast: string }>>;
  rankings: Record<string, Ranking>;
  planner: (EffectPlan | null)[];
}

type TableResult = ReturnType<typeof analyzeTable>;

/** What was found in a folder: a part is there if its description is. */
interface FolderResult {
  effects?: EffectsResult;
  table?: TableResult;
  responses?: ResponsesResult;
  heterogeneity?: Record<string, Heterogeneity>;
  multiplicity?: MultiplicityResult;
  label_training?: TrainingResult;
}

/**
 * Analyses a folder of tables: `effects` if it has a design.json, `table` if it has a table.json, `responses` if it has a
 * responses.json, `heterogeneity` if it has a meta.json, `multiplicity` if it has a multiplicity.json, `label_training` if
 * it has a training.json.
 * @throws UserError naming file, row and remedy
 */
export async function analyzeFolder(folder: string): Promise<FolderResult> {
  const design = readDescription(folder, 'design.json', designSchema);
  const table = readDescription(folder, 'table.json', tableSchema);
  const responses = readDescription(folder, 'responses.json', responsesSchema);
  const meta = readDescription(folder, 'meta.json', metaSchema);
  const multiplicity = readDescription(folder, 'multiplicity.json', multiplicitySchema);
  const training = readDescription(folder, 'training.json', trainingSchema);
  if (!design && !table && !responses && !meta && !multiplicity && !training) {
    throw new UserError(
      'analyze.no-description',
      'This folder has no design.json, table.json, responses.json, meta.json, multiplicity.json or training.json',
      folder,
      'Add one of them: docs/data-formats.md says what they hold.',
    );
  }
  const others = {
    ...(meta && {
      heterogeneity: Object.fromEntries(
        [...byName('meta.json', meta)].map(([effect, { studies }]) => [effect, heterogeneity(studies)]),
      ),
    }),
    ...(training && { label_training: await analyzeTraining(folder, training) }),
  };
  if (!design && !table && !responses && !multiplicity) return others;
  const tables = await readExperiment(folder);
  if ((design || table) && tables.images.some(({ alpha }) => alpha === null)) {
    throw new UserError(
      'csv.missing-columns',
      'Effects and tables need images between two classes: the header lacks pair_i, pair_j and alpha',
      join(folder, 'images.csv'),
      'Add these columns, or remove design.json and table.json.',
    );
  }
  if (multiplicity) byName('multiplicity.json', multiplicity.churn);
  return {
    ...(design && { effects: analyzeEffects(tables, design) }),
    ...(table && { table: analyzeTable(tables, table) }),
    ...(responses && { responses: await analyzeResponses(folder, tables, responses) }),
    ...others,
    ...(multiplicity && { multiplicity: analyzeMultiplicity(tables, multiplicity) }),
  };
}

const unknownName = (file: string, what: string): UserError =>
  new UserError('analyze.unknown-name', what, file, 'Name what the folder has, or remove it.');

const namedTwice = (file: string, what: string): UserError =>
  new UserError('analyze.named-twice', what, file, 'Remove or rename one of the two.');

/** Entries by name. @throws UserError a name that stands twice */
function byName<T extends { name: string }>(file: string, entries: readonly T[]): Map<string, T> {
  const found = new Map(entries.map((entry) => [entry.name, entry]));
  const [twice] = entries.filter((entry) => found.get(entry.name) !== entry);
  if (twice) throw namedTwice(file, `Two entries have the name ${twice.name}`);
  return found;
}

/** What all effects of a design.json may take: a minute or two, and half a gigabyte. */
const mostSteps = 1e10;
const mostNumbers = 2 ** 26;

/** @throws UserError a description that would compute for many minutes, or take gigabytes */
function checkSize(
  { outcomes, contrasts, families, rankings, planner }: z.output<typeof designSchema>,
  experiment: Experiment,
): void {
  const sum = (numbers: number[]): number => numbers.reduce((total, n) => total + n, 0);
  const effects =
    outcomes.length * contrasts.length +
    sum(families.map((one) => one.contrasts.length)) +
    sum(rankings.map(({ recipes }) => (recipes.length * (recipes.length + 1)) / 2)) +
    sum(planner.map(({ pairs, seeds }) => pairs.length * (seeds.length + mostSeeds)));
  if (effects > mostEffects) {
    throw new UserError(
      'analyze.too-many-effects',
      `design.json asks for ${effects} effects; at most ${mostEffects} are computed at once`,
      'design.json',
      'List fewer outcomes, contrasts, recipes, pairs or seeds, or split it over several folders.',
    );
  }
  const { steps, numbers } = effectsSize(experiment, outcomes as Outcome[], effects / Math.max(1, outcomes.length));
  const times = Math.max(steps / mostSteps, numbers / mostNumbers);
  if (times <= 1) return;
  const { runs, images, people } = experiment;
  throw new UserError(
    'analyze.too-large',
    `${formatCount(outcomes.length, 'outcome')} of ${formatCount(runs.length, 'run')}, ${formatCount(images.length, 'image')} and ${formatCount(people.raters, 'labeler')} are about ${formatInteger(Math.ceil(times))} times what is computed at once`,
    'design.json',
    'Split the outcomes over several folders, or take fewer runs, images or labelers. With `"people": "fixed"` an outcome takes the least.',
  );
}

function analyzeEffects(tables: ExperimentTables, design: z.output<typeof designSchema>): EffectsResult {
  const file = 'design.json';
  const outcomes = byName(file, design.outcomes);
  const contrasts = byName(file, design.contrasts);
  byName(file, design.families);
  byName(file, design.rankings);
  for (const { recipes } of design.rankings) byName(file, recipes);
  const experiment = { ...tables, within: design.within };
  checkSize(design, experiment);
  const factors = new Set(Object.keys(at(tables.runs, 0).levels));
  for (const factor of design.within)
    if (!factors.has(factor)) throw unknownName(file, `runs.csv has no factor ${factor}`);
  const estimators = new Map(
    design.outcomes.map((outcome) => {
      if (outcome.type === 'value' && !tables.values) throw unknownName(file, `${outcome.name} needs a values.csv`);
      return [outcome.name, makeEstimator(experiment, outcome as Outcome)] as const;
    }),
  );
  const estimator = (wanted: string): EffectEstimator => {
    const found = estimators.get(wanted);
    if (!found) throw unknownName(file, `There is no outcome ${wanted}`);
    return found;
  };
  const contrast = (wanted: string): Contrast => {
    const found = contrasts.get(wanted);
    if (!found) throw unknownName(file, `There is no contrast ${wanted}`);
    return found;
  };
  return {
    outcomes: Object.fromEntries(
      [...estimators].map(([outcome, own]) => [
        outcome,
        Object.fromEntries(design.contrasts.map((one) => [one.name, own.estimate(one).effect])),
      ]),
    ),
    families: Object.fromEntries(
      design.families.map((one) => {
        const own = estimator(one.outcome);
        const members = one.contrasts.map((of) => ({ member: { contrast: of }, of: own.estimate(contrast(of)) }));
        return [one.name, family(members)];
      }),
    ),
    rankings: Object.fromEntries(
      design.rankings.map((one) => [one.name, ranking(estimator(one.outcome), one.recipes)]),
    ),
    planner: design.planner.map((question) => {
      const outcome = outcomes.get(question.outcome) as Outcome;
      const parts = estimator(question.outcome).estimate(contrast(question.contrast));
      return planEffect(parts, { isLinear: !isGroupOutcome(outcome), arePeopleFixed: !drawsPeople(outcome) }, question);
    }),
  };
}

function makeEstimator(
  experiment: ConstructorParameters<typeof EffectEstimator>[0],
  outcome: Outcome,
): EffectEstimator {
  try {
    return new EffectEstimator(experiment, outcome);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(
      'analyze.blocks',
      `Blocks do not fit the design: ${error.message}`,
      'runs.csv',
      'Let all runs of a block differ only in the factors that design.json lists as `within`.',
      { cause: error },
    );
  }
}

/** Values that get intervals. */
const claimed = [...tableValues, ...kappas];

function analyzeTable(tables: ExperimentTables, table: z.output<typeof tableSchema>) {
  const file = 'table.json';
  byName(file, table.groups);
  const places = new Map(tables.runs.map((run, place) => [run.name, place]));
  const units = pairUnits(tables.images);
  const sides = new Map(
    table.groups.map((group) => {
      if (new Set(group.runs).size < group.runs.length) throw namedTwice(file, `${group.name} lists a run twice`);
      const members = group.runs.map((run) => {
        const place = places.get(run);
        if (place === undefined) throw unknownName(file, `There is no run ${run}`);
        return place;
      });
      const hasSoftmax = members.every((run) => tables.softmax.has(run));
      const jackknife = new GroupJackknife(
        {
          images: tables.images,
          people: tables.people,
          networks: takeRaters(tables.labels, members),
          blocks: members.map((run) => at(tables.runs, run).block),
          readSoftmax: hasSoftmax ? (network) => tables.softmax.get(at(members, network)) ?? new Float64Array() : null,
        },
        units,
      );
      return [group.name, { jackknife, sample: group.sample }] as const;
    }),
  );
  const side = (wanted: string): ClaimSide => {
    const found = sides.get(wanted);
    if (!found) throw unknownName(file, `There is no group ${wanted}`);
    return found;
  };
  return {
    units: units.units,
    n_pairs: units.pairs.length,
    n_anchors: units.anchors,
    n_components: components(units).length,
    groups: Object.fromEntries(
      table.groups.map((group) => [
        group.name,
        {
          n_runs: group.runs.length,
          n_labelers: tables.labelers.length,
          values: Object.fromEntries(claimed.map((value) => [nameOf(value), claimedValue(value, [side(group.name)])])),
        },
      ]),
    ),
    differences: Object.fromEntries(table.differences.map(([a, b]) => [`${a} - ${b}`, difference([side(a), side(b)])])),
  };
}

function difference(both: readonly [ClaimSide, ClaimSide]) {
  const found = claimed
    .filter((value) => !isOfPeople(value))
    .map((value) => [nameOf(value), claimedValue(value, both)] as const);
  const values = Object.fromEntries(found) as Record<string, ClaimedValue>;
  const paired = pairedValues.map(
    (value) => [value, pairedTest(value, both, claimedValue(value, both).claims.anchors)] as const,
  );
  return { values, paired: Object.fromEntries(paired) };
}
