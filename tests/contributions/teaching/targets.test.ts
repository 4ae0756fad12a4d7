import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ImageInput } from '../../../main/analysis/outcomes/input.ts';
import type { LabelCounts } from '../../../main/analysis/labels/labels.ts';
import { teachPart } from '../../../main/contributions/teaching/analysis/parts.ts';

const classes = 3;
const imageAt = (id: number, count: number): ImageInput => ({
  id,
  pairI: 0,
  pairJ: 1,
  alpha: id / Math.max(1, count - 1),
});
const countsOf = (rows: readonly (readonly number[])[]): LabelCounts => ({
  images: rows.length,
  classes,
  counts: Uint32Array.from(rows.flat()),
  present: Uint32Array.from(rows, (row) => row.reduce((sum, count) => sum + count, 0)),
});
const row = fc.tuple(fc.nat(5), fc.nat(5), fc.nat(5));
const image = fc.record({
  counts: row,
  heldOut: fc.boolean(),
  otherwise: row,
  logits: fc.tuple(fc.nat(4), fc.nat(4), fc.nat(4)),
});

test('targets of a part are distributions on images that may be taught, and depend on no other image', () => {
  fc.assert(
    fc.property(fc.array(image, { minLength: 2, maxLength: 15 }), (drawn) => {
      const images = drawn.map((_, id) => imageAt(id, drawn.length));
      const softmax = Float64Array.from(
        drawn.flatMap(({ logits }) => {
          const powers = logits.map((logit) => Math.exp(logit));
          return powers.map((power) => power / powers.reduce((a, b) => a + b));
        }),
      );
      const part = (otherwise: boolean) =>
        teachPart({
          images,
          temperatures: [0.5, 1, 2, 4],
          counts: countsOf(drawn.map((each) => (otherwise && each.heldOut ? each.otherwise : each.counts))),
          mayTeach: (place) => !drawn[place]?.heldOut,
          softmax: otherwise
            ? softmax.map((p, cell) => (drawn[Math.floor(cell / classes)]?.heldOut ? 1 / 3 : p))
            : softmax,
        });
      const found = part(false);
      expect(part(true)).toEqual(found);
      expect(found.images).toEqual(
        drawn.flatMap(({ heldOut, counts }, place) => (!heldOut && counts.some(Boolean) ? [place] : [])),
      );
      const taught = new Set(found.images);
      for (const targets of Object.values(found.targets))
        drawn.forEach((_, place) => {
          const own = targets.subarray(place * classes, (place + 1) * classes);
          expect(own.reduce((sum, share) => sum + share, 0)).toBeCloseTo(taught.has(place) ? 1 : 0, 6);
        });
      const best = Math.min(...found.temperatures.map(({ nll }) => nll));
      expect(found.temperatures.find(({ nll }) => nll === best)?.temperature).toBe(found.temperature);
    }),
    { numRuns: 60 },
  );
});
