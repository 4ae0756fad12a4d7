import { describe, expect, test } from 'vitest';
import type { ErrorCount } from '../../../main/training/classifier/evaluation.ts';
import {
  decide,
  errorLimit,
  explainMiss,
  initialState,
  knownCount,
  planStop,
  type StopState,
  targetBand,
} from '../../../main/training/classifier/target-stop.ts';

describe('decisions by hand', () => {
  /** 10,000 images: a hundredth of a point is one image. Bands of 78 and 90 %: 2195 to 2205 and 995 to 1005 errors. */
  const layout = planStop({
    targets: [90, 78],
    tolerance: 0.05,
    testCount: 10_000,
    lastStep: 5000,
    interval: { maxSteps: 1000, pace: 4 },
  });
  const skipped = { evaluated: 10, errors: 2 };
  const full = (errors: number): ErrorCount => ({ errors, estimate: errors, evaluated: 10_000, skipped });
  const partial = (estimate: number): ErrorCount => ({ errors: null, estimate, evaluated: 300, skipped });
  const start: StopState = {
    pending: [0, 1],
    sides: ['above', 'above'],
    lastEvaluation: 0,
    nextEvaluation: 1000,
    replay: null,
    passed: [null, null],
    crossings: [null, null],
    lastEstimate: null,
    nearest: [null, null],
    skipped: { evaluated: 0, errors: 0 },
    totals: { evaluations: 0, fullEvaluations: 0, imagesEvaluated: 0 },
  };
  const evaluated = (errors: number, step: number, change: Partial<StopState> = {}) =>
    decide(layout, { ...start, ...change }, step, full(errors));

  test('a run starts above all bands, and evaluates first after the longest interval', () => {
    expect(layout.bands).toEqual([
      { target: 78, center: expect.closeTo(2200, 6), low: 2195, high: 2205 },
      { target: 90, center: expect.closeTo(1000, 6), low: 995, high: 1005 },
    ]);
    expect(initialState(layout)).toEqual(start);
    expect(initialState({ ...layout, lastStep: 300 }).nextEvaluation).toBe(300);
    const targets = planStop({ ...layout, targets: [100, 99.5, 9, 99.5], tolerance: 0.05 }).bands;
    expect(targets.map(({ target }) => target)).toEqual([9, 99.5, 100]);
  });

  test('bands lie between no error and all images, and a band that is refused says what to allow', () => {
    expect(targetBand(99.98, 0.05, 10_000)).toMatchObject({ low: 0, high: 7 });
    expect(targetBand(0.02, 0.05, 10_000)).toMatchObject({ low: 9993, high: 10_000 });
    expect(targetBand(50, 1, 100)).toEqual({ target: 50, center: 50, low: 49, high: 51 });
    // 0.1 % of 1,000 is 1, which 0.0999... in binary must not lose; 0.04 of an image is no error.
    expect(targetBand(99.8, 0.1, 1000)).toMatchObject({ low: 1, high: 3 });
    // Only rounding is forgiven: a millionth of an image, no more.
    expect(targetBand(97.5, 0.05 - 0.9e-8, 10_000)).toMatchObject({ low: 245, high: 255 });
    expect(targetBand(97.5, 0.05 - 1.5e-8, 10_000)).toMatchObject({ low: 246, high: 254 });
    expect(() => targetBand(50.5, 0.4, 100)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('With 100 test images no accuracy lies within 0.4 points of 50.5 %'),
        remedy: 'Change the target to 51 %, or the tolerance to 0.5.',
      }),
    );
    expect(targetBand(50.5, 0.5, 100)).toMatchObject({ low: 49, high: 50 });
  });

  test('an evaluation may stop above the widest pending band, except the last, which is complete', () => {
    expect(errorLimit(layout, start, 4999)).toBe(2205);
    expect(errorLimit(layout, { ...start, pending: [1] }, 4999)).toBe(1005);
    expect(errorLimit(layout, start, 5000)).toBe(10_000);
    expect(errorLimit(layout, start, 5001)).toBe(10_000);
  });

  test('both ends of a band meet its target, and what lies beside them does not', () => {
    expect([2206, 2205, 2195, 2194].map((errors) => evaluated(errors, 1).met)).toEqual([[], [0], [0], []]);
    const met = evaluated(2199, 1);
    expect(met).toMatchObject({ rewind: false, state: { pending: [1], sides: ['below', 'above'], replay: null } });
    expect(decide(layout, start, 1, partial(2200)).met).toEqual([]);
    expect(evaluated(2200, 1, { pending: [1] }).met).toEqual([]);
  });

  test('the next evaluation comes sooner the nearer a band is: four errors a step above it, one below it', () => {
    const next = (errors: number, change: Partial<StopState> = {}): number =>
      evaluated(errors, 100, { lastEvaluation: 99, ...change }).state.nextEvaluation - 100;
    expect([2213, 2210, 2209, 2206].map((errors) => next(errors))).toEqual([3, 2, 2, 1]);
    expect([2194, 2190, 2100].map((errors) => next(errors, { sides: ['below', 'above'] }))).toEqual([2, 6, 96]);
    // The nearer band decides: 1,300 is 895 below the first and 295 above the second.
    expect(next(1300, { sides: ['below', 'above'] })).toBe(1 + 73);
    expect(next(1300, { sides: ['below', 'above'], pending: [0] })).toBe(1 + 895);
    expect(next(9000)).toBe(1000);
    expect(decide(layout, { ...start, lastEvaluation: 99 }, 4990, partial(2300)).state.nextEvaluation).toBe(5000);
    expect(decide(layout, { ...start, lastEvaluation: 99 }, 100, partial(2305)).state.nextEvaluation).toBe(126);
    // An estimate within the band: the count may be anything, so the next step is evaluated.
    expect(decide(layout, { ...start, lastEvaluation: 99 }, 100, partial(2200)).state.nextEvaluation).toBe(101);
    // Within a band that has been met, the other one counts.
    expect(next(2200)).toBe(1 + 298);
    // One image of 10,001 is less than a hundredth of a point.
    const odd = planStop({ ...layout, targets: [50], tolerance: 0.05, testCount: 10_001 });
    const [{ low }] = odd.bands as [(typeof odd.bands)[number]];
    const below: StopState = { ...initialState(odd), sides: ['below'], lastEvaluation: 99 };
    expect(decide(odd, below, 100, full(low - 7)).state.nextEvaluation).toBe(100 + 1 + 6);
    const coarse = planStop({ ...layout, targets: [78], tolerance: 0.5, testCount: 1000 });
    const decision = decide(coarse, { ...initialState(coarse), lastEvaluation: 9 }, 10, full(235));
    expect(decision.state.nextEvaluation).toBe(10 + 1 + 25);
  });

  test('an evaluation is added up, and the nearest full count is kept', () => {
    const first = evaluated(2300, 7).state;
    expect(first).toMatchObject({ lastEvaluation: 7, nearest: [2300, 2300], skipped });
    expect(first.totals).toEqual({ evaluations: 1, fullEvaluations: 1, imagesEvaluated: 10_000 });
    const second = decide(layout, first, 8, partial(2206)).state;
    expect(second.totals).toEqual({ evaluations: 2, fullEvaluations: 1, imagesEvaluated: 10_300 });
    expect(second.nearest).toEqual([2300, 2300]);
    const third = decide(layout, second, 9, full(2150)).state;
    expect(third.nearest).toEqual([2150, 2150]);
    // As far on the other side is not nearer.
    expect(decide(layout, third, 10, full(2250)).state.nearest).toEqual([2150, 2150]);
    const known = decide(layout, second, 9, { ...full(2207), evaluated: 0 }).state;
    expect(known.totals).toEqual(second.totals);
  });

  test('a band stepped over sends the run back to the previous evaluation, if there is a step in between', () => {
    expect(evaluated(2100, 50, { lastEvaluation: 49 }).rewind).toBe(false);
    const { state, met, rewind } = evaluated(2100, 50, { lastEvaluation: 48, nextEvaluation: 50 });
    expect([met, rewind]).toEqual([[], true]);
    expect(state).toMatchObject({ sides: ['above', 'above'], lastEvaluation: 48, nextEvaluation: 49 });
    expect(state.replay).toEqual({ crossed: [0], until: 50, count: { ...full(2100), evaluated: 0 } });
    expect(state.nearest).toEqual([2100, 2100]);
    expect(knownCount(state, 50)).toEqual({ ...full(2100), evaluated: 0 });
    expect(knownCount(state, 49)).toBeNull();
    expect(knownCount(start, 50)).toBeNull();
    // Both bands, and from below: accuracy fell.
    expect(evaluated(900, 50).state.replay?.crossed).toEqual([0, 1]);
    expect(evaluated(3000, 50, { sides: ['below', 'below'] }).state.replay?.crossed).toEqual([0, 1]);
    // A band that is met now, or was before, was not stepped over.
    expect(evaluated(2200, 50)).toMatchObject({ met: [0], rewind: false });
    expect(evaluated(1000, 50, { pending: [1] })).toMatchObject({ met: [1], rewind: false });
    expect(evaluated(1000, 50)).toMatchObject({
      met: [1],
      rewind: true,
      state: { pending: [0], replay: { crossed: [0] } },
    });
    // An estimate is of an evaluation that ended above the band.
    expect(decide(layout, start, 50, partial(10))).toMatchObject({
      rewind: false,
      state: { sides: ['above', 'above'] },
    });
  });

  test('the replay evaluates after each step until the band lies behind, and never goes back again', () => {
    const replay = { crossed: [0], until: 60, count: full(2100) };
    const during = (errors: number, step: number, change: Partial<StopState> = {}) =>
      evaluated(errors, step, { lastEvaluation: 40, replay, ...change });
    // Still above: the band lies ahead.
    expect(during(2400, 45)).toMatchObject({ rewind: false, met: [], state: { nextEvaluation: 46, replay } });
    // Below it already, by 2: not met here, so the usual interval, at most up to the end of the stretch.
    expect(during(2193, 45)).toMatchObject({ rewind: false, state: { nextEvaluation: 48, replay } });
    expect(during(2150, 45)).toMatchObject({ rewind: false, state: { nextEvaluation: 60, replay } });
    // Met: straight to the end.
    expect(during(2200, 45)).toMatchObject({ met: [0], state: { pending: [1], nextEvaluation: 60, replay } });
    // Even if a band that was not stepped over is near.
    const near = planStop({ ...layout, targets: [78, 78.3], tolerance: 0.05 });
    const met = decide(near, { ...start, lastEvaluation: 40, replay }, 45, full(2196)).state;
    expect(met).toMatchObject({ pending: [1], nextEvaluation: 60, replay });
    expect(during(2400, 59).state.nextEvaluation).toBe(60);
    // One of two is still ahead.
    const two = { crossed: [0, 1], until: 60, count: full(900) };
    expect(during(2100, 45, { replay: two }).state).toMatchObject({ nextEvaluation: 46, replay: two });
    // At its end the run continues as usual.
    expect(during(2100, 60)).toMatchObject({ rewind: false, state: { nextEvaluation: 60 + 96, replay: null } });
    expect(during(2100, 61).state.replay).toBeNull();
  });

  test('the side is that of the center', () => {
    const even = planStop({ ...layout, targets: [50], tolerance: 10, testCount: 100 });
    const side = (errors: number) => decide(even, { ...initialState(even), pending: [] }, 5, full(errors)).state.sides;
    const first = decide(even, { ...initialState(even), pending: [] }, 5, full(40)).state;
    // As far from the center on the other side is not nearer.
    expect(decide(even, first, 6, full(60)).state.nearest).toEqual([40]);
    expect([side(51), side(50), side(49)]).toEqual([['above'], ['below'], ['below']]);
  });

  test('a miss names the allowed errors, one or several', () => {
    const below: StopState = { ...start, sides: ['below', 'above'] };
    expect(explainMiss(layout, below, 0, 40)).toBe(
      'The accuracy passed the target between two steps and did not come back to it (2195 to 2205 of 10000 test images missed) within 40 epochs.',
    );
    expect(explainMiss(layout, below, 1, 3)).toBe(
      'The accuracy was still below the target (995 to 1005 of 10000 test images missed) after 3 epochs.',
    );
    const single = planStop({ ...layout, targets: [97], tolerance: 0.05, testCount: 100 });
    expect(explainMiss(single, initialState(single), 0, 1)).toContain('(3 of 100 test images missed)');
  });
});
