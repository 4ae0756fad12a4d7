import type { ClassifierRecipe, Target } from '../../../contract/recipes/index.ts';
import type { ModelsSpec, Study } from '../../../contract/studies/index.ts';
import { at, formatNames } from '../../../domain/numbers/index.ts';
import { canonicalJson, type ModelEntry } from '../../../domain/plans/index.ts';
import { randomStream } from '../../../domain/random/index.ts';
import type { TargetArm } from '../../contrasts/contract/target-arms.ts';
import { type Half, halfNames, type MadeTargets, type Teaching, teachingOf } from '../contract/design.ts';

/** Networks that a study declares to be taught by its labels: the models of them. */

/** The halves that teach. */
export const teachingHalves = ({ directions }: Pick<Teaching, 'directions'>): readonly Half[] =>
  directions === 'both' ? halfNames : ['a'];

export const referenceArm = ({ reference, arms }: Pick<Teaching, 'reference' | 'arms'>): TargetArm =>
  reference ?? arms.find((arm) => arm !== 'person') ?? at(arms, 0);

/** Trainings of an experiment, made or not. */
export const countTaught = ({ arms, folds, directions, seeds }: Teaching): number =>
  arms.length * folds * teachingHalves({ directions }).length * seeds;

/** The entry whose recipe all taught networks have; undefined: the study has none of this name. */
export const baseEntry = <Entry extends Pick<ModelsSpec, 'name'>>(
  models: readonly Entry[],
  { base }: Pick<Teaching, 'base'>,
): Entry | undefined => models.find(({ name }) => name === base);

/** What the arm `person` starts from and how long it trains; null: there is no such arm, or no base entry. */
export function tuningOf(
  teaching: Teaching,
  models: readonly ModelsSpec[],
): { from: Target; target: Target; epochs: number; stepSize: number | undefined } | null {
  const { arms, person } = teaching;
  const first = baseEntry(models, teaching)?.recipe.targets[0];
  if (!arms.includes('person') || first === undefined) return null;
  const { target: from = first, epochs = 1, stepSize } = person ?? {};
  return { from, target: `epochs ${epochs}`, epochs, stepSize };
}

type MadeCell = MadeTargets['cells'][number];

/** Cells with the same ones share their networks. */
export const networksOfCell = ({ targets, tuned }: MadeCell): string =>
  tuned ? `${targets} ${tuned.start} ${tuned.seed}` : targets;

/** Models of a cell. */
export interface TaughtEntry extends ModelEntry {
  taught: MadeCell;
}

/** The name of a cell. Its models have the number of the seed besides, which a cell of one seed has itself. */
export const taughtName = (
  { name }: Pick<Teaching, 'name'>,
  { arm, fold, teachers, tuned }: Pick<MadeCell, 'arm' | 'fold' | 'teachers' | 'tuned'>,
): string => `${name}-${arm}-f${fold}${teachers}${tuned ? `-s${tuned.seed}` : ''}`;

/**
 * The models of all cells; none while nothing was made, or without the base recipe, which `checkStudy` refuses. Cells with the
 * same targets, as of an arm that asks no people, share the models of the first of them.
 */
export function taughtEntries(teaching: Teaching | undefined, models: readonly ModelsSpec[]): readonly TaughtEntry[] {
  const made = teaching?.made;
  const base = teaching && baseEntry(models, teaching);
  if (!teaching || !made || !base) return [];
  const seed = randomStream(teaching.seed, 'teaching', 'networks').int(2 ** 31);
  const cells = [...Map.groupBy(made.cells, networksOfCell).values()].map((shared) => at(shared, 0));
  const tuning = tuningOf(teaching, models);
  return cells.map((cell) => {
    const softLabels = { pixels: made.pixels, targets: cell.targets, share: teaching.share };
    const { tuned } = cell;
    return {
      name: taughtName(teaching, cell),
      group: 'diverse',
      repeats: 1,
      ...(tuned && tuning
        ? {
            seed: seed + tuned.seed,
            seeds: 1,
            recipe: { ...tunedRecipe(base.recipe, tuning, tuned.start), softLabels },
          }
        : { seed, seeds: teaching.seeds, recipe: { ...base.recipe, softLabels } }),
      collection: teaching.name,
      section: { place: 'teaching', ...(tuned && { seed: tuned.seed }) },
      taught: cell,
    };
  });
}

/** The models that a study teaches. */
export const taughtOf = (study: Pick<Study, 'models' | 'teaching'>): readonly TaughtEntry[] =>
  taughtEntries(teachingOf(study), study.models);

