/**
 * What a seed decides stays: running studies compute orders, stimuli and rehearsals again from their seeds. A change of
 * these values would show images twice to the same volunteer, and give finished studies other results.
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { selectCandidates } from '../../main/domain/stimuli/candidates.ts';
import { generatorRecipeSchema } from '../../main/contract/recipes/recipes.ts';
import { runKey } from '../../main/domain/plans/identity.ts';
import { alphas, interpolate } from '../../main/domain/stimuli/interpolation.ts';
import { drawLatents, latentDirections } from '../../main/domain/anchors/latents.ts';
import { resolvePairs } from '../../main/domain/anchors/pair-design.ts';
import { randomStream } from '../../main/domain/random/random.ts';
import { rehearse } from '../../main/domain/plans/rehearsal.ts';
import { layOutStimuli } from '../../main/domain/stimuli/stimulus-set.ts';

const hash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
/** Short, so that a difference can be seen. */
const text = (value: unknown): string => JSON.stringify(value).replaceAll('"', '');
const rounded = (values: Iterable<number>): number[] => Array.from(values, (value) => Number(value.toPrecision(6)));

describe('random streams', () => {
  test('are those of their seed and path', () => {
    const random = randomStream(7, 'kept', 1);
    expect(text(Array.from({ length: 8 }, () => random.int(1000)))).toBe('[822,132,353,299,442,824,20,526]');
    expect(text(rounded(Array.from({ length: 3 }, () => random.float())))).toBe('[0.675127,0.124342,0.169723]');
    expect(text(rounded(Array.from({ length: 5 }, () => random.normal())))).toBe(
      '[2.00024,0.0891208,2.82024,-1.61098,-0.370193]',
    );
    expect(random.shuffle([...'abcdefgh']).join('')).toBe('hcgadefb');
    expect(random.int(2 ** 31)).toBe(42485090);
  });

  test('normal numbers have mean 0, variance 1 and no correlation of neighbors', () => {
    const random = randomStream(3, 'normal');
    const values = Array.from({ length: 40_000 }, () => random.normal());
    const mean = (of: readonly number[]): number => of.reduce((sum, value) => sum + value, 0) / of.length;
    expect(Math.abs(mean(values))).toBeLessThan(0.02);
    expect(mean(values.map((value) => value ** 2))).toBeCloseTo(1, 1);
    expect(mean(values.map((value) => value ** 4))).toBeCloseTo(3, 0);
    expect(Math.abs(mean(values.slice(1).map((value, k) => value * (values[k] ?? 0))))).toBeLessThan(0.02);
  });

  test('a shuffle gives every order equally often', () => {
    const random = randomStream(5, 'shuffle');
    const counts = new Map<string, number>();
    for (let draw = 0; draw < 6000; draw++) {
      const order = random.shuffle([1, 2, 3]).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect([...counts.values()].sort()).toHaveLength(6);
    expect(Math.min(...counts.values())).toBeGreaterThan(900);
  });
});

describe('other draws', () => {
  test('balanced designs, sparse and dense', () => {
    const designs = [
      [10, 2],
      [10, 3],
      [12, 9],
      [9, 4],
      [7, 6],
      [30, 5],
    ] as const;
    expect(
      text(
        designs.map(([classes, perClass]) =>
          hash([1, 2, 3].map((seed) => resolvePairs({ kind: 'balanced', perClass, seed }, classes))),
        ),
      ),
    ).toBe('[a745903c96f59736,36e1433c1e20ffe2,9b350ac9f6e2da21,94068648bb4e3492,9a2d560c2f02e190,f50ddb903068de2a]');
    expect(text(resolvePairs({ kind: 'balanced', perClass: 1, seed: 8 }, 6))).toBe('[[0,3],[1,4],[2,5]]');
  });

  test('simulated labelers', () => {
    const points = layOutStimuli(resolvePairs({ kind: 'paper' }, 10), alphas(41));
    const { pseudonyms, labels } = rehearse({ points, classes: 10, count: 60, seed: 11 });
    expect(hash(labels)).toBe('2743ebac44933e54');
    expect([pseudonyms[0], pseudonyms.at(-1)]).toEqual(['sim-01', 'sim-60']);
    expect(labels[0]?.slice(0, 41).join('')).toBe('00000000000000000000061111111111111111111');
    const many = rehearse({ points: points.slice(0, 1), classes: 10, count: 100, seed: 1 });
    expect([many.pseudonyms[0], many.pseudonyms.at(-1)]).toEqual(['sim-001', 'sim-100']);
    // Two classes have no third one.
    const two = rehearse({ points: layOutStimuli([[0, 1]], alphas(41)), classes: 2, count: 40, seed: 2 });
    expect(hash(two.labels)).toBe('0f2085fa611dc4e5');
  });

  test('latent points, directions and interpolations', () => {
    expect(text(rounded(drawLatents(1, 2, { z: 3, classes: 0 })))).toBe(
      '[0.813877,-1.67038,-0.300853,-1.55324,-0.565683,0.93507]',
    );
    const [first, second] = latentDirections(1, { z: 3, classes: 0 });
    expect(text([rounded(first), rounded(second)])).toBe(
      '[[-0.874877,0.279886,0.39529],[-0.330363,-0.941652,-0.0644388]]',
    );
    const [from, to] = [drawLatents(4, 1, { z: 3, classes: 0 }), drawLatents(5, 1, { z: 3, classes: 0 })];
    expect(text(rounded(interpolate(from, to, 0.3, 'spherical')))).toBe('[-0.955414,0.411204,1.06042]');
    // Opposite anchors turn through the axis along which they point least.
    expect(text(rounded(interpolate(Float32Array.of(3, -1, 2), Float32Array.of(-6, 2, -4), 0.25, 'spherical')))).toBe(
      '[3.38709,2.303,2.25806]',
    );
    // Of two axes along which they point as little, the first.
    expect(text(rounded(interpolate(Float32Array.of(1, -1, 3), Float32Array.of(-1, 1, -3), 0.5, 'spherical')))).toBe(
      '[3.16228,0.316228,-0.948683]',
    );
    expect(text(rounded(interpolate(Float32Array.of(1, -2, 2), Float32Array.of(-1, 2, -2), 0.75, 'spherical')))).toBe(
      '[1.29289,1.91421,-1.91421]',
    );
  });

  test('candidates', () => {
    const random = randomStream(2, 'kept-candidates');
    const softmax = Float32Array.from({ length: 200 }, () => random.float()).map((value, k, all) => {
      const pair = (all[k - (k % 2)] ?? 0) + (all[k - (k % 2) + 1] ?? 0);
      return value / pair;
    });
    const given = {
      classes: 2,
      perClass: 4,
      softmax,
      threshold: 0.6,
      pixels: Uint8Array.from({ length: 400 }, () => random.int(256)),
      distances: Float64Array.from({ length: 100 }, () => random.int(90)),
    };
    const chosen = (change: object) =>
      selectCandidates({ ...given, ...change }).map((all) => all.map(({ index }) => index));
    expect(text(chosen({}))).toBe('[[37,80,60,97],[81,20,71,77]]');
    expect(text(chosen({ distances: null }))).toBe('[[76,38,99,86],[81,71,30,77]]');
    expect(text(chosen({ threshold: 0.95 }))).toBe('[[76,37,19,96],[81,10,28,83]]');
  });
});

test('runs are known by the same names', () => {
  const task = { kind: 'predictions', snapshot: 'a'.repeat(64), stimuli: 'b'.repeat(64) } as const;
  expect(runKey(task, null)).toBe('a44474c4dde0c75ad5b0e616eed6d5aef52f7f8b77cc24a39578d76c0f6679fa');
  expect(runKey(task, 'wasm')).toBe('794b74788bd8991092884a1a5abbb6ca8b3f5f2b56c6e24bb04713e4af24b7fa');
  const recipe = generatorRecipeSchema.parse({ kind: 'dcgan28', steps: 4000 });
  const generator = {
    kind: 'generator',
    dataSet: { source: 'mnist' },
    dataSetHash: 'c'.repeat(64),
    recipe,
    seed: 1,
  } as const;
  expect(runKey(generator, null)).toBe('c085492bc133e9280510e0929c1b87a9b97ff325624f554e95d5e685a675daf2');
});
