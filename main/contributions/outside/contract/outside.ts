import { z } from 'zod';
import { snapshotEvaluationSchema } from '../../../contract/results/index.ts';
import { hashSchema } from '../../../contract/recipes/index.ts';

/**
 * Models that others trained: what their files hold, how images become their inputs and outputs become softmax over the
 * classes of a study, and how well that does on labeled images. main/contributions/outside reads, checks and runs them.
 */

/** Name of an input, output, operation or file, as the file has it. */
const name = z.string().min(1).max(500);

/** Each is a run of the text encoder: the most are some hours. ImageNet with the 80 templates of CLIP has 80,000. */
export const mostPrompts = 200_000;

/** A length; a word where the file leaves it open and names it, e.g. `batch`; null where it leaves it open without a name. */
const dimensionSchema = z.union([z.int().min(0), z.string().max(500), z.null()]);

/** An input or output. `type`: of its elements, e.g. `float32`; or what it is instead of a tensor, e.g. `sequence`. */
const tensorSchema = z.strictObject({
  name,
  type: z.string().max(100),
  /** Null: the file does not say how many dimensions there are. */
  shape: z.array(dimensionSchema).max(16).nullable(),
  /** The operation that computes an output, e.g. `Softmax`; absent for inputs, and where it is not known. */
  op: name.optional(),
});
export type Tensor = z.infer<typeof tensorSchema>;

/** A file of a model. */
export const fileSchema = z.strictObject({ name, bytes: z.number().min(0), hash: hashSchema });

/** What an ONNX file says of itself, read without running it and without reading its weights into memory. */
export const modelFileSchema = z.strictObject({
  format: z.literal('onnx'),
  /**
   * SHA-256 of the file. With external data: of the lines `<hash> <name>\n` of all `files`, in their order, where the
   * ONNX file itself is called `model`. It covers every byte that decides a prediction.
   */
  hash: hashSchema,
  /** The ONNX file itself, and then files of external data, sorted by their paths relative to its folder. */
  files: z.array(fileSchema).min(1).max(1000),
  /** Version of the standard operations. */
  opset: z.int().min(1),
  irVersion: z.int().min(1),
  /** Program and version that wrote the file, e.g. `pytorch 2.6.0`; '' if it does not say. */
  producer: z.string().max(500),
  /** Long values are cut off (`maxMetadata`), and too many are left out. */
  metadata: z.array(z.strictObject({ key: z.string(), value: z.string() })).max(200),
  /** Numbers that the file stores as weights and constants. */
  parameters: z.number().min(0),
  /** Operations by how often they occur, in subgraphs too; `domain` is '' for standard ones. */
  ops: z.array(z.strictObject({ domain: z.string().max(500), op: name, count: z.int().min(1) })).max(2000),
  /** Without weights that old files list among inputs. */
  inputs: z.array(tensorSchema).max(100),
  outputs: z.array(tensorSchema).max(100),
});
export type ModelFile = z.infer<typeof modelFileSchema>;

/** What a `tokenizer.json` says of itself. */
export const tokenizerFileSchema = fileSchema.extend({
  /** How it splits words, e.g. `BPE`. */
  kind: z.string().max(100),
  tokens: z.int().min(0),
  /** The token that fills what remains of a prompt, and the tokens that a prompt then has; null: it does not say. */
  pad: z.int().min(0).nullable(),
  length: z.int().min(1).nullable(),
});
export type TokenizerFile = z.infer<typeof tokenizerFileSchema>;

/** What the files of a model say of themselves. `text`: of an image-text model, whose image encoder the rest describes. */
export const foundFilesSchema = modelFileSchema.extend({
  text: z.strictObject({ encoder: modelFileSchema, tokenizer: tokenizerFileSchema }).optional(),
});
export type FoundFiles = z.infer<typeof foundFilesSchema>;

/**
 * The files of a model, each as `file` has it. `text`: of an image-text model, whose image encoder `model` is. External data
 * lie beside their ONNX file.
 */
export const filesSchema = <File extends z.ZodType>(file: File) =>
  z.strictObject({ model: file, text: z.strictObject({ encoder: file, tokenizer: file }).optional() });
export interface FilesOf<File> {
  model: File;
  text?: { encoder: File; tokenizer: File } | undefined;
}

/** Characters of a value of the metadata that are kept. */
export const maxMetadata = 2 ** 18;

/** Keys by which our own exports state their mappings in the metadata: JSON of `inputMappingSchema` and `exportedOutputSchema`. */
export const metadataKeys = { input: 'boundary.input', output: 'boundary.output' } as const;

/** Most pixels in a row or column, and most images in a batch. */
export const largestSide = 4096;
export const largestBatch = 4096;
const side = z.int().min(1).max(largestSide);

/** One number for each channel, in the order that the model takes them. */
const perChannel = z.array(z.number()).min(1).max(3);

/** Types of elements that can carry an image, named as in files. */
export const inputElements = ['float32', 'float16', 'float64', 'uint8'] as const;

