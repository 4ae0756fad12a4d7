import { z } from 'zod';
import { channelsSchema } from '../recipes/images.ts';
import { hashSchema } from '../recipes/recipes.ts';
import type { Blending } from '../stimuli/stimuli.ts';
import type { DataSetSource } from '../studies/study.ts';

/** Images that one request may be about, and models that predict them. */
export const maxPreviewImages = 1001;
export const maxPreviewModels = 64;

/** Images that a generator renders at once, and that a classifier predicts at once: fewer take as long. */
export const imagesAtOnce = { rendered: 20, predicted: 50 };

/**
 * Images of latent points, blends of test images, or given ones, and models that label them. `z`: float32
 * [count, latent], little-endian, in base64; `pixels`: uint8 [count, height, width, channels], in base64.
 */
export interface PreviewRequest {
  images:
    | { from: 'latents'; generator: string; z: string }
    | {
        from: 'test-images';
        dataSet: DataSetSource;
        dataSetHash: string;
        /** Two positions in the test part and an alpha for each image. */
        blends: readonly (readonly [number, number, number])[];
        interpolation: Blending;
      }
    | { from: 'pixels'; width: number; height: number; channels: z.infer<typeof channelsSchema>; pixels: string };
  models: readonly string[];
}

/** One model's predictions: softmax float32 [count, classes], labels uint16 [count]; little-endian, base64. */
const votesSchema = z.strictObject({
  model: hashSchema,
  classes: z.int().min(2),
  softmax: z.base64(),
  labels: z.base64(),
});

/** `pixels`: the images as they were made or given, uint8 [count, height, width, channels]; `votes` in the order of the models. */
export const previewSchema = z.strictObject({
  width: z.int(),
  height: z.int(),
  channels: channelsSchema,
  count: z.int(),
  pixels: z.base64(),
  votes: z.array(votesSchema),
});
export type Preview = z.infer<typeof previewSchema>;
