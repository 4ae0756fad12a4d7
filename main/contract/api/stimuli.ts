import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { maxPreviewModels, maxPreviewImages } from '../runs/preview.ts';
import { channelsSchema } from '../recipes/images.ts';
import { architectureKinds, hashSchema, seedSchema, targetSchema } from '../recipes/recipes.ts';
import {
  anchorDesignSchema,
  anchorRuleSchema,
  blendedRuleSchema,
  blendingSchema,
  classAnchorsSchema,
  pairDesignSchema,
  stimulusSources,
  testImageChoiceSchema,
} from '../stimuli/stimuli.ts';
import { responseKinds } from '../stimuli/responses.ts';
import { acceptDoubtful, jobStarted, nothing, oc, ofStudy } from '../wire/base.ts';

/**
 * Numbers of a latent point, float32 little-endian, as base64: 1024 numbers at most. Of a study between real images, one
 * number: the position of a test image.
 */
export const latentBytes = z.base64().min(4).max(8192);
/** Bytes of our own making, as base64. */
const bytes = z.base64();

const pairSchema = z.tuple([z.int(), z.int()]);
const interpolationSchema = z.enum(['linear', 'spherical', ...blendingSchema.options]);

/** One of the samples that a seed draws: it names the same z at all times. */
export const sampleSchema = z.strictObject({ seed: seedSchema, sample: z.int().min(0) });
export type Sample = z.infer<typeof sampleSchema>;

const draftSchema = z.strictObject({
  /** What makes the images. Another source has other anchors, rules and kinds of interpolation. */
  source: z.enum(['generated', 'blended']),
  /** One entry a class; null: the rule chooses all. */
  anchors: z.array(classAnchorsSchema).max(1000).nullable(),
  design: pairDesignSchema,
  /** Absent: one anchor a class, the best. */
  anchorDesign: anchorDesignSchema.optional(),
  anchorRule: z.union([anchorRuleSchema, blendedRuleSchema]).optional(),
  /** Number of equally spaced alphas, ends included. */
  alphas: z.int().min(2).max(1001),
  interpolation: interpolationSchema,
});
export type Draft = z.infer<typeof draftSchema>;

/** Images of one size, uint8 [count, height, width, channels] as base64. */
export const imagesSchema = z.strictObject({
  width: z.int(),
  height: z.int(),
  channels: channelsSchema,
  count: z.int(),
  pixels: bytes,
});
export type Images = z.infer<typeof imagesSchema>;

const voterSchema = z.strictObject({
  weights: hashSchema,
  /** E.g. `CNN1-97.5`. */
  name: z.string(),
  architecture: z.enum(architectureKinds),
  /** Percent: what it was to reach, and what it has on all test images. */
  target: targetSchema,
  accuracy: z.number(),
  runId: z.int(),
});
export type Voter = z.infer<typeof voterSchema>;

/** One classifier's predictions: softmax float32 [count, classes] as base64, and the class of each image. */
const voteSchema = z.strictObject({ weights: hashSchema, softmax: bytes, labels: z.array(z.int().min(0)) });
export type Vote = z.infer<typeof voteSchema>;

const anchorStateSchema = z.strictObject({
  z: latentBytes,
  /** Null for a real image. */
  norm: z.number().nullable(),
  /** The sample that it is, or was moved away from; null: typed. */
  from: sampleSchema.nullable(),
  /** True if it is that sample itself. */
  exact: z.boolean(),
  /** Softmax of its class by the reference; null: unknown. */
  confidence: z.number().nullable(),
});
export type AnchorState = z.infer<typeof anchorStateSchema>;

const searchSchema = z.strictObject({
  seed: seedSchema,
  samples: z.int(),
  perClass: z.int(),
  runId: z.int(),
  state: z.enum(['queued', 'running', 'interrupted', 'done', 'failed', 'cancelled']),
  /** The search of the study file; the numbers of its anchors mean candidates of this search. */
  own: z.boolean(),
});

const frozenSchema = z.strictObject({
  hash: hashSchema,
  images: z.int(),
  pairs: z.array(pairSchema),
  alphas: z.array(z.number()),
  width: z.int(),
  height: z.int(),
  channels: channelsSchema,
  source: z.enum(stimulusSources),
  interpolation: interpolationSchema.nullable(),
  /** Whether the draft would give this very set again. */
  current: z.boolean(),
  /** Labelers who labeled it, and whether they are simulated. */
  labelers: z.int(),
  simulated: z.boolean(),
  /** Kinds of imported answers to its images. */
  imported: z.array(z.enum(responseKinds)),
  /** Snapshots of the study with stored predictions, and all of them. */
  predicted: z.int(),
  snapshots: z.int(),
});
export type FrozenSet = z.infer<typeof frozenSchema>;

