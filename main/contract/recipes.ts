import { z } from 'zod';
import { optimizerSchema } from './optimizers.ts';

export const seedSchema = z.int().min(0).max(0xffff_ffff);

/** Accuracy in percent, e.g. 97.5. */
export const accuracyTargetSchema = z.number().gt(0).lte(100);

const budgetTargetSchema = z.custom<`epochs ${number}` | `loss ${number}`>((text) => {
  const [by, value, ...more] = typeof text === 'string' ? text.split(' ') : [];
  const number = Number(value);
  const most = by === 'epochs' ? 10_000 : by === 'loss' ? 100 : 0;
  return more.length === 0 && String(number) === value && number > 0 && number <= most;
}, 'Write an accuracy in percent, e.g. 97.5, or "epochs 10" or "loss 0.05": a word, a space and a number above 0');

/**
 * Where a training takes a snapshot: at a test accuracy in percent (97.5), after a number of epochs (`epochs 10`), or at a mean
 * training loss in nats (`loss 0.05`). docs/training.md defines each. A target is the key of its snapshot.
 */
export const targetSchema = z.union([accuracyTargetSchema, budgetTargetSchema]);
export type Target = z.infer<typeof targetSchema>;

/** SHA-256 in lower-case hexadecimal; the name of a file in the blob store. */
export const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** Values of a pixel: 1 is gray, 3 are red, green and blue. */
export const channelsSchema = z.literal([1, 3]);

/**
 * Multilayer perceptron, ReLU after each hidden layer. The paper's: [500, 500]. Optional fields are absent in recipes of
 * earlier versions; absent: neither batch norm nor dropout.
 */
const mlpSchema = z.strictObject({
  kind: z.literal('mlp'),
  hidden: z.array(z.int().min(1).max(8192)).min(1).max(8).default([500, 500]),
  /** Before each ReLU. */
  batchNorm: z.literal(true).optional(),
  /** After each ReLU. */
  dropout: z.number().gt(0).lt(1).optional(),
});

/**
 * Convolutional network: 3x3 convolutions with ReLU, some of which halve the image, then fully connected layers, with
 * dropout before the last one. The defaults are the paper's, which the optional fields change.
 */
const cnnSchema = z.strictObject({
  kind: z.literal('cnn'),
  channels: z.array(z.int().min(1).max(1024)).min(1).max(16).default([32, 32, 64, 64]),
  hidden: z.array(z.int().min(1).max(8192)).max(8).default([512, 512]),
  dropout: z.number().min(0).lt(1).default(0.4),
  /** Absent: batch norm after each convolution. */
  batchNorm: z.literal(false).optional(),
  /** Absent: 2x2 max pooling after the last convolution of a stage. `stride`: that convolution has stride 2 instead. */
  downsampling: z.literal('stride').optional(),
  /** Convolutions until the image is halved. Absent: 2. */
  perStage: z.int().min(1).max(16).optional(),
});

/** Largest side of a ViT's or Mixer's patches in pixels. */
export const largestPatch = 64;

/** Vision Transformer, pre-norm (Dosovitskiy et al. 2021). Patch, width and head width are assumptions: see docs. */
const vitSchema = z.strictObject({
  kind: z.literal('vit'),
  patch: z.int().min(1).max(largestPatch).default(7),
  width: z.int().min(8).max(1024).default(64),
  blocks: z.int().min(1).max(32).default(6),
  heads: z.int().min(1).max(64).default(8),
  headWidth: z.int().min(1).max(256).default(64),
  mlp: z.int().min(8).max(8192).default(128),
});

/**
 * Residual network for small images (He et al. 2016, section 4.2): a convolution, three stages of `blocks` basic blocks of
 * `width`, 2 `width` and 4 `width` channels, global average pooling. Depth 6 `blocks` + 2; theirs has width 16.
 */
const resnetSchema = z.strictObject({
  kind: z.literal('resnet'),
  blocks: z.int().min(1).max(18).default(1),
  width: z.int().min(1).max(256).default(16),
});

/** LeNet-5 (LeCun et al. 1998) as it is written today: tanh, average pooling, every map of the second convolution from all six. */
const lenetSchema = z.strictObject({ kind: z.literal('lenet') });

/**
 * MLP-Mixer (Tolstikhin et al. 2021): perceptrons across patches and across channels in turn. `mlp` and `tokenMlp` are the
 * widths inside of the perceptrons across channels and patches; the paper has 4 and 1/2 times `width`.
 */
