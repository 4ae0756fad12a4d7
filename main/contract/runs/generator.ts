import { z } from 'zod';
import { engineDescriptionSchema, machineSchema } from './run.ts';
import { channelsSchema } from '../recipes/images.ts';
import { architectureSchema, generatorRecipeSchema, hashSchema, seedSchema } from '../recipes/recipes.ts';

/** Quality of a generator's images, by a classifier that it was not trained with. */
const generatorQualitySchema = z.strictObject({
  /** Samples drawn, from standard normal z of this seed: those that a study of the seed finds its anchors among. */
  samples: z.int().min(1),
  seed: seedSchema,
  /** The classifier, and how many of its test images it missed. */
  judge: z.strictObject({
    architecture: architectureSchema,
    errors: z.int().min(0),
    testCount: z.int().min(1),
    weights: hashSchema,
  }),
  /** An image is clear if its largest softmax is above this. */
  threshold: z.number(),
  /** Clear samples, of all. */
  clear: z.int().min(0),
  /** Clear ones among the real test images, to compare with. */
  realClear: z.int().min(0),
  /** Samples that the classifier puts into each class, and the clear ones of them. */
  classes: z
    .array(
      z.strictObject({
        name: z.string(),
        samples: z.int().min(0),
        clear: z.int().min(0),
        /**
         * For a conditional generator: samples that it was asked for of the class, and those whose softmax of this class is
         * above the threshold.
         */
        asked: z.strictObject({ samples: z.int().min(0), clear: z.int().min(0) }).optional(),
      }),
    )
    .min(2),
  /** How much samples differ from one another, as a share of what real images do. */
  variety: z.number().min(0),
  /**
   * Frechet distance on the classifier's penultimate activations (main/domain/numbers/frechet.ts), not FID: `images` samples
   * against as many real training images, and as many held-out real test images against the same ones. Absent in
   * provenances of earlier versions, and where there are too few images or too many features.
   */
  frechet: z
    .strictObject({ images: z.int().min(2), samples: z.number().min(0), heldOut: z.number().min(0) })
    .optional(),
});
export type GeneratorQuality = z.infer<typeof generatorQualitySchema>;

/**
 * Metrics of a `candidates` run: what its samples are worth. Of `samples` and `clear` the step is the class, of the others
 * it is 0. Absent in runs of earlier versions.
 */
export const qualitySeries = {
  samples: 'quality-samples',
  clear: 'quality-clear',
  variety: 'quality-variety',
  compared: 'quality-compared',
  frechet: 'quality-frechet',
  heldOut: 'quality-frechet-held-out',
} as const;

/** Where the weights of a generator come from and what they are worth: the JSON beside exported weights. */
export const generatorProvenanceSchema = z.strictObject({
  schema: z.literal('boundary-workbench/generator/1'),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  recipe: generatorRecipeSchema,
  seed: seedSchema,
  /** Step of the weights, and passes over the training images until then. */
  step: z.int().min(1),
  epochs: z.number().gt(0),
  dataSet: z.strictObject({
    name: z.string(),
    hash: hashSchema,
    classes: z.array(z.string()).min(2),
    trainCount: z.int().min(1),
  }),
  engine: engineDescriptionSchema,
  product: z.strictObject({ version: z.string(), commit: z.string().nullable() }),
  machine: machineSchema.omit({ host: true }),
  /** When the training began and when it reached the step; ISO 8601, UTC. */
  startedAt: z.iso.datetime(),
  trainedAt: z.iso.datetime(),
  /** The commands that train it again and export it. */
  reproduce: z.array(z.string()).min(1),
  weights: z.strictObject({
    /** Name of the file, and SHA-256 of its bytes. */
    file: z.string().regex(/^[a-z0-9-]+\.weights$/),
    bytes: z.int().min(1),
    sha256: hashSchema,
    /** SHA-256 of the float32 weights that these were rounded from. */
    float32Sha256: hashSchema,
  }),
  quality: generatorQualitySchema,
});
export type GeneratorProvenance = z.infer<typeof generatorProvenanceSchema>;

/** One generated image that may become an anchor. What ranks it: main/domain/stimuli/candidates.ts. */
const candidateSchema = z.strictObject({
  index: z.int().min(0),
  /** Softmax of its class, by the reference classifier, and its logarithm less that of the next class. */
  confidence: z.number(),
  margin: z.number(),
  /** From real images of its class, in gray levels; null where it was not measured. */
  distance: z.number().nullable(),
  score: z.number(),
  /** The latent point; every number is a float32. Of a conditional generator, weights of the classes follow z. */
  z: z.array(z.number()).min(1),
});
export type CandidateRecord = z.infer<typeof candidateSchema>;

/** The JSON that a `candidates` run results in. `classes[k]`: candidates of class k, best first. */
export const candidatesSchema = z.strictObject({
  schema: z.literal('boundary-workbench/candidates/2'),
  classes: z.array(z.array(candidateSchema).min(1)).min(2),
  /** As the generator makes them: blob of uint8 [all candidates in the order above, height, width, channels]. */
  width: z.int().min(1),
  height: z.int().min(1),
  /** Absent, as in all candidates of earlier versions: 1. */
  channels: channelsSchema.optional(),
  pixels: hashSchema,
  /** Numbers of all clear samples of each class, ascending, if the task asked for them. */
  clear: z.array(z.array(z.int().min(0))).optional(),
  /** The generator was asked for the classes, and a sample counts for the class asked for. Absent: it is not conditional. */
  conditional: z.literal(true).optional(),
});
export type Candidates = z.infer<typeof candidatesSchema>;

const squareSchema = z.array(z.array(z.number().min(0)).readonly()).readonly();

/** How a classifier answers on test images, by true class: row i, column j. */
const confusionSchema = z.strictObject({
  /** Test images of each class. */
  images: z.array(z.int().min(0)).readonly(),
  /** How many of the images of class i it calls j. */
  called: squareSchema,
  /** Mean softmax of j over the images of class i; 0 for a class without images. */
  softmax: squareSchema,
});
export type Confusion = z.infer<typeof confusionSchema>;

/** The JSON that a `candidates` run of test images results in. Images are known by their position in the test part. */
export const realImagesSchema = z.strictObject({
  schema: z.literal('boundary-workbench/real-images/1'),
  /** All test images of each class, ascending. */
  members: z.array(z.array(z.int().min(0))).min(2),
  /** Members that the reference finds clear; null: no reference was asked. */
  clear: z.array(z.array(z.int().min(0))).nullable(),
  /** Images of each class to choose from, best first, with the reference's softmax of the class and margin. */
  classes: z
    .array(
      z.array(
        z.strictObject({ index: z.int().min(0), confidence: z.number().nullable(), margin: z.number().nullable() }),
      ),
    )
    .min(2),
  width: z.int().min(1),
  height: z.int().min(1),
  /** Absent: 1. */
  channels: channelsSchema.optional(),
  /** Blob of uint8 [all images of `classes` in their order, height, width, channels]. */
  pixels: hashSchema,
  /** How the reference answers on all test images; null: none was asked. */
  confusion: confusionSchema.nullable(),
  /** Largest softmax of the reference on each test image, by position, if the task asked for it. */
  confidence: z.array(z.number()).optional(),
});
export type RealImages = z.infer<typeof realImagesSchema>;