const stimuliStateSchema = z.strictObject({
  source: z.enum(stimulusSources),
  classes: z.array(z.string()),
  /** Draft of images between two classes; null for other sources. */
  draft: draftSchema.nullable(),
  /**
   * Test images as stimuli: which ones are chosen, how many the data set has (null before it is read), and whether the
   * study has a reference classifier to find the hardest. Null for other sources.
   */
  testImages: z
    .strictObject({ choose: testImageChoiceSchema, total: z.int().nullable(), reference: z.boolean() })
    .nullable(),
  /** Pairs of the draft (or the imported set); empty where the design does not fit the classes. */
  pairs: z.array(pairSchema),
  /** Why pairs or anchors of the draft cannot be used: sentences. */
  problem: z.string().nullable(),
  /**
   * What makes the images: a generator, null until it is trained, or the test images by the hash of their data set.
   * `latent`: numbers of a point, the last `classes` of them weights of the classes.
   */
  generator: z.strictObject({ weights: hashSchema, latent: z.int(), classes: z.int(), what: z.string() }).nullable(),
  /**
   * For images between real ones: the generator that would make the images if the draft asked for one, in words, and
   * whether it is trained. Null for other sources, before the size of the images is known, and where none can make them.
   */
  instead: z.strictObject({ what: z.string(), trained: z.boolean() }).nullable(),
  /** Why the draft cannot ask for a generator: sentences. Null: it can, or has one. */
  noGenerator: z.string().nullable(),
  /** All searches with this generator, the own one first. */
  searches: z.array(searchSchema),
  /** The first one of each class, null for a class without one; empty until candidates exist. */
  anchors: z.array(anchorStateSchema.nullable()),
  /** All anchors of each class, its first one included, and which of them each pair has, from 0. */
  anchorLists: z.array(z.array(anchorStateSchema)),
  pairAnchors: z.array(pairSchema),
  voters: z.array(voterSchema),
  frozen: frozenSchema.nullable(),
  /** Why the draft cannot be changed: people labeled the frozen set. */
  locked: z.boolean(),
});
export type StimuliState = z.infer<typeof stimuliStateSchema>;

/** Generator and voters that the page knows: while they stay the same, its images and votes stay valid. */
const asked = { generator: hashSchema, voters: z.array(hashSchema).max(maxPreviewModels) };
const latents = ofStudy.extend({ z: z.array(latentBytes).min(1).max(maxPreviewImages), ...asked });

/** Images that a screen shows, and that models of contributions are asked about: along a way, of latent points, of a frozen pair, or one of the grid. */
export const liveImagesSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('way'),
    from: latentBytes,
    to: latentBytes,
    alphas: z.int().min(2).max(101),
    interpolation: interpolationSchema,
    generator: hashSchema,
  }),
  z.strictObject({ kind: z.literal('points'), z: z.array(latentBytes).min(1).max(101), generator: hashSchema }),
  z.strictObject({ kind: z.literal('pair'), pair: pairSchema }),
  z.strictObject({ kind: z.literal('image'), image: z.int().min(0) }),
]);
export type LiveImages = z.infer<typeof liveImagesSchema>;

const stripSchema = z.strictObject({
  alphas: z.array(z.number()),
  images: imagesSchema,
  /** Norm of z at each alpha. Empty where z is not known (imported). */
  norms: z.array(z.number()),
  votes: z.array(voteSchema),
});
export type Strip = z.infer<typeof stripSchema>;

/** A part of the strips between several latent points; `way`: which of the ways that were asked for. */
const stripPartSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('images'),
    way: z.int().min(0),
    ...stripSchema.pick({ alphas: true, images: true, norms: true }).shape,
  }),
  z.strictObject({ type: z.literal('votes'), way: z.int().min(0), votes: z.array(voteSchema) }),
]);
export type StripPart = z.infer<typeof stripPartSchema>;

/** Confused pairs that one answer lists at most. */
export const mostConfused = 100;