const mixerSchema = z.strictObject({
  kind: z.literal('mixer'),
  patch: z.int().min(1).max(largestPatch).default(4),
  width: z.int().min(8).max(1024).default(64),
  blocks: z.int().min(1).max(32).default(4),
  tokenMlp: z.int().min(1).max(8192).default(32),
  mlp: z.int().min(8).max(8192).default(256),
});

export const architectureSchema = z.discriminatedUnion('kind', [
  mlpSchema,
  cnnSchema,
  vitSchema,
  resnetSchema,
  lenetSchema,
  mixerSchema,
]);
export type Architecture = z.infer<typeof architectureSchema>;
export type ArchitectureKind = Architecture['kind'];
/** In the order of screens and tables. */
export const architectureKinds = [
  'mlp',
  'cnn',
  'vit',
  'resnet',
  'lenet',
  'mixer',
] as const satisfies readonly ArchitectureKind[];

/**
 * Random affine change of each training image, seeded by (seed, epoch, image). Shift in pixels, rotation in degrees.
 * `flip`: half of the images are mirrored left to right. Absent, as in all recipes of earlier versions: none is.
 */
export const augmentationSchema = z.strictObject({
  shift: z.number().min(0).max(16).default(2),
  rotate: z.number().min(0).max(180).default(10),
  scale: z.number().min(0).lt(1).default(0.1),
  flip: z.boolean().optional(),
});
export type Augmentation = z.infer<typeof augmentationSchema>;

const epochs = z.number().gt(0).max(10_000);
/** Epochs over which the learning rate grows linearly to its value; the rest of the schedule begins after them. */
const warmUp = epochs.optional();

/**
 * How the learning rate changes from step to step; lengths in epochs. `step`: times `factor` after every `every` epochs
 * (PyTorch's StepLR, by steps). `cosine`: down to the share `floor` within `epochs`, where it stays (CosineAnnealingLR).
 */
export const scheduleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), warmUp: epochs }),
  z.strictObject({ kind: z.literal('step'), every: epochs, factor: z.number().gt(0).lt(1).default(0.1), warmUp }),
  z.strictObject({ kind: z.literal('cosine'), epochs, floor: z.number().min(0).lt(1).default(0), warmUp }),
]);
export type Schedule = z.infer<typeof scheduleSchema>;

/**
 * Limits the gradients of each step before weight decay: `norm` scales all of them together so that their Euclidean norm is
 * at most `limit` (PyTorch's clip_grad_norm_), `value` clips each number (clip_grad_value_).
 */
export const clipSchema = z.strictObject({ by: z.enum(['norm', 'value']), limit: z.number().gt(0).max(1e6) });
export type Clip = z.infer<typeof clipSchema>;

const gain = z.number().gt(0).max(100).optional();
const fanMode = z.enum(['fan-in', 'fan-out']).default('fan-in');

/**
 * Initial weights of dense and convolutional layers, by torch.nn.init; biases are 0. Absent gains are PyTorch's: the root of 2
 * (ReLU) for Kaiming, else 1. `truncated-normal`: N(0, `deviation`) within `cut` deviations.
 */
export const initializationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('kaiming-uniform'), mode: fanMode, gain }),
  z.strictObject({ kind: z.literal('kaiming-normal'), mode: fanMode, gain }),
  z.strictObject({ kind: z.literal('xavier-uniform'), gain }),
  z.strictObject({ kind: z.literal('xavier-normal'), gain }),
  z.strictObject({ kind: z.literal('orthogonal'), gain }),
  z.strictObject({
    kind: z.literal('truncated-normal'),
    deviation: z.number().gt(0).max(10).default(0.02),
    cut: z.number().min(0.1).max(10).default(2),
  }),
]);
export type Initialization = z.infer<typeof initializationSchema>;

/**
 * Images whose labels are distributions over the classes, trained on besides those of the data set. `pixels`: blob of uint8
 * [count, height, width, channels], as of a stimulus set. `targets`: blob of float32 [count, classes], little-endian, each row a
 * distribution, or zeros for an image that is left out. `share`: how much of each batch they are.
 */
export const softLabelsSchema = z.strictObject({
  pixels: hashSchema,
  targets: hashSchema,
  share: z.number().gt(0).lte(1),
});
export type SoftLabels = z.infer<typeof softLabelsSchema>;

