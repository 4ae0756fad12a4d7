import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../main/domain/random/random.ts';
import { canonicalJson } from '../../../main/domain/plans/identity.ts';
import { architectureKinds, classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import {
  type ErrorCount,
  countErrors,
  chunkLength,
  chunkLengths,
  hardestFirst,
  type EvaluationHistory,
  computeMargins,
} from '../../../main/training/classifier/evaluation.ts';
import {
  targetBand,
  decide,
  endsPast,
  explainMiss,
  knownCount,
  type StopPlan,
  type StopState,
  planStop,
  errorLimit,
  initialState,
} from '../../../main/training/classifier/target-stop.ts';
import { evaluationSettings } from '../../../main/training/architectures/classifiers.ts';
import type { EvaluationChunks } from '../../../main/training/architectures/model.ts';
import { cases } from '../../thorough.ts';

const count = 1000;

/** A made-up training: per step, the margin of each test image; errors fall towards `floor`, with noise. */
function simulate(seed: number, noise: number, floor: number): (step: number) => Float32Array {
  const difficulty = Float32Array.from({ length: count }, (_, k) => k / count);
  return (step) => {
    const random = randomStream(seed, 'step', step);
    const share = floor + (0.6 - floor) * Math.exp(-step / 40) + noise * random.normal();
    return difficulty.map((value) => 1 - value - share + 0.02 * random.normal());
  };
}

/** Evaluates with the given margins. */
async function countBy(
  now: Float32Array,
  known: EvaluationHistory,
  limit: number,
  parts: EvaluationChunks,
): Promise<ErrorCount> {
  const result = await countErrors(known, limit, parts, async (images) =>
    Float32Array.from(images, (k) => now[k] ?? 0),
  );
  if (!result) throw new Error('nothing stopped the evaluation');
  return result;
}

const knowing = (margins: Float32Array): EvaluationHistory => ({
  margins,
  skipped: { evaluated: 0, errors: 0 },
  evaluations: 0,
});

/** Chunks of one length. */
const by = (length: number): EvaluationChunks => ({ size: length, laterAfter: 0, laterSize: length });

const missed = (values: Float32Array): number => values.filter((margin) => !(margin > 0)).length;

interface Outcome {
  state: StopState;
  metTargets: { target: number; step: number; errors: number }[];
  evaluations: { step: number; errors: number | null; limit: number }[];
  stepsDone: number;
}

/** The loop of a classifier's run without a classifier. */
async function run(plan: StopPlan, curve: (step: number) => Float32Array, parts: EvaluationChunks): Promise<Outcome> {
  let state = initialState(plan);
  let [step, stepsDone] = [0, 0];
  const known = new Float32Array(plan.testCount);
  const metTargets: Outcome['metTargets'] = [];
  const evaluations: Outcome['evaluations'] = [];
  while (state.pending.length > 0 && step < plan.lastStep) {
    step++;
    stepsDone++;
    if (step !== state.nextEvaluation) continue;
    const now = curve(step);
    const limit = errorLimit(plan, state, step);
    const again = knownCount(state, step);
    const result =
      again ??
      (await countBy(
        now,
        { margins: known, skipped: state.skipped, evaluations: state.totals.evaluations },
        limit,
        parts,
      ));
    if (!again) evaluations.push({ step, errors: result.errors, limit });
    const before = state;
    const decision = decide(plan, before, step, result);
    for (const band of decision.met) {
      metTargets.push({ target: plan.bands[band]?.target ?? 0, step, errors: missed(now) });
    }
    state = decision.state;
    if (decision.rewind) step = before.lastEvaluation;
  }
  return { state, metTargets, evaluations, stepsDone };
}

const plan = (targets: number[], cap: number, lastStep = 600): StopPlan =>
  planStop({ targets, tolerance: 0.5, testCount: count, interval: { maxSteps: cap, pace: 1 }, lastStep });

/** Any chunks: of one length, or longer ones later. */
const plans = fc
  .tuple(fc.integer({ min: 1, max: 120 }), fc.nat(1200), fc.nat(400))
  .map(([first, after, more]): EvaluationChunks => ({ size: first, laterAfter: after, laterSize: first + more }));

const runs = fc.record({
  seed: fc.nat(10_000),
  noise: fc.double({ min: 0, max: 0.02, noNaN: true }),
  floor: fc.double({ min: 0.01, max: 0.2, noNaN: true }),
  cap: fc.integer({ min: 1, max: 60 }),
  parts: plans,
});

test('recipes of earlier versions land by the paper’s rule, and keep every byte', () => {
  const recipe = { architecture: { kind: 'mlp' }, targets: [97.5] };
  expect(Object.keys(classifierRecipeSchema.parse(recipe))).not.toContain('landing');
  expect(canonicalJson(classifierRecipeSchema.parse({ ...recipe, landing: 'half' }))).toContain('"landing":"half"');
});

describe('bands', () => {
  test('are 11 values wide for 10,000 images and 0.05 points, in spite of rounding', () => {
    expect(targetBand(97.5, 0.05, 10_000)).toMatchObject({ low: 245, high: 255 });
    expect(targetBand(98, 0.05, 10_000)).toMatchObject({ low: 195, high: 205 });
    expect(targetBand(99.95, 0.05, 10_000)).toMatchObject({ low: 0, high: 10 });
    expect(targetBand(100, 0.05, 10_000)).toMatchObject({ low: 0, high: 5 });
  });

  test('without an integer number of errors are refused', () => {
    expect(() => targetBand(97.5, 0.05, 100)).toThrow(expect.objectContaining({ code: 'recipe.target-out-of-reach' }));
    expect(targetBand(97, 0.05, 100)).toMatchObject({ low: 3, high: 3 });
  });

  test('come easiest first and once each', () => {
    expect(plan([98, 90, 98], 10).bands.map(({ target }) => target)).toEqual([90, 98]);
  });
});

describe('counting', () => {
  test('gives the decision of a full evaluation, and the number itself only if it used all images', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 200 }),
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 200, maxLength: 200 }),
      plans,
      fc.nat(200),
      async (nowValues, knownValues, parts, limit) => {
        const now = Float32Array.from(nowValues);
        const known = knowing(Float32Array.from(knownValues.slice(0, now.length)));
        const result = await countBy(now, known, limit, parts);
        const errors = missed(now);
        if (result.errors === null) expect(errors).toBeGreaterThan(limit);
        else expect(result.errors).toBe(errors);
        if (errors <= limit) expect(result.errors).toBe(errors);
        expect(result.evaluated).toBeLessThanOrEqual(now.length);
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  test('stops early when the known hard images are missed again', async () => {
    const now = Float32Array.from({ length: 1000 }, (_, k) => (k % 10 === 0 ? -1 : 1));
    const result = await countBy(now, knowing(now.slice()), 50, by(20));
    expect(result).toEqual({ errors: null, estimate: 100, evaluated: 160, skipped: { evaluated: 100, errors: 0 } });
  });

  test('estimates the errors of skipped images, and knows which it never evaluated', async () => {
    const now = Float32Array.from({ length: 1000 }, (_, k) => (k % 10 === 0 ? -1 : 1));
    const known = knowing(new Float32Array(1000));
    expect(await countBy(now, known, 19, by(100))).toMatchObject({ errors: null, estimate: 100, evaluated: 200 });
    expect(known.margins.filter((margin) => margin === 0).length).toBe(800);
    // The 20 missed ones again, then 180 never seen, and a sample of 100 of those that were right.
    const second = await countBy(now, known, 30, by(100));
    expect(second).toEqual({
      errors: null,
      estimate: 38 + 620 * 0.1,
      evaluated: 300,
      skipped: { evaluated: 100, errors: 0 },
    });
  });

  test('notices errors among images that were right before', async () => {
    const margins = Float32Array.from({ length: 1000 }, (_, k) => (k < 100 ? -1 : 1 + k));
    const now = margins.map((margin, k) => (k % 10 === 0 ? -1 : margin));
    let known = knowing(margins.slice());
    const estimates: number[] = [];
    for (let evaluations = 0; evaluations < 20; evaluations++) {
      const result = await countBy(now, { ...known, evaluations }, 50, by(100));
      known = { ...known, skipped: result.skipped };
      estimates.push(result.estimate);
    }
    // 100 + 90 in all; at first the sample has to find them, at last they are known.
    expect(estimates[0]).toBeGreaterThan(150);
    expect(Math.abs((estimates.at(-1) ?? 0) - 190)).toBeLessThan(40);
  });

  test('takes equally hard images in their order', () => {
    expect([...hardestFirst(Float32Array.of(0, -1, 0, -1))]).toEqual([1, 3, 0, 2]);
  });

  test('decides ties for the lowest class, and counts NaN as a miss', async () => {
    const logits = Float32Array.of(1, 1, 0, /**/ 1, 1, 0, /**/ 0, 2, 5, /**/ Number.NaN, 0, 0);
    const values = computeMargins(logits, [0, 1, 2, 0], 3);
    expect([...values].map((margin) => margin > 0)).toEqual([true, false, true, false]);
    expect(values[2]).toBe(3);
    expect(await countErrors(knowing(new Float32Array(4)), 4, by(4), async () => values)).toMatchObject({ errors: 2 });
  });

  test('can be stopped in the middle', async () => {
    expect(await countErrors(knowing(new Float32Array(4)), 4, by(2), async () => null)).toBeNull();
  });
});

