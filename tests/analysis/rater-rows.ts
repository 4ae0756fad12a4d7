import fc from 'fast-check';
import type { LabelMatrix } from '../../main/analysis/labels/labels.ts';

/** Labels by rater, rows of equal length. */
export const matrix = (rows: readonly (readonly number[])[], classes: number): LabelMatrix => ({
  raters: rows.length,
  images: rows[0]?.length ?? 0,
  classes,
  values: Int16Array.from(rows.flat()),
});

/** Rows of labels, -1 missing, of more than 32 images now and then. */
export const rowsOf = (raters: { min: number; max: number }, lowest = -1) =>
  fc.tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 40 })).chain(([classes, images]) =>
    fc
      .array(fc.array(fc.integer({ min: lowest, max: classes - 1 }), { minLength: images, maxLength: images }), {
        minLength: raters.min,
        maxLength: raters.max,
      })
      .map((rows) => ({ classes, rows })),
  );
