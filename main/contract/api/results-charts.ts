import { z } from 'zod';
import { exhibitSchema, typeSchema } from '../exhibit.ts';
import { figureSchema } from '../figure.ts';
import { aboutPeople, countsSchema, imageIds } from './results-parts.ts';

/** Distribution of the largest softmax by type. */
export const softmaxSchema = z.strictObject({
  ...aboutPeople,
  models: z.int(),
  /** Why there are no values; null: there are. */
  undefined: z.string().nullable(),
  types: z.array(z.strictObject({ type: typeSchema, images: imageIds })),
  /** All values. */
  figure: figureSchema,
});
export type SoftmaxResult = z.infer<typeof softmaxSchema>;

export const calibrationSchema = z.strictObject({
  ...aboutPeople,
  /** Why there is no majority to compare with, or no confidence; scores against all labels may exist even so. */
  undefined: z.string().nullable(),
  figure: figureSchema,
});
export type CalibrationResult = z.infer<typeof calibrationSchema>;

export const certaintySchema = z.strictObject({
  ...aboutPeople,
  models: z.int(),
  /** Entropy of people against that of networks, image by image. */
  figure: figureSchema,
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
      /** Labels of people by class, an image each; and votes of the first group, if there is one. */
      people: z.array(countsSchema),
      votes: z.array(countsSchema).nullable(),
      /** Shares along the pair: of labels and mean softmax, of labels and votes, and psychometric curves. */
      figures: z.strictObject({ softmax: figureSchema, votes: figureSchema, fitted: figureSchema }),
    }),
  ),
  /** Flip points, a row for each pair and its raters: people, if any labeled, then each group. */
  flips: exhibitSchema,
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
});
export type AgreementResult = z.infer<typeof agreementSchema>;

export const rarefactionSchema = z.strictObject({
  ...aboutPeople,
  /** By number of people, and of networks: shares of images, and classes an image; without those that nobody has. */
  figures: z.array(figureSchema),
});
export type RarefactionResult = z.infer<typeof rarefactionSchema>;
