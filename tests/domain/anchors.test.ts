import { describe, expect, it } from 'vitest';
import { pairUnits } from '../../main/analysis/outcomes/units.ts';
import type { AnchorDesign } from '../../main/contract/stimuli/stimuli.ts';
import { anchorCounts, layOutDesign, pickAnchors, placeAnchors } from '../../main/domain/anchors/anchors.ts';
import { at } from '../../main/domain/numbers/arrays.ts';
import { clearSamples } from '../../main/domain/stimuli/candidates.ts';
import { alphas } from '../../main/domain/stimuli/interpolation.ts';
import { paperPairs } from '../../main/domain/anchors/pair-design.ts';
import { layOutStimuli } from '../../main/domain/stimuli/stimulus-set.ts';

const points = alphas(11);
const units = (design: AnchorDesign) => pairUnits(layOutDesign(paperPairs, points, design));

describe('the anchors of a design', () => {
  it('one a class: the images of earlier versions, which name no anchor', () => {
    expect(layOutDesign(paperPairs, points)).toEqual(layOutStimuli(paperPairs, points));
    expect(layOutDesign(paperPairs, points, { kind: 'one' })).toEqual(layOutStimuli(paperPairs, points));
    expect(anchorCounts(paperPairs, { kind: 'one' }, 10)).toEqual(new Array(10).fill(1));
    expect(units({ kind: 'one' })).toMatchObject({ anchors: 10, units: 'anchors' });
  });

  it('fresh for every pair: 30 in the paper’s pairs, and no two pairs share one', () => {
    expect(anchorCounts(paperPairs, { kind: 'fresh' }, 10)).toEqual(new Array(10).fill(3));
    expect(units({ kind: 'fresh' })).toMatchObject({ anchors: 30, units: 'pairs', shared: 15, freedom: 14 });
  });

  it('several a class: its pairs take turns', () => {
    const design = { kind: 'several', perClass: 2 } as const;
    const pairs = [[0, 1] as const, [0, 2] as const, [0, 3] as const, [1, 2] as const];
    expect(placeAnchors(pairs, design)).toEqual([
      [0, 0],
      [1, 0],
      [0, 0],
      [1, 1],
    ]);
    expect(anchorCounts(pairs, design, 5)).toEqual([2, 2, 2, 1, 1]);
    expect(layOutDesign(pairs, [0, 1], design).slice(2, 4)).toEqual([
      { id: 2, pairI: 0, pairJ: 2, alpha: 0, anchorI: '2', anchorJ: '1' },
      { id: 3, pairI: 0, pairJ: 2, alpha: 1, anchorI: '2', anchorJ: '1' },
    ]);
    expect(units(design)).toMatchObject({ anchors: 20, units: 'anchors' });
  });
});

const pool = { candidates: [50, 7, 31, 2], clear: [2, 7, 11, 31, 50, 60] };
const samples = (picked: ReturnType<typeof pickAnchors>): number[] =>
  picked.map((each) => ('sample' in each ? each.sample : at(pool.candidates, each.candidate)));

describe('a rule', () => {
  it('takes the best candidates, in their order, without those taken', () => {
    expect(pickAnchors(pool, { kind: 'best' }, 0, 2)).toEqual([{ candidate: 0 }, { candidate: 1 }]);
    expect(pickAnchors(pool, { kind: 'best' }, 0, 2, new Set([50, 31]))).toEqual([{ candidate: 1 }, { candidate: 3 }]);
  });

  it.each(['clear', 'candidate'] as const)('%s at random: seeded, any of the pool, none twice', (kind) => {
    const all = kind === 'clear' ? pool.clear : pool.candidates;
    const first = new Map<number, number>();
    for (let seed = 0; seed < 600; seed++) {
      const drawn = samples(pickAnchors(pool, { kind, seed }, 3, 3));
      expect(drawn).toEqual(samples(pickAnchors(pool, { kind, seed }, 3, 3)));
      expect(new Set(drawn).size).toBe(3);
      first.set(at(drawn, 0), (first.get(at(drawn, 0)) ?? 0) + 1);
    }
    expect([...first.keys()].sort((a, b) => a - b)).toEqual([...all].sort((a, b) => a - b));
    for (const count of first.values()) expect(Math.abs(count / 600 - 1 / all.length)).toBeLessThan(0.09);
    expect(samples(pickAnchors(pool, { kind, seed: 1 }, 3, 1, new Set(all.slice(1))))).toEqual([all[0]]);
  });

  it('refuses to draw more than there are', () => {
    const refused = { code: 'stimuli.too-few-anchors' };
    expect(() => pickAnchors(pool, { kind: 'best' }, 4, 5)).toThrow(expect.objectContaining(refused));
    const none = { candidates: [1], clear: null };
    expect(() => pickAnchors(none, { kind: 'clear', seed: 1 }, 0, 1)).toThrow('found 0 clear samples');
  });
});

it('clear samples are those with a softmax at the threshold or more, by class', () => {
  const softmax = Float32Array.from([0.95, 0.05, 0.94, 0.06, 0.01, 0.99, 0.5, 0.5]);
  expect(clearSamples(softmax, 2, null, Math.fround(0.95))).toEqual([[0], [2]]);
});
