import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type CandidateSearch, distanceToReal, selectCandidates } from '../../main/domain/stimuli/candidates.ts';
import { randomStream } from '../../main/domain/random/random.ts';

const pixelsPerImage = 9;

/** Samples with softmax rows that sum to 1, at least one of each class. */
const search = fc
  .record({
    seed: fc.nat(),
    classes: fc.integer({ min: 2, max: 4 }),
    extra: fc.integer({ min: 0, max: 60 }),
    perClass: fc.integer({ min: 1, max: 6 }),
    fromReal: fc.boolean(),
  })
  .map(({ seed, classes, extra, perClass, fromReal }): CandidateSearch => {
    const random = randomStream(seed, 'test');
    const count = classes + extra;
    const softmax = new Float32Array(count * classes);
    for (let n = 0; n < count; n++) {
      const top = n < classes ? n : random.int(classes);
      const confidence = 0.6 + 0.4 * random.float();
      softmax.fill((1 - confidence) / (classes - 1), n * classes, (n + 1) * classes);
      softmax[n * classes + top] = confidence;
    }
    return {
      classes,
      softmax,
      perClass,
      distances: fromReal ? Float64Array.from({ length: count }, () => random.int(50)) : null,
      pixels: Uint8Array.from({ length: count * pixelsPerImage }, () => random.int(256)),
    };
  });

describe('candidates', () => {
  it('belong to their class, are different samples, ranked by score, up to perClass of them', () => {
    fc.assert(
      fc.property(search, (given) => {
        const found = selectCandidates(given);
        expect(found).toHaveLength(given.classes);
        found.forEach((candidates, k) => {
          const rows = Array.from({ length: given.softmax.length / given.classes }, (_, n) =>
            given.softmax.subarray(n * given.classes, (n + 1) * given.classes),
          );
          const members = rows.filter((row) => row.indexOf(Math.max(...row)) === k).length;
          expect(candidates).toHaveLength(Math.min(given.perClass, members));
          expect(new Set(candidates.map(({ index }) => index)).size).toBe(candidates.length);
          candidates.forEach(({ index, confidence, margin, distance, score }, rank) => {
            expect(confidence).toBe(rows[index]?.[k]);
            expect(confidence).toBe(Math.max(...(rows[index] ?? [])));
            const other = Math.max(...[...(rows[index] ?? [])].filter((_, n) => n !== k));
            expect(margin).toBeCloseTo(Math.log(confidence / other), 6);
            expect(distance).toBe(given.distances?.[index] ?? null);
            expect(score).toBeGreaterThanOrEqual(0);
            expect(score).toBeLessThanOrEqual(1);
            expect(score).toBeLessThanOrEqual(candidates[rank - 1]?.score ?? 1);
          });
        });
        expect(selectCandidates(given)).toEqual(found);
      }),
    );
  });

  it('are clear ones if enough exist, else the most confident', () => {
    fc.assert(
      fc.property(search, (given) => {
        selectCandidates({ ...given, threshold: 0.8 }).forEach((candidates, k) => {
          const confidences = Array.from(given.softmax).filter((value, n) => n % given.classes === k && value > 0.5);
          const clear = confidences.filter((value) => value >= 0.8).length;
          const weakest = Math.min(...candidates.map(({ confidence }) => confidence));
          if (clear >= given.perClass) expect(weakest).toBeGreaterThanOrEqual(0.8);
          else expect(weakest).toBe(confidences.sort((a, b) => b - a)[candidates.length - 1]);
        });
      }),
    );
  });

  it('cover the different shapes of a class: one of each of three, though one shape is much more common', () => {
    const looks = [...new Array(20).fill(0), 1, 2];
    const other = { softmax: [0.01, 0.99], image: [9, 9, 9] };
    const images = looks.map((look) => [0, 1, 2].map((k) => (k === look ? 255 : 60)));
    const given = {
      classes: 2,
      perClass: 3,
      distances: null,
      softmax: Float32Array.from([...looks.flatMap(() => [0.99, 0.01]), ...other.softmax]),
      pixels: Uint8Array.from([...images.flat(), ...other.image]),
    };
    const [first = []] = selectCandidates(given);
    expect(first.map(({ index }) => looks[index])).toEqual([0, 1, 2]);
    expect(first[0]?.index).toBe(0);
  });

  it('are the ones that are good in both ways: surest of their class, and most like real images', () => {
    const given = {
      classes: 2,
      perClass: 5,
      // Sure and strange, sure and real, less sure and real, neither, and less sure than the first but as strange.
      softmax: Float32Array.from([1 - 2e-9, 2e-9, 1 - 3e-9, 3e-9, 0.99, 0.01, 0.98, 0.02, 0.97, 0.03, 0, 1]),
      distances: Float64Array.of(900, 300, 200, 800, 700, 0),
      pixels: new Uint8Array(6),
    };
    const [first = []] = selectCandidates(given);
    expect(first.map(({ index }) => index)).toEqual([1, 2, 3, 0, 4]);
    expect(first.map(({ score }) => score)).toEqual([0.75, 0.5, 0.25, 0, 0]);
  });

  it('are ranked by the margin of the classifier without real images, also where softmax is 1', () => {
    const softmax = Float32Array.from([1, 1e-20, 1, 0, 1, 1e-30, 0.2, 0.8]);
    const given = { classes: 2, perClass: 3, softmax, distances: null, pixels: new Uint8Array(4) };
    const [first = []] = selectCandidates(given);
    expect(first.map(({ index }) => index)).toEqual([1, 2, 0]);
    expect(first.map(({ margin }) => margin).every(Number.isFinite)).toBe(true);
  });

  it('say which classes the generator does not make', () => {
    const given = {
      classes: 3,
      perClass: 1,
      softmax: Float32Array.of(0.1, 0.8, 0.1),
      distances: null,
      pixels: new Uint8Array(4),
    };
    expect(() => selectCandidates(given)).toThrow(
      expect.objectContaining({ code: 'candidates.missing-class', message: expect.stringContaining('class 0, 2') }),
    );
  });

  it('say so of a single class too', () => {
    const given = {
      classes: 2,
      perClass: 1,
      softmax: Float32Array.of(0.2, 0.8),
      distances: null,
      pixels: new Uint8Array(4),
    };
    expect(() => selectCandidates(given)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('None of 1 generated images looks like class 0') }),
    );
  });

  it('cope with black images', () => {
    const given = {
      classes: 2,
      perClass: 2,
      softmax: Float32Array.of(1, 0, 0, 1, 1, 0),
      distances: null,
      pixels: new Uint8Array(12),
    };
    expect(selectCandidates(given).map((all) => all.map(({ index }) => index))).toEqual([[0, 2], [1]]);
  });
});

