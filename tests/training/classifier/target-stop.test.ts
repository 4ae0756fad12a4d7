import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../main/domain/random.ts';
import {
  type Count,
  countErrors,
  hardestFirst,
  type Known,
  margins,
} from '../../../main/training/classifier/evaluation.ts';
import {
  bandOf,
  decide,
  explainMiss,
  knownCount,
  type LandingPlan,
  type LandingState,
  planLanding,
  rejectAbove,
  startLanding,
} from '../../../main/training/classifier/target-stop.ts';
import {
  partLength,
  partLengths,
  type PartPlan,
  partPlans,
} from '../../../main/training/classifier/evaluation-chunks.ts';

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

/** Counts by margins that are known all along. */
async function countBy(now: Float32Array, known: Known, limit: number, parts: PartPlan): Promise<Count> {
  const result = await countErrors(known, limit, parts, async (images) =>
    Float32Array.from(images, (k) => now[k] ?? 0),
  );
  if (!result) throw new Error('nobody stopped the counting');
  return result;
}

const knowing = (margins: Float32Array): Known => ({ margins, tail: { seen: 0, errors: 0 }, looks: 0 });

/** Parts of one length. */
const by = (length: number): PartPlan => ({ first: length, after: 0, later: length });

const missed = (values: Float32Array): number => values.filter((margin) => !(margin > 0)).length;

interface Outcome {
  state: LandingState;
  landings: { target: number; step: number; errors: number }[];
  looks: { step: number; errors: number | null; limit: number }[];
  stepsDone: number;
}

/** The loop of a classifier's run without a classifier. */
async function run(plan: LandingPlan, curve: (step: number) => Float32Array, parts: PartPlan): Promise<Outcome> {
  let state = startLanding(plan);
  let [step, stepsDone] = [0, 0];
  const known = new Float32Array(plan.testCount);
  const landings: Outcome['landings'] = [];
  const looks: Outcome['looks'] = [];
  while (state.pending.length > 0 && step < plan.lastStep) {
    step++;
    stepsDone++;
    if (step !== state.nextLook) continue;
    const now = curve(step);
    const limit = rejectAbove(plan, state, step);
    const again = knownCount(state, step);
    const seen =
      again ?? (await countBy(now, { margins: known, tail: state.tail, looks: state.tally.looks }, limit, parts));
    if (!again) looks.push({ step, errors: seen.errors, limit });
    const before = state;
    const decision = decide(plan, before, step, seen);
    for (const band of decision.landed) {
      landings.push({ target: plan.bands[band]?.target ?? 0, step, errors: missed(now) });
    }
    state = decision.state;
    if (decision.rewind) step = before.lastLook;
  }
  return { state, landings, looks, stepsDone };
}

const plan = (targets: number[], cap: number, lastStep = 600): LandingPlan =>
  planLanding({ targets, tolerance: 0.5, testCount: count, rhythm: { cap, pace: 1 }, lastStep });

/** Any plan: parts of one length, or longer ones later. */
const plans = fc
  .tuple(fc.integer({ min: 1, max: 120 }), fc.nat(1200), fc.nat(400))
  .map(([first, after, more]): PartPlan => ({ first, after, later: first + more }));

const runs = fc.record({
  seed: fc.nat(10_000),
  noise: fc.double({ min: 0, max: 0.02, noNaN: true }),
  floor: fc.double({ min: 0.01, max: 0.2, noNaN: true }),
  cap: fc.integer({ min: 1, max: 60 }),
  parts: plans,
});

describe('bands', () => {
  test('are 11 values wide for 10,000 images and 0.05 points, in spite of rounding', () => {
    expect(bandOf(97.5, 0.05, 10_000)).toMatchObject({ low: 245, high: 255 });
    expect(bandOf(98, 0.05, 10_000)).toMatchObject({ low: 195, high: 205 });
    expect(bandOf(99.95, 0.05, 10_000)).toMatchObject({ low: 0, high: 10 });
    expect(bandOf(100, 0.05, 10_000)).toMatchObject({ low: 0, high: 5 });
  });

  test('without any whole number of errors are refused', () => {
    expect(() => bandOf(97.5, 0.05, 100)).toThrow(expect.objectContaining({ code: 'recipe.target-out-of-reach' }));
    expect(bandOf(97, 0.05, 100)).toMatchObject({ low: 3, high: 3 });
  });

  test('come easiest first and once each', () => {
    expect(plan([98, 90, 98], 10).bands.map(({ target }) => target)).toEqual([90, 98]);
  });
});

