import { describe, expect, test } from 'vitest';
import { type ArchitectureKind, classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import { classifierCost, type DataSetSize, type Pace } from '../../../main/services/estimates/cost.ts';
import { together } from '../../../main/services/estimates/forecast.ts';

describe('the time of a job', () => {
  const training = { seconds: 2, low: 1, high: 3, bytes: 10 };

  test('counts what it does besides its runs, once, however many they are', () => {
    const [one, two] = [together([training], { workers: 1 }), together([training, training], { workers: 1 })];
    expect(one.low).toBeGreaterThan(training.low);
    expect(one.high).toBeGreaterThan(training.high);
    expect(two.seconds - one.seconds).toBeCloseTo(training.seconds, 10);
    expect(two.bytes).toBe(20);
  });

  test('is nothing where nothing is to do', () => {
    expect(together([], { workers: 2 })).toEqual({ seconds: 0, low: 0, high: 0, bytes: 0 });
  });
});

test('a training takes as long as before on digits, and longer on larger images, in color and for more classes', () => {
  const pace: Pace = { engine: 'wasm', factor: 1, workers: 1 };
  const size = { width: 28, height: 28, channels: 1 } as const;
  const digits: DataSetSize = { ...size, classes: 10, trainCount: 60_000, testCount: 10_000 };
  const seconds = (kind: ArchitectureKind, shape = digits, patch = 7): number => {
    const architecture = kind === 'vit' ? { kind, patch } : { kind };
    return classifierCost(classifierRecipeSchema.parse({ architecture, targets: [98] }), pace, shape).seconds;
  };
  // 469 steps an epoch; one second for the start.
  expect(seconds('mlp')).toBeCloseTo(1 + 7 * 469 * 8.5e-3 * 1.4, 6);
  expect(seconds('cnn')).toBeCloseTo(1 + 469 * 0.231 * 1.4, 6);
  expect(seconds('vit')).toBeCloseTo(1 + 6 * 469 * 0.301 * 1.4, 6);
  const photos = { ...digits, width: 32, height: 32, channels: 3 as const };
  for (const kind of ['mlp', 'cnn'] as const) expect(seconds(kind, photos)).toBeGreaterThan(1.2 * seconds(kind));
  // Four times as many patches as of 16 pixels.
  expect(seconds('vit', photos, 8)).toBeGreaterThan(3 * seconds('vit', photos, 16));
  expect(seconds('mlp', { ...digits, classes: 1000 })).toBeGreaterThan(1.5 * seconds('mlp'));
});
