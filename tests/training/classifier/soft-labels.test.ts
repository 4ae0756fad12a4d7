import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import { BlobStore } from '../../../main/files/blobs.ts';
import { TrainingBatches } from '../../../main/training/classifier/images.ts';
import { targetFeed } from '../../../main/training/classifier/mixup.ts';
import { softCount, softOrder, withSoftLabels } from '../../../main/training/classifier/soft-labels.ts';
import type { DataSet } from '../../../main/training/data/data-set.ts';
import type { Tfjs } from '../../../main/training/engines/engine.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { putSoftLabels } from './soft-images.ts';

const images = (count: number, labels: number[]) => ({
  count,
  images: Uint8Array.from({ length: count }, (_, k) => k),
  labels: Uint8Array.from(labels),
});

/** Ten training images of one pixel, three classes. */
const data: DataSet = {
  name: 'pixels',
  hash: '',
  height: 1,
  width: 1,
  channels: 1,
  mean: [0.5],
  std: [0.25],
  classes: ['a', 'b', 'c'],
  train: images(10, [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]),
  test: images(2, [0, 1]),
};

const recipe = (change: object) =>
  classifierRecipeSchema.parse({
    architecture: { kind: 'mlp', hidden: [2] },
    batch: 4,
    targets: [90],
    softLabels: { pixels: '0'.repeat(64), targets: '0'.repeat(64), share: 0.5 },
    ...change,
  });

function store(pixels: number[], targets: number[]) {
  const blobs = new BlobStore(temporaryFolder());
  return { blobs, softLabels: putSoftLabels(blobs, pixels, targets) };
}

describe('images with distributions as labels', () => {
  it('follow those of the data set, but for images without a target', () => {
    const { blobs, softLabels } = store([100, 101, 102], [0.25, 0.5, 0.25, 0, 0, 0, 0.5, 0, 0.5]);
    const { train, soft, test } = withSoftLabels(data, softLabels, blobs);
    expect([...train.images]).toEqual([...data.train.images, 100, 102]);
    expect([...train.labels]).toEqual([...data.train.labels, 1, 0]);
    expect(train.count).toBe(12);
    expect(soft).toEqual({ first: 10, targets: Float32Array.of(0.25, 0.5, 0.25, 0.5, 0, 0.5) });
    expect(test).toBe(data.test);
    expect(withSoftLabels(data, softLabels, blobs)).toBe(withSoftLabels(data, softLabels, blobs));
    expect(withSoftLabels(data, undefined, blobs)).toBe(data);
  });

  it.each([
    ['mismatch', [1, 2], [1, 0, 0]],
    ['not-distributions', [1, 2], [1, 0, 0, 0.5, 0.25, 0]],
    ['not-distributions', [1], [2, -1, 0]],
    ['not-distributions', [1], [Number.NaN, 1, 0]],
    ['empty', [1, 2], [0, 0, 0, 0, 0, 0]],
  ])('are refused: %s', (code, pixels, targets) => {
    const { blobs, softLabels } = store(pixels, targets);
    expect(() => withSoftLabels(data, softLabels, blobs)).toThrow(
      expect.objectContaining({ code: `soft-labels.${code}` }),
    );
  });

  it('are the last images of each batch, as many as their share says, and lengthen an epoch', () => {
    const { blobs, softLabels } = store([100, 101, 102], [0.25, 0.5, 0.25, 0, 1, 0, 0.5, 0, 0.5]);
    const taught = withSoftLabels(data, softLabels, blobs);
    const batches = new TrainingBatches(recipe({ augmentation: {} }), 3, taught);
    expect(batches.stepsPerEpoch).toBe(5);
    const all = Array.from({ length: 10 }, (_, step) => batches.batch(step + 1));
    const own = all.flatMap(({ indices }) => [...indices.subarray(0, 2)]);
    expect(own.slice(0, 10).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const others = all.flatMap(({ indices }) => [...indices.subarray(2)]);
    for (let round = 0; round < 6; round++) {
      expect(others.slice(3 * round, 3 * round + 3).sort()).toEqual([10, 11, 12]);
    }
    // Their augmentation changes from round to round.
    expect(all.slice(0, 3).map(({ augmentation }) => Array.from(augmentation?.epoch as Uint32Array))).toEqual([
      [0, 0, 0, 0],
      [0, 0, 0, 1],
      [0, 0, 1, 1],
    ]);
    for (const { indices, labels, targets } of all) {
      indices.forEach((image, k) => {
        const row = [...(targets ?? [])].slice(3 * k, 3 * k + 3);
        const soft = taught.soft?.targets.subarray(3 * (image - 10), 3 * (image - 9)) ?? [];
        expect(row).toEqual(image < 10 ? [0, 1, 2].map((c) => (c === labels[k] ? 1 : 0)) : [...soft]);
      });
    }
  });

  it('may be all images of a batch', () => {
    const { blobs, softLabels } = store([100, 101, 102], [1, 0, 0, 0, 1, 0, 0.5, 0, 0.5]);
    const taught = withSoftLabels(data, softLabels, blobs);
    const alone = recipe({ batch: 3, softLabels: { ...softLabels, share: 1 } });
    const batches = new TrainingBatches(alone, 3, taught);
    expect(batches.stepsPerEpoch).toBe(1);
    expect([...batches.batch(2).indices].sort()).toEqual([10, 11, 12]);
  });

  it('need a share of at least half an image', () => {
    expect(softCount({ pixels: '', targets: '', share: 0.125 }, 4)).toBe(1);
    expect(() => softCount({ pixels: '', targets: '', share: 0.1 }, 4)).toThrow(
      expect.objectContaining({ code: 'soft-labels.share' }),
    );
  });

  it('come in orders that depend on seed and step alone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 8 }),
        (count, n, steps) => {
          const order = softOrder(5, count);
          for (const step of steps) expect(order(step, n)).toEqual(softOrder(5, count)(step, n));
        },
      ),
    );
  });
});

it('mixes distributions as it mixes labels', () => {
  const given: number[][] = [];
  const tf = {
    tensor2d: (values: Float32Array) => given.push([...values]),
    tensor1d: (values: Int32Array) => given.push([...values]),
  } as unknown as Tfjs;
  const batch = {
    labels: Int32Array.of(0, 1),
    targets: Float32Array.of(1, 0, 0.25, 0.75),
    mix: { share: 0.5, partner: Uint32Array.of(1, 0) },
  };
  targetFeed(tf, [batch, undefined], 2, 2);
  expect(given).toEqual([
    [0.625, 0.375, 0.625, 0.375, 0, 0, 0, 0],
    [1, 0, 0, 0],
    [0.5, 0.5, 0, 0],
  ]);
});