describe('counting', () => {
  test('gives the decision of a full count, and the number itself only where it counted all', async () => {
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
        expect(result.seen).toBeLessThanOrEqual(now.length);
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  test('stops early when the known hard images are missed again', async () => {
    const now = Float32Array.from({ length: 1000 }, (_, k) => (k % 10 === 0 ? -1 : 1));
    const result = await countBy(now, knowing(now.slice()), 50, by(20));
    expect(result).toEqual({ errors: null, estimate: 100, seen: 160, tail: { seen: 100, errors: 0 } });
  });

  test('estimates what it did not count, and knows what it never saw', async () => {
    const now = Float32Array.from({ length: 1000 }, (_, k) => (k % 10 === 0 ? -1 : 1));
    const known = knowing(new Float32Array(1000));
    expect(await countBy(now, known, 19, by(100))).toMatchObject({ errors: null, estimate: 100, seen: 200 });
    expect(known.margins.filter((margin) => margin === 0).length).toBe(800);
    // The 20 missed ones again, then 180 never seen, and a sample of 100 of those that were right.
    const second = await countBy(now, known, 30, by(100));
    expect(second).toEqual({ errors: null, estimate: 38 + 620 * 0.1, seen: 300, tail: { seen: 100, errors: 0 } });
  });

  test('notices errors among images that were right before', async () => {
    const margins = Float32Array.from({ length: 1000 }, (_, k) => (k < 100 ? -1 : 1 + k));
    const now = margins.map((margin, k) => (k % 10 === 0 ? -1 : margin));
    let known = knowing(margins.slice());
    const estimates: number[] = [];
    for (let looks = 0; looks < 20; looks++) {
      const result = await countBy(now, { ...known, looks }, 50, by(100));
      known = { ...known, tail: result.tail };
      estimates.push(result.estimate);
    }
    // 100 + 90 in all; at first the sample has to find them, at last they are known.
    expect(estimates[0]).toBeGreaterThan(150);
    expect(Math.abs((estimates.at(-1) ?? 0) - 190)).toBeLessThan(40);
  });

  test('takes equally hard images in their order', () => {
    expect([...hardestFirst(Float32Array.of(0, -1, 0, -1))]).toEqual([1, 3, 0, 2]);
  });

  test('decides ties for the lowest class, and takes what is not a number for a miss', async () => {
    const logits = Float32Array.of(1, 1, 0, /**/ 1, 1, 0, /**/ 0, 2, 5, /**/ Number.NaN, 0, 0);
    const values = margins(logits, [0, 1, 2, 0], 3);
    expect([...values].map((margin) => margin > 0)).toEqual([true, false, true, false]);
    expect(values[2]).toBe(3);
    expect(await countErrors(knowing(new Float32Array(4)), 4, by(4), async () => values)).toMatchObject({ errors: 2 });
  });

  test('can be ended in the middle', async () => {
    expect(await countErrors(knowing(new Float32Array(4)), 4, by(2), async () => null)).toBeNull();
  });
});

describe('parts of a look', () => {
  /** Lengths of the parts of a full count. */
  async function partsOf(total: number, parts: PartPlan): Promise<number[]> {
    const lengths: number[] = [];
    const measure = async (images: Uint32Array): Promise<Float32Array> => {
      lengths.push(images.length);
      return new Float32Array(images.length).fill(1);
    };
    await countErrors(knowing(new Float32Array(total)), total, parts, measure);
    return lengths;
  }

  test('grow once a look has gone far, and the last takes what is left', async () => {
    const parts = { first: 100, after: 300, later: 250 };
    expect(await partsOf(850, parts)).toEqual([100, 100, 100, 250, 250, 50]);
    expect(partLengths(parts, 850)).toEqual([100, 250]);
    expect(await partsOf(300, parts)).toEqual([100, 100, 100]);
    expect(partLengths(parts, 300)).toEqual([100]);
    expect(partLengths(by(50), 850)).toEqual([50]);
  });

  test('of every plan have one of the announced lengths, but for the last', async () => {
    await fc.assert(
      fc.asyncProperty(plans, fc.integer({ min: 1, max: 3000 }), async (parts, total) => {
        const lengths = await partsOf(total, parts);
        expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(total);
        const known = partLengths(parts, total);
        expect(lengths.slice(0, -1).every((length) => known.includes(length))).toBe(true);
        expect(lengths.at(-1)).toBeLessThanOrEqual(known.at(-1) ?? 0);
      }),
    );
  });

  test('change neither order nor count: seen are the hardest up to the part that went over the limit, and a sample', async () => {
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
        expect(result?.seen).toBe(seen.length);
        const prefix = seen.slice(0, seen.length - (result?.tail.seen ?? 0));
        expect(prefix).toEqual(order.slice(0, prefix.length));
        const errorsIn = (count: number): number =>
          missed(Float32Array.from(prefix.slice(0, count), (k) => now[k] ?? 0));
        let lastPart = 0;
        while (lastPart + partLength(parts, lastPart) < prefix.length) lastPart += partLength(parts, lastPart);
        expect(errorsIn(lastPart)).toBeLessThanOrEqual(limit);
        if (prefix.length < order.length) expect(errorsIn(prefix.length)).toBeGreaterThan(limit);
        expect(result?.errors).toBe(prefix.length === order.length ? missed(now) : null);
      }),
      { numRuns: 200 },
    );
  });

  test('of the product divide the sample and the test images of MNIST: no part is filled up', async () => {
    for (const parts of Object.values(partPlans)) {
      expect(100 % parts.first).toBe(0);
      const known = partLengths(parts, 10_000);
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
      for (const { target, errors } of outcome.landings) {
        expect(Math.abs(errors - count * (1 - target / 100))).toBeLessThanOrEqual(5 + 1e-6);
      }
      for (const look of outcome.looks) {
        const errors = missed(curve(look.step));
        if (look.errors === null) expect(errors).toBeGreaterThan(look.limit);
        else expect(look.errors).toBe(errors);
      }
      const met = outcome.landings.map(({ target }) => target);
      expect(new Set(met).size).toBe(met.length);
      expect(met.length + outcome.state.pending.length).toBe(3);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test('trains each step at most twice: a stretch is gone through again once', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async ({ seed, noise, floor, cap, parts }) => {
        const outcome = await run(plan([80, 90, 95], cap), simulate(seed, noise, floor), parts);
        expect(outcome.stepsDone).toBeLessThanOrEqual(1200);
        const steps = outcome.looks.map(({ step }) => step);
        for (const step of new Set(steps)) expect(steps.filter((other) => other === step).length).toBe(1);
      }),
      { numRuns: 40 },
    );
  });

  test('goes back when it stepped over a band, and meets the target in between', async () => {
    // Errors fall by 4 a step: 400, 396, ... Looks every 20 steps are 80 errors apart, and the band is 11 wide.
    const curve = (step: number): Float32Array =>
      Float32Array.from({ length: count }, (_, k) => (k < 400 - 4 * step ? -1 : 1));
    const wide = { ...plan([78], 20), bands: [bandOf(78, 0.5, count)] };
    const outcome = await run(wide, curve, by(100));
    expect(outcome.landings).toEqual([{ target: 78, step: 44, errors: 224 }]);
    const jumping = { ...startLanding(wide), sides: ['above' as const], lastLook: 40, nextLook: 60 };
    const decision = decide(wide, jumping, 60, {
      errors: 160,
      estimate: 160,
      seen: count,
      tail: { seen: 0, errors: 0 },
    });
    expect(decision).toMatchObject({ rewind: true, landed: [], state: { nextLook: 41, closer: { until: 60 } } });
  });

  test('meets all targets that were passed before its first look, and trains no step thrice', async () => {
    // 380, 360, ... errors: 220 after step 9, 100 after step 15, none at the first look, after step 30.
    const curve = (step: number): Float32Array =>
      Float32Array.from({ length: count }, (_, k) => (k < 400 - 20 * step ? -1 : 1));
    const outcome = await run(plan([78, 90], 30), curve, by(100));
    expect(outcome.landings).toEqual([
      { target: 78, step: 9, errors: 220 },
      { target: 90, step: 15, errors: 100 },
    ]);
    expect(outcome.looks.map(({ step }) => step)).toEqual([30, ...Array.from({ length: 15 }, (_, k) => k + 1)]);
    expect(outcome.stepsDone).toBe(45);
  });

  test('says of a target that it missed how near it came, and on which side', async () => {
    const layout = plan([95], 20, 100);
    const still = await run(layout, () => Float32Array.from({ length: count }, (_, k) => (k < 70 ? -1 : 1)), by(100));
    expect(still.state).toMatchObject({ pending: [0], nearest: [70] });
    expect(explainMiss(layout, still.state, 0, 4)).toMatch(/still below the target \(45 to 55 of 1000 .* 4 epochs/);
    const past = await run(layout, () => Float32Array.from({ length: count }, (_, k) => (k < 20 ? -1 : 1)), by(100));
    expect(explainMiss(layout, past.state, 0, 4)).toMatch(/passed the target/);
  });

  test('goes on from a copy of its state, taken as JSON, as if nothing had happened', async () => {
    const layout = plan([80, 90, 95], 25);
    const curve = simulate(3, 0.004, 0.02);
    const whole = await run(layout, curve, by(100));
    expect(whole.landings.length).toBe(3);
    let state = startLanding(layout);
    const known = new Float32Array(count);
    for (let step = 1; step <= 200; step++) {
      if (step !== state.nextLook) continue;
      const now = curve(step);
      const before = { margins: known, tail: state.tail, looks: state.tally.looks };
      const seen = await countBy(now, before, rejectAbove(layout, state, step), by(100));
      const decision = decide(layout, JSON.parse(JSON.stringify(state)) as LandingState, step, seen);
      expect(decision).toEqual(decide(layout, state, step, seen));
      state = decision.state;
      if (state.pending.length === 0) break;
    }
  });
});