const stack = (seed: number, count: number, area: number) => {
  const random = randomStream(seed, 'images', count);
  return { area, pixels: Uint8Array.from({ length: count * area }, () => random.int(256)) };
};
const row = ({ pixels, area }: { pixels: Uint8Array; area: number }, index: number): Uint8Array =>
  pixels.subarray(index * area, (index + 1) * area);

test('is the mean distance to the five nearest real images, whatever is passed over on the way', () => {
  const sizes = fc.record({
    seed: fc.nat(),
    area: fc.integer({ min: 1, max: 100 }),
    count: fc.integer({ min: 1, max: 30 }),
  });
  fc.assert(
    fc.property(sizes, ({ seed, area, count }) => {
      const [images, real] = [stack(seed, 2, area), stack(seed, count, area)];
      const image = row(images, 1);
      const all = Array.from({ length: count }, (_, index) =>
        Math.hypot(...Array.from(row(real, index), (value, k) => value - (image[k] ?? 0))),
      );
      const nearest = all.sort((a, b) => a - b).slice(0, 5);
      const expected = nearest.reduce((sum, value) => sum + value, 0) / nearest.length;
      expect(distanceToReal(images, 1, real)).toBeCloseTo(expected, 8);
    }),
  );
});

test('is 0 for an image that is among the real ones five times, and infinite without real images', () => {
  const images = stack(1, 1, 49);
  const real = { area: 49, pixels: Uint8Array.from({ length: 5 * 49 }, (_, k) => images.pixels[k % 49] ?? 0) };
  expect(distanceToReal(images, 0, real)).toBe(0);
  expect(distanceToReal(images, 0, { area: 49, pixels: new Uint8Array(0) })).toBe(Infinity);
});

