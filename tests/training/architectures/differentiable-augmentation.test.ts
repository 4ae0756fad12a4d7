import type { Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { differentiableAugmentations } from '../../../main/contract/recipes/recipes.ts';
import { randomStream } from '../../../main/domain/random/random.ts';
import { DifferentiableAugmentations } from '../../../main/training/architectures/differentiable-augmentation.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';

const [n, size] = [5, 16];
let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm');
});

/** Changes the images by numbers of this seed; also gives the numbers. */
function change(names: (typeof differentiableAugmentations)[number][], images: Tensor4D, seed: number) {
  const { tf } = engine;
  const augmentations = new DifferentiableAugmentations(names, size, 'real');
  const drawn = augmentations.draw(n, randomStream(seed, 'test'));
  const forms = augmentations.inputs(n);
  const inputs = Object.fromEntries(
    Object.entries(drawn).map(([key, values]) => [key, tf.tensor(values, [...(forms[key]?.shape ?? [])])]),
  );
  const apply = (x: Tensor4D): Tensor4D => augmentations.apply(tf, x, inputs);
  return { drawn, apply, values: apply(images).dataSync<'float32'>() };
}

const images = (): Tensor4D => engine.tf.randomNormal([n, size, size, 3], 0, 1, 'float32', 1);

test('translation moves every image by its own numbers, and zeros enter', () => {
  const before = images();
  const { drawn, values } = change(['translation'], before, 1);
  const given = before.dataSync<'float32'>();
  const by = (axis: string, image: number): number =>
    drawn[`real-translation-${axis}`]!.subarray(5 * image, 5 * (image + 1)).indexOf(1) - 2;
  const moves = Array.from({ length: n }, (_, image) => [by('rows', image), by('columns', image)] as const);
  expect(new Set(moves.map(String)).size).toBeGreaterThan(1);
  values.forEach((value, k) => {
    const [image, y, x, c] = [
      Math.floor(k / (size * size * 3)),
      Math.floor(k / (size * 3)) % size,
      Math.floor(k / 3) % size,
      k % 3,
    ];
    const [down, right] = moves[image]!;
    const [row, column] = [y - down, x - right];
    const inside = row >= 0 && column >= 0 && row < size && column < size;
    expect(value).toBe(inside ? given[((image * size + row) * size + column) * 3 + c] : 0);
  });
});

test('cutout sets at most a quarter of an image to zero and leaves the rest', () => {
  const before = images();
  const given = before.dataSync<'float32'>();
  const { values } = change(['cutout'], before, 2);
  for (let image = 0; image < n; image++) {
    const own = values.subarray(image * size * size * 3, (image + 1) * size * size * 3);
    const zeros = own.filter((value) => value === 0).length;
    expect(zeros).toBeGreaterThanOrEqual((3 * size * size) / 16 - 3 * size);
    expect(zeros).toBeLessThanOrEqual((3 * size * size) / 4);
    own.forEach((value, k) => value !== 0 && expect(value).toBe(given[image * size * size * 3 + k]));
  }
});

test('color leaves gray images gray, and changes brightness and contrast', () => {
  const gray = engine.tf.tile(engine.tf.randomNormal([n, size, size, 1], 0, 1, 'float32', 4), [1, 1, 1, 3]) as Tensor4D;
  const { values, drawn } = change(['color'], gray, 3);
  for (let k = 0; k < values.length; k += 3) expect(values[k]).toBeCloseTo(values[k + 1]!, 4);
  const given = gray.dataSync<'float32'>();
  const mean = (of: Float32Array): number => of.reduce((sum, value) => sum + value, 0) / of.length;
  const first = (of: Float32Array): Float32Array => of.subarray(0, size * size * 3);
  expect(mean(first(values)) - mean(first(given))).toBeCloseTo(drawn['real-color-brightness']![0]!, 4);
  const deviation = (of: Float32Array): number => Math.sqrt(mean(of.map((value) => (value - mean(of)) ** 2)));
  expect(deviation(first(values)) / deviation(first(given))).toBeCloseTo(drawn['real-color-contrast']![0]!, 4);
});

test('the same stream gives the same changes, in a fixed order, and gradients pass through all', () => {
  const before = images();
  const [one, same] = [
    change(['cutout', 'color', 'translation'], before, 4),
    change([...differentiableAugmentations], before, 4),
  ];
  expect(one.values).toEqual(same.values);
  expect(change([...differentiableAugmentations], before, 5).values).not.toEqual(one.values);
  const gradient = engine.tf.grad((x) => one.apply(x as Tensor4D))(before);
  expect(gradient.dataSync().some((value) => value !== 0)).toBe(true);
});
