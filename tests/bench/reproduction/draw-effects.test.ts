import { expect, test } from 'vitest';
import { drawMeasures } from '../../../main/contributions/draws/analysis/draws.ts';
import { randomStream } from '../../../main/domain/random/random.ts';
import { type DrawnNetwork, drawEstimator, levelSources } from './draw-effects.ts';

const [draws, images, classes] = [200, 30, 2];

/** Networks that err with a chance of their own, of the draw's, and by `target`. */
function world(seed: number, spread: { draw: number; network: number }, fall = 0): DrawnNetwork[] {
  const stream = randomStream(seed, 'world');
  const ofDraw = Array.from({ length: draws }, () => spread.draw * (stream.float() - 0.5));
  return Array.from({ length: 6 }, () => spread.network * (stream.float() - 0.5)).flatMap((own, n) =>
    [97.5, 98.5].map((target) => ({
      run: `run ${n}`,
      target,
      labels: Int16Array.from({ length: draws * images }, (_, image) => {
        const chance = 0.2 + own + ofDraw[Math.floor(image / images)]! - (target === 98.5 ? fall : 0);
        return stream.float() < chance ? 1 : 0;
      }),
    })),
  );
}

const sets = (networks: DrawnNetwork[]) => new Map([['best', { draws, images, networks }]]);

test('the mean over draws is the mean of what each draw shows', () => {
  const networks = world(1, { draw: 0.2, network: 0.1 });
  const group = networks.filter(({ target }) => target === 97.5);
  const measures = Array.from({ length: draws }, (_, draw) => {
    const rows = group.map(({ labels }) => Array.from(labels).slice(draw * images, (draw + 1) * images));
    return drawMeasures(rows.flat(), rows[0] ?? [], group.length, classes);
  });
  const mean = (values: (number | null)[]): number =>
    values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / draws;
  for (const [m, name] of [
    [2, 'pairwise_disagreement_pct'],
    [6, 'any_differ_pct'],
  ] as const) {
    const { effect } = drawEstimator(sets(networks), { m, classes }).estimate({
      type: 'mean',
      at: { target: '97.5' },
    });
    expect(100 * (effect.estimate ?? 0)).toBeCloseTo(mean(measures.map((each) => each[name])), 9);
    expect(effect).toMatchObject({ n_pairs: draws, n_runs: 6, units: 'pairs', reason: null });
  }
});

test('a fall is found, paired by training, and none where there is none', () => {
  const contrast = { type: 'difference', a: { target: '98.5' }, b: { target: '97.5' } } as const;
  const spread = { draw: 0.1, network: 0.02 };
  const falls = drawEstimator(sets(world(2, spread, 0.1)), { m: 2, classes }).estimate(contrast).effect;
  expect(falls.hi).toBeLessThan(-0.05);
  const even = drawEstimator(sets(world(3, spread)), { m: 2, classes }).estimate(contrast).effect;
  expect(even.lo).toBeLessThan(0);
  expect(even.hi).toBeGreaterThan(0);
});

test('what the level of a study comes from is told apart', () => {
  const at = { type: 'mean', at: { target: '97.5' } } as const;
  const sources = (seed: number, spread: { draw: number; network: number }) =>
    levelSources(drawEstimator(sets(world(seed, spread)), { m: 2, classes }).estimate(at));
  const ofDraws = sources(4, { draw: 0.3, network: 0 });
  expect(ofDraws?.anchors).toBeGreaterThan(3);
  expect(ofDraws?.networks).toBeLessThan(0.5);
  const ofNetworks = sources(5, { draw: 0, network: 0.3 });
  expect(ofNetworks?.networks).toBeGreaterThan(1);
  expect(ofNetworks?.anchors).toBeLessThan(1);
});

test('the same networks on two sets differ by the sets', () => {
  const [one, other] = [world(6, { draw: 0.1, network: 0.02 }), world(6, { draw: 0.1, network: 0.02 }, 0.15)];
  const both = new Map([
    ['a', { draws, images, networks: one }],
    ['b', { draws, images, networks: other }],
  ]);
  const { effect } = drawEstimator(both, { m: 2, classes }).estimate({
    type: 'difference',
    a: { target: '98.5', set: 'b' },
    b: { target: '98.5', set: 'a' },
  });
  expect(effect.hi).toBeLessThan(0);
  expect(effect.n_runs).toBe(6);
});
