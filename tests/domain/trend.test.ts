import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at } from '../../main/domain/numbers/arrays.ts';
import { randomStream } from '../../main/domain/random/random.ts';
import {
  type EvaluatedStep,
  fewestEvaluations,
  trendAccuracy as trendOf,
  trendReach,
  trendText,
  trendWindow,
} from '../../main/domain/numbers/trend.ts';
import {
  type CountedStep,
  explainTrendMiss,
  firstTrendEvaluation,
  landOnTrend,
  nextTrendEvaluation,
} from '../../main/training/classifier/trend-stop.ts';
import { decide, initialState, planStop } from '../../main/training/classifier/target-stop.ts';

type Point = Omit<EvaluatedStep, 'estimated'>;

/** Of complete evaluations. */
const trendAccuracy = (points: readonly Point[], step: number) =>
  trendOf(
    points.map((point) => ({ ...point, estimated: false })),
    step,
  );

const steps = fc.uniqueArray(fc.integer({ min: 800, max: 1250 }), { minLength: 40, maxLength: 60 });

describe('the trend around a snapshot', () => {
  test('lies on a line of accuracy over 1 / step, whichever evaluations there are', () => {
    fc.assert(
      fc.property(
        steps,
        fc.double({ min: 90, max: 97, noNaN: true }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        (at, level, slope) => {
          const line = at.map((step) => ({ step, accuracy: level + slope * (1000 / step - 1) }));
          expect(trendAccuracy(line, 1000).accuracy).toBeCloseTo(level, 9);
        },
      ),
    );
  });

  test('leaves out the evaluation that met the target, those outside the window, and any order of the others', () => {
    fc.assert(
      fc.property(steps, fc.nat(1000), fc.double({ min: 0, max: 100, noNaN: true }), (at, seed, lucky) => {
        const random = randomStream(seed, 'evaluations', 0);
        const others = at
          .filter((step) => step !== 1000)
          .map((step) => ({ step, accuracy: 97 + random.normal() / 10 }));
        const outside = [
          { step: 799, accuracy: 0 },
          { step: 1251, accuracy: 0 },
        ];
        expect(trendAccuracy([{ step: 1000, accuracy: lucky }, ...others.toReversed(), ...outside], 1000)).toEqual(
          trendAccuracy(others, 1000),
        );
      }),
    );
  });

  test('moves and scales with the accuracies', () => {
    fc.assert(
      fc.property(steps, fc.nat(1000), (at, seed) => {
        const random = randomStream(seed, 'evaluations', 1);
        const points = at.map((step) => ({ step, accuracy: 50 + random.normal() / 10 }));
        const changed = points.map(({ step, accuracy }) => ({ step, accuracy: 10 + accuracy / 2 }));
        expect(trendAccuracy(changed, 1000).accuracy).toBeCloseTo(
          10 + (trendAccuracy(points, 1000).accuracy ?? 0) / 2,
          9,
        );
      }),
    );
  });

  test('a stretch evaluated at every step weighs as much as one evaluated rarely', () => {
    const rare = Array.from({ length: 19 }, (_, k) => 810 + 20 * k).filter((step) => step < 1000);
    const dense = Array.from({ length: 19 }, (_, k) => 981 + k).filter((step) => !rare.includes(step));
    const points = (at: number[], accuracy: number): Point[] => at.map((step) => ({ step, accuracy }));
    // Without weights the dense stretch of the same length in steps as one of nine gaps would pull the line to itself.
    const lucky = trendAccuracy([...points(rare, 97), ...points(dense, 97.5)], 1000).accuracy ?? 0;
    expect(lucky).toBeGreaterThan(97);
    expect(lucky).toBeLessThan(97.25);
  });

  test('uses earlier evaluations alone where the training ended, and says so', () => {
    const before = Array.from({ length: 10 }, (_, k) => ({ step: 820 + 18 * k, accuracy: 96 + k / 10 }));
    expect(trendAccuracy(before, 1000)).toMatchObject({ before: 10, after: 0, undefined: null });
    expect(trendAccuracy([...before, { step: 1100, accuracy: 97 }], 1000)).toMatchObject({ before: 10, after: 1 });
  });

  test('is undefined with a reason where evaluations are too few or too close', () => {
    const few = Array.from({ length: fewestEvaluations - 1 }, (_, k) => ({ step: 900 + 30 * k, accuracy: 97 }));
    expect(trendAccuracy(few, 1000).undefined).toBe('Too few evaluations from step 800 to 1250: 3 of 4 needed.');
    const close = Array.from({ length: 20 }, (_, k) => ({ step: 980 + k, accuracy: 97 }));
    expect(trendAccuracy(close, 1000).undefined).toBe('The evaluations around this step lie too close together.');
    expect(trendAccuracy([], 1)).toMatchObject({ accuracy: null, before: 0, after: 0 });
  });

  test('its error is that of the scatter around the line; too much scatter leaves it undefined', () => {
    const line = (noise: number): Point[] =>
      Array.from({ length: 40 }, (_, k) => ({ step: 801 + 11 * k, accuracy: 97 + (k % 2 === 0 ? noise : -noise) }));
    expect(trendAccuracy(line(0), 1000).error).toBeCloseTo(0, 9);
    expect(trendAccuracy(line(0.3), 1000).error).toBeCloseTo(0.3 / Math.sqrt(40), 2);
    expect(trendAccuracy(line(2), 1000).undefined).toBe(
      'The evaluations around this step differ too much (0.3 points).',
    );
  });

  test('counts the estimates among its evaluations', () => {
    const points = Array.from({ length: 10 }, (_, k) => ({ step: 820 + 40 * k, accuracy: 97, estimated: k < 3 }));
    expect(trendOf(points, 1000)).toMatchObject({ before: 5, after: 5, estimates: 3 });
    expect(trendText(trendOf(points, 1000))).toBe(
      '5 evaluations before this step and 5 after it, 3 of them estimates from some test images',
    );
  });

  test('the window reaches as far back as forth, and never before the first step', () => {
    expect(trendWindow(1000)).toEqual({ first: 800, last: 1250 });
    expect(trendWindow(1)).toEqual({ first: 1, last: 1 });
    expect(trendReach).toBe(1.25);
  });
});

/**
 * A training whose accuracy at step s is 100 - 2500 / s on average, and off by noise that stays for about ten steps
 * (standard deviation `noise` points). Errors of 10,000 images by step.
 */
function curve(seed: number, noise: number) {
  const random = randomStream(seed, 'curve', 0);
  const lastStep = 4000;
  const errors = [Number.NaN];
  const mean = (step: number): number => 100 - 2500 / step;
  let off = random.normal() * noise;
  for (let step = 1; step <= lastStep; step++) {
    errors.push(Math.min(10_000, Math.max(0, Math.round(100 * (100 - mean(step) - off)))));
    off = 0.9 * off + Math.sqrt(1 - 0.81) * noise * random.normal();
  }
  return { errors, mean, lastStep };
}

/** Such a training, evaluated and stopped by the rule of runs. All evaluations are complete. */
function land(seed: number, noise: number, targets: number[]) {
  const { errors, mean, lastStep } = curve(seed, noise);
  const plan = planStop({ targets, tolerance: 0.05, testCount: 10_000, interval: { maxSteps: 50, pace: 1 }, lastStep });
  const evaluated = new Map<number, number>();
  const snapshots: { step: number; counted: number }[] = [];
  let state = initialState(plan);
  let step = 0;
  while (state.pending.length > 0 && step < lastStep) {
    step++;
    if (step !== state.nextEvaluation) continue;
    const found = errors[step] ?? 0;
    evaluated.set(step, 100 - found / 100);
    const skipped = { evaluated: 0, errors: 0 };
    const decision = decide(plan, state, step, { errors: found, estimate: found, evaluated: 10_000, skipped });
    for (const _ of decision.met) snapshots.push({ step, counted: 100 - found / 100 });
    if (decision.rewind) step = state.lastEvaluation;
    state = decision.state;
  }
  const points = [...evaluated].map(([at, accuracy]) => ({ step: at, accuracy }));
  return { points, snapshots: snapshots.map((each) => ({ ...each, mean: mean(each.step) })) };
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean of the differences from the training's own mean accuracy at the snapshot. */
function biases(noise: number, targets: number[], count: number) {
  const runs = Array.from({ length: count }, (_, seed) => land(seed, noise, targets));
  const first = runs.map(({ points, snapshots }) => ({ points, ...at(snapshots, 0) }));
  const of = (keep: (point: Point, step: number) => boolean): number =>
    average(
      first.flatMap(({ points, step, mean }) => {
        const kept = points.filter((point) => keep(point, step));
        const { accuracy } = trendAccuracy(kept, step);
        return accuracy === null ? [] : [accuracy - mean];
      }),
    );
  return {
    counted: average(first.map(({ counted, mean }) => counted - mean)),
    bothSides: of(() => true),
    earlier: of((point, step) => point.step < step),
  };
}

describe('on noisy learning curves', () => {
  // Measured with 2,000 runs each: counted +.09, +.15, +.23; both sides -.01, -.02, -.02; earlier alone -.03, -.06, -.09.
  test.each([
    [0.1, 0.06],
    [0.2, 0.11],
    [0.3, 0.17],
  ])('with noise of %f points the counted accuracy is too high, its trend is not', (noise, least) => {
    const { counted, bothSides, earlier } = biases(noise, [97.5, 98.2], 150);
    expect(counted).toBeGreaterThan(least);
    expect(Math.abs(bothSides)).toBeLessThan(0.035);
    // Earlier evaluations alone were those outside the band, and the line is extended to the snapshot.
    expect(earlier).toBeLessThan(0);
    expect(earlier).toBeGreaterThan(-0.12);
  });
});

test('a run that lands on its trend lands where the training is on average, and its count is a fair draw', () => {
  const goal = { target: 97.5, tolerance: 0.05 };
  const landings = Array.from({ length: 150 }, (_, seed) => {
    const { errors, mean } = curve(seed, 0.2);
    const counted: CountedStep[] = [];
    for (let step = firstTrendEvaluation(4000); step < 4000; step = nextTrendEvaluation(step, 4000)) {
      if (at(errors, step) <= 400) counted.push({ step, errors: at(errors, step) });
      const landing = landOnTrend(counted, step, 10_000, goal);
      if (landing.kind === 'passed') return null;
      if (landing.kind === 'landed')
        return { off: mean(landing.step) - 97.5, luck: 100 - landing.errors / 100 - mean(landing.step) };
    }
    return null;
  }).filter((each) => each !== null);
  expect(landings.length).toBeGreaterThan(120);
  // The paper's rule is off by 0.15 points here.
  expect(Math.abs(average(landings.map(({ off }) => off)))).toBeLessThan(0.04);
  expect(Math.abs(average(landings.map(({ luck }) => luck)))).toBeLessThan(0.06);
});

test('a trend lands only once its window is over, on the nearer side, and not beyond the tolerance', () => {
  const line = (slope: number): CountedStep[] =>
    Array.from({ length: 40 }, (_, k) => ({
      step: 800 + 20 * k,
      errors: Math.round(250 + slope * (1000 / (800 + 20 * k) - 1) * 100),
    }));
  const goal = { target: 97.5, tolerance: 0.05 };
  expect(landOnTrend(line(2.5), 1200, 10_000, goal)).toEqual({ kind: 'open' });
  expect(landOnTrend(line(2.5), 1300, 10_000, goal)).toMatchObject({ kind: 'landed', step: 1000, errors: 250 });
  // It steps over the target by more than the tolerance.
  const steep = { target: 97.61, tolerance: 0.001 };
  expect(landOnTrend(line(50), 1560, 10_000, steep)).toEqual({ kind: 'passed' });
  expect(landOnTrend(line(2.5), 1560, 10_000, { target: 99, tolerance: 0.05 })).toEqual({ kind: 'open' });
  expect(explainTrendMiss(true, 40)).toContain('40 epochs');
});
