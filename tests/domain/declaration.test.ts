import { describe, expect, test } from 'vitest';
import { architectureSchema } from '../../main/contract/recipes/recipes.ts';
import type { Study } from '../../main/contract/studies/study.ts';
import { type NetworkShape, parameterCount } from '../../main/domain/networks/architectures.ts';
import { excessOf, largestStudy, modelCount, ownGenerator } from '../../main/domain/plans/declaration.ts';

describe('numbers of parameters', () => {
  const digits: NetworkShape = { height: 28, width: 28, channels: 1, classes: 10 };
  const count = (architecture: object, shape = digits) => parameterCount(architectureSchema.parse(architecture), shape);

  test('of the paper’s multilayer perceptron', () => {
    expect(count({ kind: 'mlp' })).toBe(784 * 500 + 500 + (500 * 500 + 500) + (500 * 10 + 10));
    const colors = { height: 2, width: 5, channels: 3, classes: 4 } as const;
    expect(count({ kind: 'mlp', hidden: [3] }, colors)).toBe(30 * 3 + 3 + (3 * 4 + 4));
    expect(count({ kind: 'mlp', hidden: [3] }, { height: 2, width: 5, channels: 1, classes: 4 })).toBe(
      10 * 3 + 3 + (3 * 4 + 4),
    );
  });

  test('of the convolutional network, pooled twice', () => {
    // Weights and bias of each convolution, then four numbers of batch norm a channel.
    const convolution = (inputs: number, outputs: number) => 9 * inputs * outputs + outputs + 4 * outputs;
    const convolutions = convolution(1, 32) + convolution(32, 32) + convolution(32, 64) + convolution(64, 64);
    const dense = 7 * 7 * 64 * 512 + 512 + (512 * 512 + 512) + (512 * 10 + 10);
    expect(count({ kind: 'cnn' })).toBe(convolutions + dense);
    expect(count({ kind: 'cnn' }, { ...digits, channels: 3 })).toBe(convolutions + 9 * 2 * 32 + dense);
    const small = { kind: 'cnn', channels: [1, 2, 3, 4], hidden: [5, 6] };
    expect(count(small, { height: 11, width: 9, channels: 1, classes: 2 })).toBe(
      convolution(1, 1) +
        convolution(1, 2) +
        convolution(2, 3) +
        convolution(3, 4) +
        (2 * 2 * 4 * 5 + 5) +
        (5 * 6 + 6) +
        (6 * 2 + 2),
    );
  });

  test('of the vision transformer', () => {
    const block = 2 * (64 + 64) + (64 * 1536 + 1536) + (512 * 64 + 64) + (64 * 128 + 128) + (128 * 64 + 64);
    const embedding = 49 * 64 + 64 + 64 + (16 + 1) * 64;
    expect(count({ kind: 'vit' })).toBe(embedding + 6 * block + 2 * 64 + (64 * 10 + 10));
    expect(count({ kind: 'vit' }, { ...digits, channels: 3 }) - count({ kind: 'vit' })).toBe(2 * 49 * 64);
    const wide = { kind: 'vit', patch: 2, width: 8, blocks: 1, heads: 2, headWidth: 3, mlp: 9 };
    expect(count(wide, { height: 4, width: 6, channels: 1, classes: 3 })).toBe(
      4 * 8 +
        8 +
        8 +
        (6 + 1) * 8 +
        (4 * 8 + (8 * 18 + 18) + (6 * 8 + 8) + (8 * 9 + 9) + (9 * 8 + 8)) +
        16 +
        (8 * 3 + 3),
    );
  });
});