describe('chunks of an evaluation', () => {
  /** Lengths of the chunks of a full evaluation. */
  async function partsOf(total: number, parts: EvaluationChunks): Promise<number[]> {
    const lengths: number[] = [];
    const measure = async (images: Uint32Array): Promise<Float32Array> => {
      lengths.push(images.length);
      return new Float32Array(images.length).fill(1);
    };
    await countErrors(knowing(new Float32Array(total)), total, parts, measure);
    return lengths;
  }

  test('grow once an evaluation has used many images, and the last one takes the rest', async () => {
    const parts = { size: 100, laterAfter: 300, laterSize: 250 };
    expect(await partsOf(850, parts)).toEqual([100, 100, 100, 250, 250, 50]);
    expect(chunkLengths(parts, 850)).toEqual([100, 250]);
    expect(await partsOf(300, parts)).toEqual([100, 100, 100]);
    expect(chunkLengths(parts, 300)).toEqual([100]);
    expect(chunkLengths(by(50), 850)).toEqual([50]);
  });

  test('have one of the announced lengths, except the last', async () => {
    await fc.assert(
      fc.asyncProperty(plans, fc.integer({ min: 1, max: 3000 }), async (parts, total) => {
        const lengths = await partsOf(total, parts);
        expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(total);
        const known = chunkLengths(parts, total);
        expect(lengths.slice(0, -1).every((length) => known.includes(length))).toBe(true);
        expect(lengths.at(-1)).toBeLessThanOrEqual(known.at(-1) ?? 0);
      }),
    );
  });

  test('change neither order nor count: the hardest images up to the chunk that exceeded the limit, and a sample', async () => {
    const margins = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 400, maxLength: 400 });
    await fc.assert(
      fc.asyncProperty(margins, margins, plans, fc.nat(400), async (before, after, parts, limit) => {
        const seen: number[] = [];
        const known = knowing(Float32Array.from(before));
        const order = [...hardestFirst(known.margins)];
        const now = Float32Array.from(after);
        const result = await countErrors(known, limit, parts, async (images) => {
          seen.push(...images);
          return Float32Array.from(images, (image) => now[image] as number);
        });
        expect(result?.evaluated).toBe(seen.length);
        const prefix = seen.slice(0, seen.length - (result?.skipped.evaluated ?? 0));
        expect(prefix).toEqual(order.slice(0, prefix.length));
        const errorsIn = (count: number): number =>
          missed(Float32Array.from(prefix.slice(0, count), (k) => now[k] ?? 0));
        let lastPart = 0;
        while (lastPart + chunkLength(parts, lastPart) < prefix.length) lastPart += chunkLength(parts, lastPart);
        expect(errorsIn(lastPart)).toBeLessThanOrEqual(limit);
        if (prefix.length < order.length) expect(errorsIn(prefix.length)).toBeGreaterThan(limit);
        expect(result?.errors).toBe(prefix.length === order.length ? missed(now) : null);
      }),
      { numRuns: 200 },
    );
  });

  test('of the product divide the sample and the test images of MNIST: no chunk is filled up', async () => {
    for (const parts of architectureKinds.map((kind) => evaluationSettings(kind).chunks)) {
      expect(100 % parts.size).toBe(0);
      const known = chunkLengths(parts, 10_000);
      expect((await partsOf(10_000, parts)).every((length) => known.includes(length))).toBe(true);
    }
  });
});

