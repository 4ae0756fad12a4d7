import { join } from 'node:path';
import { expect, test } from 'vitest';
import { studySection } from '../../../main/contributions/teaching/study-section.ts';
import { loadStudy } from '../../../main/services/declaration/study-file.ts';
import { repository } from '../../architecture/tools.ts';
import { classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import type { ModelsSpec } from '../../../main/contract/studies/study.ts';
import { teachingOf, teachingSchema } from '../../../main/contributions/teaching/contract/design.ts';
import { keepMade, teachingFault, taughtOf } from '../../../main/contributions/teaching/analysis/entries.ts';
import { identities } from '../../../main/services/declaration/plan.ts';

const base: ModelsSpec = {
  name: 'MLP',
  group: 'diverse',
  seed: 1,
  seeds: 1,
  repeats: 1,
  recipe: { architecture: { kind: 'mlp', hidden: [8] }, targets: [97], batch: 32 } as unknown as ModelsSpec['recipe'],
};
const hash = (digit: string): string => digit.repeat(64);

test('what was made expands into models that differ in their soft labels alone, with the same seeds', () => {
  const design = teachingSchema.parse({ base: 'MLP', arms: ['majority', 'human'], folds: 2, seeds: 3 });
  const cells = (['majority', 'human'] as const).flatMap((arm) =>
    [1, 2].map((fold) => ({ arm, fold, teachers: 'a' as const, targets: hash(arm === 'human' ? `${fold}` : '3') })),
  );
  const made = { stimuli: hash('a'), pixels: hash('b'), labels: hash('c'), record: hash('d'), cells };
  const teaching = { ...design, made };
  expect(teachingFault(teaching, [base])).toBeNull();
  const entries = taughtOf({ models: [base], teaching });
  // Cells with the same targets share their models.
  expect(entries.map(({ name }) => name)).toEqual(['teach-majority-f1a', 'teach-human-f1a', 'teach-human-f2a']);
  expect(new Set(entries.map(({ seed }) => seed)).size).toBe(1);
  expect(entries[1]?.recipe).toEqual({
    ...base.recipe,
    softLabels: { pixels: hash('b'), targets: hash('1'), share: 0.25 },
  });
  expect(taughtOf({ models: [base], teaching: design })).toEqual([]);
  // More seeds keep what was made; other folds do not.
  expect(keepMade({ ...design, seeds: 9 }, teaching)?.made).toEqual(made);
  expect(keepMade({ ...design, folds: 3 }, teaching)?.made).toBeUndefined();
  expect(teachingFault({ ...teaching, folds: 3 }, [base])?.key).toBe('made');
  expect(teachingFault(design, [])?.key).toBe('base');
  expect(teachingFault({ ...design, share: 0.01 }, [base])?.key).toBe('share');
  expect(teachingFault({ ...design, arms: ['human', 'human'] }, [base])?.key).toBe('arms');
  expect(teachingFault({ ...design, reference: 'distill' }, [base])?.key).toBe('reference');
});

test('the arm of one person starts each seed from other weights and stops by epochs', () => {
  const arms = ['human', 'person'] as const;
  const design = teachingSchema.parse({
    base: 'MLP',
    arms,
    folds: 2,
    seeds: 2,
    person: { epochs: 0.5, stepSize: 1e-4 },
  });
  const cells = [1, 2].flatMap((fold) => [
    { arm: 'human' as const, fold, teachers: 'a' as const, targets: hash('1') },
    ...[0, 1].map((seed) => ({
      arm: 'person' as const,
      fold,
      teachers: 'a' as const,
      targets: hash('2'),
      tuned: { seed, start: hash(`${7 + seed}`) },
    })),
  ]);
  const made = { stimuli: hash('a'), pixels: hash('b'), labels: hash('c'), record: hash('d'), cells };
  const teaching = { ...design, made };
  const trained: ModelsSpec = {
    ...base,
    recipe: classifierRecipeSchema.parse({ ...base.recipe, landing: 'trend', initialisation: { kind: 'orthogonal' } }),
  };
  expect(teachingFault(teaching, [trained])).toBeNull();
  const [human, ...persons] = taughtOf({ models: [trained], teaching });
  expect(persons.map((entry) => identities(entry).map(({ name, seed }) => [name, seed - human!.seed]))).toEqual([
    [['teach-person-f1a-s0', 0]],
    [['teach-person-f1a-s1', 1]],
  ]);
  const { landing: _, initialisation: __, ...recipe } = trained.recipe;
  expect(persons[1]?.recipe).toEqual({
    ...recipe,
    targets: ['epochs 0.5'],
    start: hash('8'),
    optimiser: { ...recipe.optimiser, stepSize: 1e-4 },
    softLabels: { pixels: hash('b'), targets: hash('2'), share: 0.25 },
  });
  // What it starts from is made for so many seeds.
  expect(keepMade({ ...design, seeds: 3 }, teaching)?.made).toBeUndefined();
  expect(keepMade({ ...design, margin: 0.01 }, teaching)?.made).toEqual(made);
  expect(teachingFault({ ...teaching, seeds: 3 }, [trained])?.key).toBe('made');
  expect(teachingFault({ ...design, reference: 'person' }, [trained])?.key).toBe('reference');
  expect(teachingFault({ ...design, person: { epochs: 1, target: 99 } }, [trained])?.key).toBe('person.target');
});

test('the preset teachers-cifar10h has the images of cifar10h, and nothing in it stops by their accuracy', () => {
  const preset = (name: string) => loadStudy(name, join(repository, 'resources'), [studySection]).study;
  const [{ dataSet, stimuli, models, labelers, ...study }, other] = [preset('teachers-cifar10h'), preset('cifar10h')];
  expect({ ...dataSet, background: '#000000' }).toEqual(other.dataSet);
  expect([stimuli, labelers]).toEqual([other.stimuli, other.labelers]);
  expect(models.map(({ name, seeds, recipe }) => [name, seeds, recipe.targets, recipe.maxEpochs])).toEqual([
    ['CNN', 5, ['epochs 1'], 1],
    ['Ensemble CNN', 5, ['epochs 4'], 4],
  ]);
  const teaching = teachingOf(study);
  expect(teaching).toMatchObject({ base: 'CNN', distill: { teachers: ['Ensemble CNN'] }, seeds: 10, folds: 2 });
  // Who asks nobody, and what is soft without knowing the image, must be among those compared.
  expect(teaching?.arms).toEqual(expect.arrayContaining(['truth', 'majority', 'permuted', 'smoothing', 'distill']));
});