describe('the size of a study', () => {
  type Sized = Parameters<typeof excessOf>[0];
  const models = (seeds: number, repeats: number, targets = 1, group = 'seeds') =>
    ({ group, seeds, repeats, recipe: { targets: new Array<number>(targets).fill(98) } }) as Study['models'][number];
  const study = (change: object): Sized =>
    ({
      models: [models(1, 1)],
      stimuli: { source: 'generated', design: { kind: 'paper' }, alphas: 11 },
      dataSet: { source: 'mnist' },
      labelers: { source: 'none' },
      ...change,
    }) as unknown as Sized;
  const asked = (change: object): [string, string] | null => {
    const excess = excessOf(study(change), []);
    return excess && [excess.key, excess.what];
  };
  const stimuli = (design: object, alphas: number) => ({ stimuli: { source: 'generated', design, alphas } });

  test('seeds of one architecture are repeated, models of a diverse group are not', () => {
    expect(modelCount(models(4, 5))).toBe(20);
    expect(modelCount(models(4, 5, 1, 'diverse'))).toBe(4);
  });

  test('as much as the largest is possible, one more is not, and the first excess is named', () => {
    expect(largestStudy).toEqual({ models: 10_000, snapshots: 100_000, images: 1_000_000, labels: 10_000_000 });
    expect(asked({})).toBeNull();
    expect(asked({ models: [models(100, 99), models(100, 1)] })).toBeNull();
    expect(asked({ models: [models(100, 100), models(1, 1)] })).toEqual([
      ...['models', 'This study asks for 10,001 models; at most 10,000 are possible'],
    ]);
    expect(asked({ models: [models(100, 100, 10)] })).toBeNull();
    expect(asked({ models: [models(90, 100, 11), models(10, 100, 2)] })).toEqual([
      ...['models', 'This study asks for 101,000 snapshots; at most 100,000 are possible'],
    ]);
  });

  test('images of a design by classes count once their number is known', () => {
    const pets = { source: 'folder', name: 'pets', path: '/pets', classes: null, folders: null };
    const many = study({ ...stimuli({ kind: 'balanced', perClass: 9, seed: 1 }, 1001), dataSet: pets });
    expect(excessOf(many, [])).toBeNull();
    expect(excessOf(many, [], 10)).toBeNull();
    expect(excessOf(many, [], 256)?.what).toContain('1,153,152 images');
    expect(asked({ ...stimuli({ kind: 'listed', pairs: [[0, 1]] }, 1_000_001), dataSet: pets })).not.toBeNull();
  });

  test('images are pairs times alphas, of every kind of design', () => {
    expect(asked(stimuli({ kind: 'paper' }, 66_666))).toBeNull();
    expect(asked(stimuli({ kind: 'paper' }, 66_667))).toEqual([
      ...['stimuli', 'This study asks for 1,000,005 images; at most 1,000,000 are possible'],
    ]);
    expect(
      asked(
        stimuli(
          {
            kind: 'listed',
            pairs: [
              [0, 1],
              [1, 2],
            ],
          },
          500_000,
        ),
      ),
    ).toBeNull();
    expect(
      asked(
        stimuli(
          {
            kind: 'listed',
            pairs: [
              [0, 1],
              [1, 2],
            ],
          },
          500_001,
        ),
      )?.[1],
    ).toContain('1,000,002 images');
    // Ten classes in three pairs each are 15 pairs.
    expect(asked(stimuli({ kind: 'balanced', perClass: 3 }, 66_667))?.[1]).toContain('1,000,005 images');
    const five = { dataSet: { source: 'idx', classes: ['a', 'b', 'c', 'd', 'e'] } };
    expect(asked({ ...five, ...stimuli({ kind: 'balanced', perClass: 4 }, 100_000) })).toBeNull();
    expect(asked({ ...five, ...stimuli({ kind: 'balanced', perClass: 4 }, 100_001) })?.[1]).toContain(
      '1,000,010 images',
    );
    expect(asked({ stimuli: { source: 'imported', design: { kind: 'paper' }, alphas: 1e9 } })).toBeNull();
  });

  test('labels are those of simulated labelers', () => {
    const images = stimuli({ kind: 'listed', pairs: [[0, 1]] }, 1000);
    expect(asked({ ...images, labelers: { source: 'rehearsal', count: 10_000 } })).toBeNull();
    expect(asked({ ...images, labelers: { source: 'rehearsal', count: 10_001 } })).toEqual([
      ...['labelers.count', 'This study asks for 10,001,000 labels; at most 10,000,000 are possible'],
    ]);
    expect(asked({ ...images, labelers: { source: 'csv', count: 10_001 } })).toBeNull();
  });

  test('a shipped generator is not trained', () => {
    expect(ownGenerator({ generator: null })).toBeNull();
    expect(ownGenerator({ generator: { shipped: 'mnist-dcgan64' } })).toBeNull();
  });
});