describe('a run', () => {
  test('accepts nothing outside its band, and rejects nothing within it', async () => {
    const property = fc.asyncProperty(runs, async ({ seed, noise, floor, cap, parts }) => {
      const layout = plan([80, 90, 95], cap);
      const curve = simulate(seed, noise, floor);
      const outcome = await run(layout, curve, parts);
      for (const { target, errors } of outcome.metTargets) {
        expect(Math.abs(errors - count * (1 - target / 100))).toBeLessThanOrEqual(5 + 1e-6);
      }
      for (const evaluation of outcome.evaluations) {
        const errors = missed(curve(evaluation.step));
        if (evaluation.errors === null) expect(errors).toBeGreaterThan(evaluation.limit);
        else expect(evaluation.errors).toBe(errors);
      }
      const met = outcome.metTargets.map(({ target }) => target);
      expect(new Set(met).size).toBe(met.length);
      const { pending, passed } = outcome.state;
      layout.bands.forEach(({ target }, band) => {
        const isLeft = pending.includes(band) || passed[band] !== null;
        expect(met.includes(target) ? !pending.includes(band) : isLeft).toBe(true);
      });
    });
    await fc.assert(property, { numRuns: cases(60) });
  });

  test('trains each step at most twice: a stretch is replayed once', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async ({ seed, noise, floor, cap, parts }) => {
        const outcome = await run(plan([80, 90, 95], cap), simulate(seed, noise, floor), parts);
        expect(outcome.stepsDone).toBeLessThanOrEqual(1200);
        const steps = outcome.evaluations.map(({ step }) => step);
        for (const step of new Set(steps)) expect(steps.filter((other) => other === step).length).toBe(1);
      }),
      { numRuns: cases(40) },
    );
  });

  test('goes back when it stepped over a band, and meets the target in between', async () => {
    // Errors fall by 4 a step: 400, 396, ... Evaluations every 20 steps are 80 errors apart, and the band is 11 wide.
    const curve = (step: number): Float32Array =>
      Float32Array.from({ length: count }, (_, k) => (k < 400 - 4 * step ? -1 : 1));
    const wide = { ...plan([78], 20), bands: [targetBand(78, 0.5, count)] };
    const outcome = await run(wide, curve, by(100));
    expect(outcome.metTargets).toEqual([{ target: 78, step: 44, errors: 224 }]);
    const jumping = { ...initialState(wide), sides: ['above' as const], lastEvaluation: 40, nextEvaluation: 60 };
    const decision = decide(wide, jumping, 60, {
      errors: 160,
      estimate: 160,
      evaluated: count,
      skipped: { evaluated: 0, errors: 0 },
    });
    expect(decision).toMatchObject({ rewind: true, met: [], state: { nextEvaluation: 41, replay: { until: 60 } } });
  });

  test('meets all targets that were passed before its first evaluation, and trains no step three times', async () => {
    // 380, 360, ... errors: 220 after step 9, 100 after step 15, none at the first evaluation, after step 30.
    const curve = (step: number): Float32Array =>
      Float32Array.from({ length: count }, (_, k) => (k < 400 - 20 * step ? -1 : 1));
    const outcome = await run(plan([78, 90], 30), curve, by(100));
    expect(outcome.metTargets).toEqual([
      { target: 78, step: 9, errors: 220 },
      { target: 90, step: 15, errors: 100 },
    ]);
    expect(outcome.evaluations.map(({ step }) => step)).toEqual([30, ...Array.from({ length: 15 }, (_, k) => k + 1)]);
    expect(outcome.stepsDone).toBe(45);
  });

  test('explains how near a missed target came, and on which side', async () => {
    const layout = plan([95], 20, 100);
    const still = await run(layout, () => Float32Array.from({ length: count }, (_, k) => (k < 70 ? -1 : 1)), by(100));
    expect(still.state).toMatchObject({ pending: [0], nearest: [70] });
    expect(explainMiss(layout, still.state, 0, 4)).toMatch(/still below the target \(45 to 55 of 1000 .* 4 epochs/);
    const past = await run(layout, () => Float32Array.from({ length: count }, (_, k) => (k < 20 ? -1 : 1)), by(100));
    expect(explainMiss(layout, past.state, 0, 4)).toMatch(/passed the target/);
  });

  test('gives up a target that it has been past for as long as it took to get there, and trains on for others', async () => {
    const errorsOf = (errors: (step: number) => number) => (step: number) =>
      Float32Array.from({ length: count }, (_, k) => (k < errors(step) ? -1 : 1));
    const jump = (step: number) => (step < 150 ? 70 : 20);
    const past = await run(plan([95], 20), errorsOf(jump), by(100));
    expect(past.state).toMatchObject({ pending: [], passed: [150], nearest: [20] });
    expect(past.evaluations.at(-1)?.step).toBe(300);
    expect(past.state.crossings).toEqual([{ before: 70, after: 20 }]);
    expect(endsPast({ ...past.state, pending: [0] })).toBe(300);
    expect(endsPast(past.state)).toBeNull();
    expect(endsPast({ ...past.state, pending: [0], passed: [null] })).toBeNull();
    expect(explainMiss(plan([95], 20), past.state, 0, 4)).toBe(
      'The accuracy passed the target at step 150 (from 93.00 to 98.00 %) and did not come back to it (45 to 55 of 1000 test images missed) within 150 more steps.',
    );
    // Whoever is quick there has 100 steps to come back.
    const quick = await run(
      plan([95], 20),
      errorsOf((step) => (step < 7 ? 70 : 20)),
      by(100),
    );
    expect(quick.state.passed).toEqual([7]);
    expect(explainMiss(plan([95], 20), quick.state, 0, 4)).toMatch(/at step 7 .* within 100 more steps\.$/);
    expect(quick.evaluations.at(-1)?.step).toBe(120);
    // An evaluation above the target in between begins the count anew, and one within it meets it.
    const waves = await run(
      plan([95], 20),
      errorsOf((step) => (step === 240 ? 60 : jump(step))),
      by(100),
    );
    expect(waves.state.passed[0]).toBeGreaterThan(240);
    expect(waves.evaluations.at(-1)?.step).toBeGreaterThanOrEqual(480);
    const back = await run(
      plan([95], 20),
      errorsOf((step) => (step === 280 ? 50 : jump(step))),
      by(100),
    );
    expect(back.metTargets).toEqual([{ target: 95, step: 280, errors: 50 }]);
    const onward = await run(
      plan([95, 99], 20),
      errorsOf((step) => (step < 500 ? jump(step) : 10)),
      by(100),
    );
    expect(onward.metTargets).toEqual([{ target: 99, step: 500, errors: 10 }]);
    expect(onward.state.passed[0]).toBe(150);
  });

  test('continues unchanged from a JSON copy of its state', async () => {
    const layout = plan([80, 90, 95], 25);
    const curve = simulate(3, 0.004, 0.02);
    const uninterrupted = await run(layout, curve, by(100));
    expect(uninterrupted.metTargets.length).toBe(3);
    let state = initialState(layout);
    const known = new Float32Array(count);
    for (let step = 1; step <= 200; step++) {
      if (step !== state.nextEvaluation) continue;
      const now = curve(step);
      const before = { margins: known, skipped: state.skipped, evaluations: state.totals.evaluations };
      const seen = await countBy(now, before, errorLimit(layout, state, step), by(100));
      const decision = decide(layout, JSON.parse(JSON.stringify(state)) as StopState, step, seen);
      expect(decision).toEqual(decide(layout, state, step, seen));
      state = decision.state;
      if (state.pending.length === 0) break;
    }
  });
});
