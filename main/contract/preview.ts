import { z } from 'zod';
import { channelsSchema } from './images.ts';
import { hashSchema } from './recipes.ts';
import { blendingSchema, dataSetSchema } from './study.ts';

/** Images that one request may be about, and models that predict them. */
export const maxPreviewImages = 1001;
export const maxPreviewModels = 64;

/** Images that a generator renders at once, and that a classifier predicts at once: fewer take as long. */
export const imagesAtOnce = { rendered: 20, predicted: 50 };

const bytes = z.base64().max(72 * 2 ** 20);

/**
 * Images of latent points, blends of test images, or given ones, and models that label them. `z`: float32
 * [count, latent], little-endian; `pixels`: uint8 [count, height, width, channels].
 */
const previewRequestSchema = z.strictObject({
  images: z.discriminatedUnion('from', [
    z.strictObject({ from: z.literal('latents'), generator: hashSchema, z: bytes }),
    z.strictObject({
      from: z.literal('test-images'),
      dataSet: dataSetSchema,
      dataSetHash: hashSchema,
      /** Two positions in the test part and an alpha for each image. */
      blends: z
        .array(z.tuple([z.int().min(0), z.int().min(0), z.number().min(0).max(1)]))
        .min(1)
        .max(maxPreviewImages),
      interpolation: blendingSchema,
    }),
    z.strictObject({
      from: z.literal('pixels'),
      width: z.int().min(1),
      height: z.int().min(1),
      channels: channelsSchema.default(1),
      pixels: bytes,
    }),
  ]),
  models: z.array(hashSchema).max(maxPreviewModels),
});
export type PreviewRequest = z.infer<typeof previewRequestSchema>;

/** One model's predictions: softmax float32 [count, classes], labels uint16 [count]; little-endian, base64. */
const votesSchema = z.strictObject({
  model: hashSchema,
  classes: z.int().min(2),
  softmax: z.base64(),
  labels: z.base64(),
});

/** `pixels`: the images as they were made or given, uint8 [count, height, width, channels]; `votes` in the order of the models. */
const previewSchema = z.strictObject({
  width: z.int(),
  height: z.int(),
  channels: channelsSchema,
  count: z.int(),
  pixels: z.base64(),
  votes: z.array(votesSchema),
});
export type Preview = z.infer<typeof previewSchema>;

export const previewCalls = { preview: { input: previewRequestSchema, output: previewSchema } };