/** It stops after its epochs: the weights that it starts from have met the base's target already. */
function tunedRecipe(
  { initialisation: _, landing, ...base }: ClassifierRecipe,
  { target, epochs, stepSize }: NonNullable<ReturnType<typeof tuningOf>>,
  start: string,
): ClassifierRecipe {
  return {
    ...base,
    ...(landing === 'validation' && { landing }),
    optimiser: { ...base.optimiser, ...(stepSize !== undefined && { stepSize }) },
    start,
    targets: [target],
    maxEpochs: Math.max(base.maxEpochs, Math.ceil(epochs)),
  };
}

/**
 * What was made for one design is of no use for another: folds, halves, arms and temperatures decide it, and what networks
 * of the arm `person` start from.
 */
const whatIsMade = (teaching: Teaching): string => {
  const { arms, folds, directions, seed, seeds, base, distill = null, person } = teaching;
  const tuned = arms.includes('person') ? { seeds, base, target: person?.target ?? null } : null;
  return canonicalJson({ arms, folds, directions, seed, distill, tuned });
};

/** The design with what was made for an earlier, equal one, unless it says itself what was made. */
export function keepMade(teaching: Teaching | undefined, before: Teaching | undefined): Teaching | undefined {
  if (!teaching || teaching.made || !before?.made || whatIsMade(teaching) !== whatIsMade(before)) return teaching;
  return { ...teaching, made: before.made };
}

/** What is wrong with a design in a study, or null. @param where `key` in the section */
export function teachingFault(
  teaching: Teaching,
  models: readonly ModelsSpec[],
): { key: string; what: string; remedy: string } | null {
  const { arms, base, distill, person, made } = teaching;
  const entry = baseEntry(models, teaching);
  const names = formatNames(
    models.map(({ name }) => name),
    10,
  );
  if (!entry) return { key: 'base', what: `There are no models "${base}"`, remedy: `Name one of these: ${names}.` };
  if (entry.recipe.softLabels)
    return {
      key: 'base',
      what: `The recipe of "${base}" has soft labels itself`,
      remedy: 'Name models without soft labels.',
    };
  if (Math.round(teaching.share * entry.recipe.batch) < 1)
    return {
      key: 'share',
      what: `A share of ${teaching.share} of a batch of ${entry.recipe.batch} is less than half an image`,
      remedy: `Choose a share of at least ${1 / entry.recipe.batch}.`,
    };
  const twice = arms.find((arm, place) => arms.indexOf(arm) < place);
  if (twice) return { key: 'arms', what: `The arm ${twice} occurs twice`, remedy: 'Keep one of them.' };
  if (!arms.includes(referenceArm(teaching)))
    return { key: 'reference', what: 'The reference is none of the arms', remedy: `Choose one of ${arms.join(', ')}.` };
  if (referenceArm(teaching) === 'person')
    return {
      key: 'reference',
      what: 'The arm person is the reference, and only one target has its networks',
      remedy: `Choose another one: ${arms.filter((arm) => arm !== 'person').join(', ')}.`,
    };
  if (person?.target !== undefined && !entry.recipe.targets.includes(person.target))
    return {
      key: 'person.target',
      what: `"${base}" has no target ${person.target}`,
      remedy: `Name one of these: ${entry.recipe.targets.join(', ')}.`,
    };
  const unknown = distill?.teachers?.find((name) => !models.some((models) => models.name === name));
  if (unknown !== undefined)
    return {
      key: 'distill.teachers',
      what: `There are no models "${unknown}"`,
      remedy: `Name some of these: ${names}.`,
    };
  if (!made) return null;
  const keys = made.cells.map((cell) => cellKey(cell, cell.tuned?.seed));
  const seedsOf = (arm: TargetArm) =>
    arm === 'person' ? Array.from({ length: teaching.seeds }, (_, seed) => seed) : [undefined];
  const wanted = new Set(
    arms.flatMap((arm) =>
      teachingHalves(teaching).flatMap((teachers) =>
        Array.from({ length: teaching.folds }, (_, fold) =>
          seedsOf(arm).map((seed) => cellKey({ arm, fold: fold + 1, teachers }, seed)),
        ).flat(),
      ),
    ),
  );
  if (keys.length === wanted.size && new Set(keys).size === keys.length && keys.every((key) => wanted.has(key)))
    return null;
  return {
    key: 'made',
    what: 'The targets were made for other arms, folds, halves or seeds',
    remedy: 'Remove `made`, and make the targets anew with `boundary teachers make`.',
  };
}

/** @param seed of a cell that is of one seed */
export const cellKey = (
  { arm, fold, teachers }: Pick<MadeCell, 'arm' | 'fold' | 'teachers'>,
  seed: number | undefined,
): string => `${arm} ${fold} ${teachers}${seed === undefined ? '' : ` ${seed}`}`;
