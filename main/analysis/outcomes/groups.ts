import { at } from '../../domain/numbers/arrays.ts';
import { compareCodePoints, type ModelInput, type OrderedInput } from './input.ts';
import { takeRaters, tally, type LabelMatrix, type Tally } from '../labels/labels.ts';
import type { Target } from '../../contract/recipes/recipes.ts';
import { compareTargets } from '../../domain/numbers/targets.ts';

/** Models that are compared as a group: their labels, and where they stand among all models. */
export interface ModelGroup {
  /** Indices into the ordered input's models, ascending by name. */
  readonly members: readonly number[];
  readonly names: readonly string[];
  readonly labels: LabelMatrix;
  readonly votes: Tally;
}

/** The models of one target without a repeat and in no collection (metrics.md 0). */
export interface DiverseGroup extends ModelGroup {
  readonly target: Target;
}

/** One repeat of the seed study. */
interface SeedGroup extends ModelGroup {
  readonly repeat: number;
}

/** All repeats of one architecture at one target, ascending by repeat. */
export interface SeedCell {
  readonly architecture: string;
  readonly target: Target;
  readonly repeats: readonly SeedGroup[];
}

/** Whether a model is compared with all others of its target. */
export const isDiverse = <T extends Pick<ModelInput, 'repeat' | 'collection' | 'target'>>(
  model: T,
): model is T & { target: Target } => model.repeat === null && model.collection == null && model.target !== null;

/** Whether it belongs to a seed group. */
export const isOfSeeds = <T extends Pick<ModelInput, 'repeat' | 'target'>>(
  model: T,
): model is T & { target: Target; repeat: number } => model.repeat !== null && model.target !== null;

/** Diverse groups, ascending by target. */
export function diverseGroups(input: OrderedInput): DiverseGroup[] {
  const members = membersWhere(input.models, isDiverse);
  return byTarget(input, members).map(([target, group]) => ({
    target,
    ...modelGroup(input, group),
  }));
}

/** Seed groups, ascending by architecture (code points), target and repeat. */
export function seedCells(input: OrderedInput): SeedCell[] {
  const members = membersWhere(input.models, isOfSeeds);
  const byArchitecture = [...Map.groupBy(members, (index) => at(input.models, index).architecture)];
  byArchitecture.sort(([a], [b]) => compareCodePoints(a, b));
  return byArchitecture.flatMap(([architecture, ofArchitecture]) =>
    byTarget(input, ofArchitecture).map(([target, ofTarget]) => ({
      architecture,
      target,
      repeats: byNumber(ofTarget, (index) => at(input.models, index).repeat!).map(([repeat, group]) => ({
        repeat,
        ...modelGroup(input, group),
      })),
    })),
  );
}

export function byArchitectureAndTarget<T>(
  cells: readonly SeedCell[],
  toValue: (cell: SeedCell) => T,
): Record<string, Record<string, T>> {
  const architectures = Map.groupBy(cells, ({ architecture }) => architecture);
  return Object.fromEntries(
    [...architectures].map(([architecture, ofArchitecture]) => [
      architecture,
      Object.fromEntries(ofArchitecture.map((cell) => [String(cell.target), toValue(cell)])),
    ]),
  );
}

function membersWhere(models: readonly ModelInput[], test: (model: ModelInput) => boolean): number[] {
  return models.flatMap((model, index) => (test(model) ? [index] : []));
}

function byTarget({ models }: OrderedInput, members: readonly number[]): [Target, number[]][] {
  return [...Map.groupBy(members, (index) => at(models, index).target!)].sort(([a], [b]) => compareTargets(a, b));
}

function byNumber(members: readonly number[], key: (index: number) => number): [number, number[]][] {
  return [...Map.groupBy(members, key)].sort(([a], [b]) => a - b);
}

/** Any models as one group; indices into the ordered input. @throws RangeError if two have the same name */
export function modelGroup(input: OrderedInput, members: readonly number[]): ModelGroup {
  const labels = takeRaters(input.modelLabels, members);
  const names = members.map((index) => at(input.models, index).name);
  if (new Set(names).size !== names.length) throw new RangeError('model names must differ within a group');
  return { members, names, labels, votes: tally(labels) };
}