/**
 * How uint8 images become the model's input: another size by `resize`; channels (gray is repeated for `rgb`, colors become
 * luminance for `gray`); with `transposed` rows become columns; with `invert` 255 - value; then low + value / 255 * (high - low); then (value - mean) / std for
 * each channel; then `layout`.
 */
export const inputMappingSchema = z
  .strictObject({
    /** The input's name. */
    input: name,
    /** Order of dimensions. `flat-*`: [batch, width * height * channels], with the values in that order. */
    layout: z.enum(['nchw', 'nhwc', 'flat-nchw', 'flat-nhwc']),
    channels: z.enum(['gray', 'rgb', 'bgr']),
    width: side,
    height: side,
    /** `fit`: both sides are scaled; `fill`: scaled until it covers the size, then cut; `pad`: scaled until it fits, in the middle. */
    resize: z.enum(['fit', 'fill', 'pad']),
    /** With `pad`: what lies around the image, as a pixel before `invert`. Absent: black. */
    background: z.int().min(1).max(255).optional(),
    /** With `pad`: the image lies at the left and the top, as recognizers of text expect it. */
    align: z.literal('start').optional(),
    /** Rows and columns are exchanged, as in EMNIST. */
    transposed: z.boolean(),
    invert: z.boolean(),
    /** What black (0) and white (255) become, e.g. [0, 1]. */
    range: z.tuple([z.number(), z.number()]),
    mean: perChannel,
    std: z.array(z.number().gt(0)).min(1).max(3),
    element: z.enum(inputElements),
    /** Images in one call: the number that the file fixes, or null: any. */
    batch: z.int().min(1).max(largestBatch).nullable(),
  })
  .refine(({ channels, mean, std }) => {
    const count = channels === 'gray' ? 1 : 3;
    return mean.length === count && std.length === count;
  }, 'a mean and a deviation for each channel');
export type InputMapping = z.infer<typeof inputMappingSchema>;

/** Most outputs that a model may have, as those that name every word of a vocabulary. */
export const maxOutputs = 200_000;
const outputIndex = z
  .int()
  .min(0)
  .max(maxOutputs - 1);

/**
 * How a model's outputs become softmax over the classes of a study. Logits become probabilities by softmax over all
 * `size` outputs; a class gets the sum over its outputs; what remains is `other`. Softmax over the study's classes is a
 * class's share of the sum over classes, so `other` takes part in no measure, but is reported. Where each class has a
 * probability of exactly 0, all get the same share.
 */
export const outputMappingSchema = z
  .strictObject({
    /** The output's name. */
    output: name,
    values: z.enum(['logits', 'probabilities']),
    /** Numbers for each image, or for each step. */
    size: z.int().min(1).max(maxOutputs),
    /**
     * Absent: the output is [batch, size]. For [batch, steps, size], as text recognizers give it: which probability of an
     * output counts, its largest or its mean over the steps.
     */
    steps: z.enum(['largest', 'mean']).optional(),
    /** For each class of the study, in its order: its outputs, ascending. */
    classes: z.array(z.array(outputIndex).min(1).max(maxOutputs)).min(2).max(1000),
  })
  .refine(({ classes, size }) => classes.every((each) => each.every((output) => output < size)), 'outputs that exist')
  .refine(({ classes }) => new Set(classes.flat()).size === classes.flat().length, 'no output twice');
export type OutputMapping = z.infer<typeof outputMappingSchema>;

/** What our own exports say of their output: output k is class k. */
export const exportedOutputSchema = z.strictObject({
  ...outputMappingSchema.shape,
  classes: z.array(z.string().max(500)).min(2).max(1000),
});

const sentence = z.string().trim().min(1).max(500);

/**
 * How an image-text model (CLIP, SigLIP) names the classes of a study. Each template, with its `{class}` replaced by each word
 * of a class, is a prompt. A class gets the mean of the unit vectors of its prompts, as a unit vector; its logit is `scale`
 * times its cosine to the image's vector, and softmax over the study's classes follows.
 */
export const textMappingSchema = z
  .strictObject({
    /** Names of the text encoder's inputs and output. `mask`: 1 for each token, 0 for padding; null: there is none. */
    ids: name,
    mask: name.nullable(),
    output: name,
    element: z.enum(['int64', 'int32']),
    /** Tokens of a prompt with those of its start and end, and the token that fills what remains. */
    length: z.int().min(3).max(4096),
    pad: z.int().min(0).max(10_000_000),
    templates: z
      .array(sentence.refine((template) => template.includes('{class}'), '{class}, where the name of a class goes'))
      .min(1)
      .max(200),
    /** For each class of the study, in its order: one or several words for it. */
    words: z.array(z.array(sentence).min(1).max(50)).min(2).max(1000),
    /** Inverse of the softmax's temperature: 100 for CLIP. */
    scale: z.number().gt(0).max(10_000),
  })
  .refine(({ templates, words }) => templates.length * words.flat().length <= mostPrompts, {
    path: ['templates'],
    error: `templates times words for all classes: at most ${mostPrompts} prompts`,
  });
export type TextMapping = z.infer<typeof textMappingSchema>;