export const stimuliContract = {
  state: oc.input(ofStudy).output(stimuliStateSchema),
  /** Pairs of classes that the reference confuses, the most confused first; null while it was not asked. */
  confusion: oc.input(ofStudy).output(
    z
      .array(z.strictObject({ pair: pairSchema, score: z.number(), called: z.int().min(0), images: z.int().min(0) }))
      .max(mostConfused)
      .nullable(),
  ),
  /**
   * Keeps what was decided. A draft of another source than before takes what it does not say (generator, samples, seed)
   * from the last declaration of that source, else from defaults. Refused where people have labeled the frozen set (`stimuli.has-labels`), and where the
   * draft is not `before` any more, e.g. after an edit on another page (`stimuli.draft-changed`).
   */
  saveDraft: oc.input(ofStudy.extend({ before: draftSchema, draft: draftSchema })).output(nothing),
  /**
   * Takes the stimuli from elsewhere, as the study last declared these, else with defaults. Refused as `saveDraft` is, and for
   * a study whose set was imported.
   */
  setSource: oc.input(ofStudy.extend({ source: z.enum(['generated', 'blended', 'test-images']) })).output(nothing),
  /** Which test images are the stimuli. Refused as `saveDraft` is. */
  chooseTestImages: oc
    .input(ofStudy.extend({ before: testImageChoiceSchema, choose: testImageChoiceSchema }))
    .output(nothing),
  /** Images of latent points, and the predictions of the reference and these voters. */
  preview: oc
    .input(latents)
    .output(z.strictObject({ images: imagesSchema, reference: voteSchema.nullable(), votes: z.array(voteSchema) })),
  /** Images between two latent points. `alphas`: their number, equally spaced; not limited to that of the set. */
  strip: oc
    .input(
      ofStudy.extend({
        from: latentBytes,
        to: latentBytes,
        alphas: z.int().min(2).max(1001),
        interpolation: interpolationSchema,
        ...asked,
      }),
    )
    .output(stripSchema),
  /**
   * Images between many pairs of `points`, which `ways` name by their index, as they are rendered: first the images of
   * each way, then its votes.
   */
  strips: oc
    .input(
      ofStudy
        .extend({
          points: z.array(latentBytes).min(1).max(100_000),
          ways: z
            .array(z.tuple([z.int().min(0), z.int().min(0)]))
            .min(1)
            .max(100_000),
          alphas: z.int().min(2).max(1001),
          interpolation: interpolationSchema,
          ...asked,
        })
        .refine(({ points, ways }) => ways.flat().every((end) => end < points.length), 'a way has no such point'),
    )
    .output(eventIterator(stripPartSchema)),
  /** Norm of z along alpha, both ways. */
  norms: oc
    .input(ofStudy.extend({ from: latentBytes, to: latentBytes, alphas: z.int().min(2).max(1001) }))
    .output(
      z.strictObject({ alphas: z.array(z.number()), linear: z.array(z.number()), spherical: z.array(z.number()) }),
    ),
  /**
   * Images of one pair of the frozen set, in its order, with stored predictions; models without stored predictions
   * predict now. `people`: how many labelers chose each class, [image][class]; null without labels.
   */
  frozenStrip: oc.input(ofStudy.extend({ pair: pairSchema })).output(
    z.strictObject({
      ...stripSchema.shape,
      ids: z.array(z.int()),
      people: z.array(z.array(z.int())).nullable(),
      simulated: z.boolean(),
    }),
  ),
  /** One stimulus: of the frozen set if it exists, else of the draft (its number in the order of pairs and alphas). */
  image: oc.input(ofStudy.extend({ image: z.int().min(0) })).output(
    z.strictObject({
      image: z.int(),
      frozen: z.boolean(),
      /** Null: between no two classes. */
      pair: pairSchema.nullable(),
      alpha: z.number().nullable(),
      /** The true class, where the set states it. */
      truth: z.int().nullable(),
      z: latentBytes.nullable(),
      norm: z.number().nullable(),
      /** As people see it, and in the models' size. */
      original: imagesSchema,
      model: imagesSchema.nullable(),
      /** SHA-256 of the models' pixels. */
      hash: hashSchema.nullable(),
      votes: z.array(voteSchema),
      people: z.array(z.int()).nullable(),
      simulated: z.boolean(),
    }),
  ),
  /**
   * Makes and freezes the set of the draft. Gives the job, which fails (`stimuli.doubtful-anchors`) where the reference
   * classifier takes an anchor that a person gave for another class, unless that is accepted.
   */
  freeze: oc.input(ofStudy.extend(acceptDoubtful)).output(jobStarted),
  /** The study once more, without labels, to change its stimuli. Gives its name. */
  copy: oc.input(ofStudy).output(ofStudy),
};
