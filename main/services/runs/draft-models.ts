import type { ModelGrid } from '../../contract/api/models.ts';
import { maxAdded } from '../../contract/api/models.ts';
import { UserError } from '../../contract/errors.ts';
import { classifierRecipeSchema } from '../../contract/recipes.ts';
import type { ModelsSpec } from '../../contract/study.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { identities } from '../declaration/plan.ts';

/**
 * Entries as they go into a study: a grid spelt out, every name free, and no network twice.
 * @throws UserError `models.too-many`, `models.nothing`
 */
export function draftModels(
  known: readonly ModelsSpec[],
  { entries, grid }: { entries: readonly ModelsSpec[]; grid: ModelGrid | null },
): ModelsSpec[] {
  const wanted = [...entries, ...(grid ? gridEntries(grid) : [])];
  const runs = wanted.reduce((sum, { seeds, repeats }) => sum + seeds * repeats, 0);
  if (runs > maxAdded) throw tooMany(runs);
  const drafted: ModelsSpec[] = [];
  for (const entry of wanted) {
    const all = [...known, ...drafted];
    drafted.push(withFreeName(withFreeSeed(entry, all), all));
  }
  return drafted;
}

function gridEntries(grid: ModelGrid): ModelsSpec[] {
  const { group, targets, tolerance, maxEpochs, augmentation, seed, seeds, repeats, optimiser: kind } = grid;
  return grid.architectures.flatMap((architecture) =>
    grid.stepSizes.flatMap((stepSize) =>
      grid.weightDecays.flatMap((weightDecay) =>
        grid.batches.map((batch) => ({
          ...{ name: grid.name, group, seed, seeds, repeats: group === 'seeds' ? repeats : 1 },
          recipe: classifierRecipeSchema.parse({
            ...{ architecture, batch, targets, tolerance, maxEpochs, augmentation },
            optimiser: { kind, stepSize, weightDecay },
          }),
        })),
      ),
    ),
  );
}

/** The same recipe with the same seed would be the same network under two names: it takes the seeds after. */
function withFreeSeed(entry: ModelsSpec, known: readonly ModelsSpec[]): ModelsSpec {
  const training = trainingOf(entry);
  const taken = new Set(
    known
      .filter((other) => trainingOf(other) === training)
      .flatMap((other) => identities(other).map(({ seed }) => seed)),
  );
  let { seed } = entry;
  while (identities({ ...entry, seed }).some((identity) => taken.has(identity.seed))) seed = Math.max(...taken) + 1;
  return { ...entry, seed };
}

function trainingOf({ recipe }: ModelsSpec): string {
  const { architecture, optimiser, batch, augmentation } = recipe;
  return canonicalJson({ architecture, optimiser, batch, augmentation });
}

/** MLP, or MLP1 and the like where such a name is in use, counted on. */
function withFreeName(entry: ModelsSpec, known: readonly ModelsSpec[]): ModelsSpec {
  const taken = new Set(known.flatMap((other) => [other.name, ...identities(other).map(({ name }) => name)]));
  const isFree = (name: string): boolean =>
    !taken.has(name) && !identities({ ...entry, name }).some((identity) => taken.has(identity.name));
  const stem = entry.name.replace(/\d+$/, '');
  const isNumbered = known.some(({ name }) => name !== entry.name && new RegExp(`^${escaped(stem)}\\d+$`).test(name));
  if (isFree(entry.name) && !isNumbered) return entry;
  if (isFree(entry.name) && stem !== entry.name) return entry;
  let number = 1;
  while (!isFree(`${stem}${number}`)) number += 1;
  return { ...entry, name: `${stem}${number}` };
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function tooMany(runs: number): UserError {
  return new UserError({
    code: 'models.too-many',
    what: `These values make ${runs} trainings`,
    where: 'the grid of values',
    remedy: `Leave some values out: at most ${maxAdded} are added at a time.`,
  });
}
