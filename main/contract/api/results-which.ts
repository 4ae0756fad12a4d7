import { z } from 'zod';
import { imageIds, optionalGroupInput, typeSchema } from './results-parts.ts';

/** A labeler or a network by its name in `results.agreement`. */
export const raterSchema = z.strictObject({ kind: z.enum(['person', 'model']), name: z.string().max(300) });

/** What a number counts, or is a mean over: the images behind it. */
export const whichSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('type'), type: typeSchema }),
  /** Inside `both_agree`: people agree on one label, networks on another. */
  z.strictObject({ kind: z.literal('exceptions') }),
  /** Both disagree, or both agree on the same label. */
  z.strictObject({ kind: z.literal('type-b') }),
  /** `determined`: only of images that at least two people labelled. */
  z.strictObject({ kind: z.literal('networks-disagree'), determined: z.boolean() }),
  z.strictObject({ kind: z.literal('people-disagree') }),
  /** People agree, and some network says something else. */
  z.strictObject({ kind: z.literal('misclassified') }),
  /** Both labelled, and not the same. */
  z.strictObject({ kind: z.literal('raters-differ'), a: raterSchema, b: raterSchema }),
  /** A type's images for which some network's largest softmax is in bins `from` to `to` - 1 of `results.softmax`. */
  z.strictObject({
    kind: z.literal('softmax'),
    type: typeSchema,
    from: z.int().min(0).max(1000),
    to: z.int().min(0).max(1000),
  }),
  /** Bin of calibration: of all networks together, or of any of them. */
  z.strictObject({
    kind: z.literal('calibration-bin'),
    bin: z.int().min(0).max(14),
    of: z.enum(['ensemble', 'any']),
  }),
]);
export type Which = z.infer<typeof whichSchema>;

/** Without a group: what people alone say, which is `people-disagree`, and `raters-differ` of two of them. */
export const whichInput = z.strictObject({ ...optionalGroupInput.shape, which: whichSchema });
export type WhichInput = z.infer<typeof whichInput>;

export const whichResultSchema = z.strictObject({ images: imageIds });
