import { z } from 'zod';
import { exhibitSchema, paperSchema, quantitySchema, typeSchema } from '../exhibit.ts';
import { aboutPeople, countsSchema, imageIds } from './results-parts.ts';

/** Distribution of the largest softmax by type. */
export const softmaxSchema = z.strictObject({
  ...aboutPeople,
  models: z.int(),
  /** Why there are no values: not even the largest softmax of each model is known. */
  undefined: z.string().nullable(),
  /** Edges of the bins, one more than the bins, from 0 to 1. */
  edges: z.array(z.number()),
  types: z.array(
    z.strictObject({
      type: typeSchema,
      images: imageIds,
      /** Over all values of models times images. */
      spread: quantitySchema,
      /** Values in each bin. */
      counts: z.array(z.int()),
    }),
  ),
  /** Quartiles of the values, a row for each type that has any. */
  quartiles: exhibitSchema,
});
export type SoftmaxResult = z.infer<typeof softmaxSchema>;

const reliabilitySchema = z.strictObject({
  name: z.string(),
  /** Images with a human majority. */
  n: z.int(),
  /** Images with any label. */
  labeled: z.int(),
  /** 15 bins of confidence: how many images, how many right, mean confidence. */
  bins: z.array(z.strictObject({ n: z.int(), correct: z.int(), confidence: z.number().nullable() })),
});

export const calibrationSchema = z.strictObject({
  ...aboutPeople,
  /** Why there is no majority to compare with, or no confidence; scores against all labels may exist even so. */
  undefined: z.string().nullable(),
  models: z.array(reliabilitySchema),
  /** All models together: their mean softmax; null: not known. */
  ensemble: reliabilitySchema.nullable(),
  /** A row for each score that any image has. */
  scores: exhibitSchema,
});
export type CalibrationResult = z.infer<typeof calibrationSchema>;

export const certaintySchema = z.strictObject({
  ...aboutPeople,
  models: z.int(),
  /** Correlations of entropies of people and networks, and uncertainty of networks: one row. */
  certainty: exhibitSchema,
  /** Mean divergence, a row for each kind. */
  divergence: exhibitSchema,
});
export type CertaintyResult = z.infer<typeof certaintySchema>;

export const alongSchema = z.strictObject({
  ...aboutPeople,
  groups: z.array(z.strictObject({ title: z.string(), models: z.int() })),
  pairs: z.array(
    z.strictObject({
      i: z.int(),
      j: z.int(),
      images: z.array(z.int()),
      alphas: z.array(z.number()),
      /** Labels of people by class, an image each. */
      people: z.array(countsSchema),
      groups: z.array(
        z.strictObject({
          /** Votes by class, and mean softmax by class, an image each; null: not known of every model. */
          votes: z.array(countsSchema),
          softmax: z.array(countsSchema).nullable(),
        }),
      ),
    }),
  ),
  /** Flip points, a row for each pair and its raters: people, if any labeled, then each group. */
  flips: exhibitSchema,
  /** How far networks flip from where people do, means over pairs; a row for each group. */
  distances: exhibitSchema,
  /** Psychometric curves, in the rows of `flips`; and their means over pairs, a row for people, if any labeled, and each group. */
  curves: exhibitSchema,
  curveMeans: exhibitSchema,
});
export type AlongResult = z.infer<typeof alongSchema>;

export const agreementMeasures = ['cohen', 'errors', 'same'] as const;

export const agreementNames: Record<(typeof agreementMeasures)[number], string> = {
  cohen: 'Cohen’s κ: agreement beyond chance',
  errors: 'Error consistency κ: errors on the same images',
  same: 'Share of equal labels',
};

/** Every rater against every other; the raters in an order that puts like beside like. */
export const agreementSchema = z.strictObject({
  ...aboutPeople,
  measure: z.enum(agreementMeasures),
  networks: z.int(),
  raters: z.array(z.strictObject({ name: z.string(), kind: z.enum(['person', 'model']), architecture: z.string() })),
  /** [rater][rater]; null: undefined, or the diagonal. Empty for too many raters. */
  values: z.array(z.array(z.number().nullable())),
  undefined: z.string().nullable(),
  /** Within people, within networks and between them; a row each. Without a group: of people alone. */
  coefficients: exhibitSchema,
  /** Error consistency with an average person, where nobody knows who gave which label; else null. */
  pooled: exhibitSchema.nullable(),
  /**
   * What depends on which network one has; null: no group, or one whose networks need not be equally accurate. `deferral`: a row
   * a point of its curves; `churn`: no rows for one architecture; `consistency`: none for very many networks; `testImages`: as
   * far as answers to the test images are stored.
   */
  multiplicity: z
    .strictObject({
      table: exhibitSchema,
      deferral: exhibitSchema,
      churn: exhibitSchema,
      consistency: exhibitSchema,
      testImages: exhibitSchema,
    })
    .nullable(),
});
export type AgreementResult = z.infer<typeof agreementSchema>;

/** A statistic for each number of raters, the mean over all ways to choose them. */
const curveSchema = z.strictObject({
  name: z.enum(['people disagree', 'networks disagree', 'type A', 'type C', 'classes per image']),
  /** Whose number changes. */
  along: z.enum(['labelers', 'models']),
  /** n: images with that number of labels or more, which `value` is the mean over. `lo` to `hi`: its 95 % interval. */
  points: z.array(
    z.strictObject({
      raters: z.int(),
      value: z.number().nullable(),
      n: z.int(),
      lo: z.number().nullable(),
      hi: z.number().nullable(),
    }),
  ),
  paper: z.strictObject({ raters: z.int(), ...paperSchema.shape }).nullable(),
});

export const rarefactionSchema = z.strictObject({
  ...aboutPeople,
  models: z.int(),
  curves: z.array(curveSchema),
  /** For whom the intervals of the curves hold, or why there are none: a sentence. */
  intervals: z.string().nullable(),
});
export type RarefactionResult = z.infer<typeof rarefactionSchema>;