/** How one classifier is trained. One run saves a snapshot at each target. */
export const classifierRecipeSchema = z.strictObject({
  architecture: architectureSchema,
  optimiser: optimizerSchema.prefault({}),
  /** Absent: the learning rate is constant. */
  schedule: scheduleSchema.optional(),
  /** Absent: gradients are taken as they are. */
  clip: clipSchema.optional(),
  /** Share of a label that is spread evenly over all classes (Szegedy et al. 2016), as PyTorch does. Absent: none. */
  labelSmoothing: z.number().gt(0).lt(1).optional(),
  /** Alpha of mixup (Zhang et al. 2018): images of a batch and their labels are mixed in pairs. Absent: they are not. */
  mixup: z.number().gt(0).max(100).optional(),
  /** Absent: PyTorch's default, uniform by fan-in, biases too. */
  initialisation: initializationSchema.optional(),
  /**
   * File of a network's weights that the training starts from, with its statistics; the optimizer, schedule and steps
   * begin anew. `initialisation` has no effect then. Absent: initial weights are drawn from the seed.
   */
  start: hashSchema.optional(),
  /** Absent: all images are of the data set, with its labels. */
  softLabels: softLabelsSchema.optional(),
  batch: z.int().min(1).max(8192).default(128),
  augmentation: augmentationSchema.nullable().default(null),
  /** Accuracies are reached within +-`tolerance` points on the images that `landing` names. */
  targets: z.array(targetSchema).min(1).max(32),
  tolerance: z.number().gt(0).lte(5).default(0.05),
  maxEpochs: z.number().gt(0).max(10_000).default(40),
  /**
   * Which accuracy decides that a target is met. Absent: that of all test images, at the first evaluation within the
   * tolerance (the paper's rule). `trend`: the line through the evaluations around a step. `validation`: that of training
   * images which are held out; test images are evaluated at the snapshot only. `half`, in studies of earlier versions
   * only: that of half of the test images; it can be read, and no longer trained.
   */
  landing: z.enum(['half', 'trend', 'validation']).optional(),
});
export type ClassifierRecipe = z.infer<typeof classifierRecipeSchema>;

/** Kinds of generators by the side length of their images. `dcgan64` is the paper's. */
export const generatorKinds = ['dcgan64', 'dcgan32', 'dcgan28'] as const;
export type GeneratorKind = (typeof generatorKinds)[number];

/** Random changes of real and generated images before the discriminator (Zhao et al. 2020). */
export const differentiableAugmentations = ['translation', 'cutout', 'color'] as const;
export type DifferentiableAugmentation = (typeof differentiableAugmentations)[number];

/**
 * How a generator is trained (Radford et al. 2016). `dcgan64`: the paper's, 64x64, five transposed convolutions.
 * `dcgan28`: the light one. Adam with stepSize 2e-4 and beta1 0.5; weights from N(0, 0.02).
 *
 * The optional fields are absent in all recipes of earlier versions, and absent they change nothing. See
 * docs/training.md for their definitions.
 */
export const generatorRecipeSchema = z.strictObject({
  kind: z.enum(generatorKinds),
  latent: z.int().min(2).max(1024).default(100),
  features: z.int().min(4).max(256).default(64),
  steps: z.int().min(1).max(1_000_000),
  batch: z.int().min(2).max(1024).default(128),
  stepSize: z.number().gt(0).lt(1).default(2e-4),
  beta1: z.number().min(0).lt(1).default(0.5),
  /** Steps between two grids of samples from a fixed z, each with a checkpoint. */
  sampleEvery: z.int().min(1).default(100),
  /** Absent: gray images. */
  channels: z.literal(3).optional(),
  /** Generator and discriminator know the class of each image. Absent: neither does. */
  conditional: z.literal(true).optional(),
  /** In the discriminator, instead of batch norm (Miyato et al. 2018). */
  spectralNorm: z.literal(true).optional(),
  /** Absent: cross-entropy, non-saturating for the generator. `hinge`: Lim & Ye 2017. */
  loss: z.literal('hinge').optional(),
  /** Absent: none. */
  augmentation: z.array(z.enum(differentiableAugmentations)).min(1).max(3).optional(),
  /** Decay of the exponential average of the generator's weights that makes its images. Absent: the last weights do. */
  average: z.number().gt(0).lt(1).optional(),
});
export type GeneratorRecipe = z.infer<typeof generatorRecipeSchema>;

/** Trained generators that come with the product, the best first: `<resources>/generators/<name>.weights`, and `.json` about them. */
export const shippedGeneratorNames = ['mnist-dcgan28', 'mnist-dcgan64'] as const;
export type ShippedGeneratorName = (typeof shippedGeneratorNames)[number];