/** The steps of `selectCandidates` without its shortcuts. */
function reference(given: CandidateSearch, threshold: number): number[][] {
  const count = given.softmax.length / given.classes;
  const area = given.pixels.length / count;
  const rows = Array.from({ length: count }, (_, n) => [
    ...given.softmax.subarray(n * given.classes, (n + 1) * given.classes),
  ]);
  const pixels = (n: number): number[] => [...given.pixels.subarray(n * area, (n + 1) * area)];
  return Array.from({ length: given.classes }, (_, k) => {
    const members = rows.flatMap((row, n) => (row.indexOf(Math.max(...row)) === k ? [n] : []));
    const sure = (n: number): number => rows[n]?.[k] ?? 0;
    const ordered = members.toSorted((a, b) => sure(b) - sure(a) || a - b);
    const clear = ordered.filter((n) => sure(n) >= threshold);
    const considered = clear.length >= given.perClass ? clear : ordered.slice(0, given.perClass);
    const margin = (n: number): number => {
      const [first = 1, second = 0] = (rows[n] ?? []).toSorted((a, b) => b - a);
      return Math.log(first / Math.max(second, 2 ** -149));
    };
    // The share of the others that are worse; equal ones in order of appearance, the earlier one first.
    const behind = (value: (n: number) => number, n: number): number => {
      if (considered.length < 2) return 1;
      const place = considered.indexOf(n);
      const worse = considered.filter(
        (other, at) => value(other) < value(n) || (value(other) === value(n) && at > place),
      );
      return worse.length / (considered.length - 1);
    };
    const score = (n: number): number =>
      Math.min(behind(margin, n), given.distances ? behind((other) => -(given.distances?.[other] ?? Infinity), n) : 1);
    const byScore = (a: number, b: number): number => score(b) - score(a) || margin(b) - margin(a) || a - b;
    const pool = considered.toSorted(byScore).slice(0, 8 * given.perClass);
    const kept = pool.slice(0, 1);
    while (kept.length < Math.min(given.perClass, pool.length)) {
      const nearest = (n: number): number =>
        Math.min(...kept.map((other) => Math.hypot(...pixels(n).map((v, at) => v - (pixels(other)[at] ?? 0))) ** 2));
      const others = pool.filter((n) => !kept.includes(n));
      const farthest = Math.max(...others.map(nearest));
      kept.push(others.find((n) => nearest(n) > farthest - 0.5) ?? -1);
    }
    return kept.toSorted(byScore);
  });
}

test('candidates are those of the description, step by step', () => {
  fc.assert(
    fc.property(search, fc.constantFrom(0.7, 0.95), (given, threshold) => {
      const found = selectCandidates({ ...given, threshold }).map((all) => all.map(({ index }) => index));
      expect(found).toEqual(reference(given, threshold));
      // 0.95 unless given.
      if (threshold === 0.95)
        expect(selectCandidates(given).map((all) => all.map(({ index }) => index))).toEqual(found);
    }),
    { numRuns: 60 },
  );
});

test('exactly the threshold is clear, and a softmax of 0 counts as the smallest number', () => {
  const softmax = Float32Array.from([0.75, 0.25, 1, 0, 0.7, 0.3, 0, 1]);
  const given = {
    classes: 2,
    perClass: 2,
    softmax,
    distances: null,
    pixels: Uint8Array.of(0, 1, 9, 0),
    threshold: 0.75,
  };
  const [first = []] = selectCandidates(given);
  expect(first.map(({ index }) => index)).toEqual([1, 0]);
  expect(first.map(({ margin }) => margin)).toEqual(
    [149 * Math.LN2, Math.log(3)].map((value) => expect.closeTo(value, 6)),
  );
});