const onnxMapping = { kind: z.literal('onnx'), input: inputMappingSchema, output: outputMappingSchema };
/** `imageOutput` has a vector for each image. */
const imageTextMapping = {
  kind: z.literal('image-text'),
  input: inputMappingSchema,
  imageOutput: name,
  text: textMappingSchema,
};

/** How the files of a model are used. */
export const modelMappingSchema = z.discriminatedUnion('kind', [
  z.strictObject(onnxMapping),
  z.strictObject(imageTextMapping),
]);
export type ModelMapping = z.infer<typeof modelMappingSchema>;

/**
 * All that decides what an outside model predicts, and so its identity: the SHA-256 of its canonical JSON.
 * Names of models and of classes take no part; two mappings of a file are two models.
 */
export const outsideModelSchema = z.discriminatedUnion('kind', [
  /** `file`: `hash` of `ModelFile`. */
  z.strictObject({ ...onnxMapping, file: hashSchema }),
  /** `file`: of the image encoder; `textFile`: of the text encoder; `tokenizer`: SHA-256 of its `tokenizer.json`. */
  z.strictObject({ ...imageTextMapping, file: hashSchema, textFile: hashSchema, tokenizer: hashSchema }),
]);
export type OutsideModel = z.infer<typeof outsideModelSchema>;

/** Mappings that the files of a model suggest for the images and classes of a study. A person confirms or changes them. */
export const proposalSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...onnxMapping,
    /** Null: nothing says which outputs are which classes; `classes` are then to be chosen. */
    output: outputMappingSchema.nullable(),
    /** The outputs that can be chosen, and how many numbers each has; null: the file does not say. */
    outputs: z.array(z.strictObject({ name, size: z.int().min(1).nullable(), hasSteps: z.boolean() })),
    /** Names of the outputs' numbers by index, where the metadata has them; to search in when classes are chosen. */
    names: z.array(z.string()).max(maxOutputs).nullable(),
    /** What each choice rests on, a sentence each, e.g. "The layout is NCHW, from the shape of the input."; a guess: on what is usual. */
    reasons: z.array(z.strictObject({ about: z.enum(['input', 'output']), text: z.string(), isGuess: z.boolean() })),
  }),
  z.strictObject({
    ...imageTextMapping,
    /** Outputs that can be chosen: of the image encoder and of the text encoder. */
    outputs: z.strictObject({ image: z.array(name), text: z.array(name) }),
    /** The same. */
    reasons: z.array(z.strictObject({ about: z.enum(['input', 'text']), text: z.string(), isGuess: z.boolean() })),
  }),
]);
export type Proposal = z.infer<typeof proposalSchema>;
export type OnnxProposal = Extract<Proposal, { kind: 'onnx' }>;
export type ImageTextProposal = Extract<Proposal, { kind: 'image-text' }>;

/** Why a mapping is probably wrong: what was changed in the alternative that does better. */
const mappingMistakes = [
  'channel-order',
  'range',
  'inverted',
  'layout',
  'transposed',
  'class-order',
  'values',
  'no-better-than-chance',
] as const;

/** How a model with its mappings does on labeled images. Without a `warnings` entry its mapping looks right. */
export const outsideCheckSchema = z.strictObject({
  /** Labeled images that were classified, evenly spaced in the data set's test part. */
  images: z.int().min(1),
  errors: z.int().min(0),
  /** Percent of `images`. */
  accuracy: z.number().min(0).max(100),
  /** By classes of the study; pairs that never happened are left out. */
  confusion: snapshotEvaluationSchema.shape.confusion,
  /** Mean probability of all outputs that belong to no class, and how many images gave them more than half; null: there are none. */
  other: z.strictObject({ mean: z.number().min(0).max(1), mostly: z.int().min(0) }).nullable(),
  /** The most useful first. */
  warnings: z.array(
    z.strictObject({
      mistake: z.enum(mappingMistakes),
      /** A sentence for the user, e.g. "Red and blue are probably swapped: with BGR the accuracy is 91.2 %, not 54.0 %." */
      text: z.string(),
      /** What the alternative gives, in percent of the images that it was tried on; null: there is no alternative. */
      accuracy: z.number().min(0).max(100).nullable(),
      mapping: modelMappingSchema,
    }),
  ),
});
export type OutsideCheck = z.infer<typeof outsideCheckSchema>;

/** Prompts come before images, and only the first question about them encodes them. */
export const modelProgressSchema = z.strictObject({
  of: z.enum(['bytes', 'prompts', 'images']),
  done: z.number(),
  total: z.number(),
});
export type ModelProgress = z.infer<typeof modelProgressSchema>;

/** What the files of a model hold, and how they would be used. Nothing is stored. */
export const foundModelSchema = z.strictObject({
  files: foundFilesSchema,
  proposal: proposalSchema,
  /** Classes of the study, in their order. */
  classes: z.array(z.string()),
});
export type FoundModel = z.infer<typeof foundModelSchema>;

/** A model that was added, and how it did on labeled images. */
export const addedModelSchema = z.strictObject({
  name: z.string(),
  check: outsideCheckSchema,
  /** Whether it has answered for the study's stimuli. */
  predicted: z.boolean(),
});
export type AddedModel = z.infer<typeof addedModelSchema>;
