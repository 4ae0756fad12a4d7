import { z } from 'zod';
import type { ImageSize } from './images.ts';
import { optimizerSetting } from './optimizers.ts';
import { setting, type SettingContext } from '../settings/settings.ts';
import {
  augmentationSchema,
  clipSchema,
  initializationNames,
  initializationSchema,
  scheduleSchema,
  scheduleText,
} from './training-parts.ts';

export const seedSchema = z.int().min(0).max(0xffff_ffff);

/** Accuracy in percent, e.g. 97.5. */
export const accuracyTargetSchema = z.number().gt(0).lte(100);

const targetHelp =
  'Write an accuracy in percent, e.g. 97.5, or "epochs 10" or "loss 0.05": a word, a space and a number above 0';

const budgetTargetSchema = z.custom<`epochs ${number}` | `loss ${number}`>((text) => {
  const [by, value, ...more] = typeof text === 'string' ? text.split(' ') : [];
  const number = Number(value);
  const most = by === 'epochs' ? 10_000 : by === 'loss' ? 100 : 0;
  return more.length === 0 && String(number) === value && number > 0 && number <= most;
}, targetHelp);

/**
 * Where a training takes a snapshot: at a test accuracy in percent (97.5), after a number of epochs (`epochs 10`), or at a mean
 * training loss in nats (`loss 0.05`). docs/training.md defines each. A target is the key of its snapshot.
 */
export const targetSchema = z.union([accuracyTargetSchema, budgetTargetSchema], targetHelp);
export type Target = z.infer<typeof targetSchema>;

/** SHA-256 in lower-case hexadecimal; the name of a file in the blob store. */
export const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** Defaults of data sets as large as MNIST. */
const usualBatch = 128;
const usualGeneratorBatch = 64;
const usualEpochs = 40;
/** Steps at least before training is given up, where an epoch has few: networks see few images more often. */
const leastSteps = 3000;

/** Images a step at most: an epoch of fewer images than a batch would have no step. */
export const fittingBatch = (trainCount: number): number => Math.max(1, Math.floor(trainCount / 4));

export const batchFor = ({ trainCount }: Pick<SettingContext, 'trainCount'>): number =>
  Math.min(usualBatch, fittingBatch(trainCount));

/**
 * How far from the target a network may be stopped, in points: a third of the sampling error of the accuracy, as the
 * paper's 0.05 is at 97.5 % of 10,000 test images. Where accuracy rises by points a step, a narrower band is easily passed over.
 * At least three quarters of what one test image counts, so that some count is within.
 */
function toleranceFor({ target, testCount }: SettingContext): number {
  const error = Math.sqrt((target * (100 - target)) / testCount);
  const least = Math.ceil((75 / testCount) * 20 - 1e-9) / 20;
  return Math.min(5, Math.max(0.05, Math.round((error / 3) * 20) / 20, least));
}

/** The largest patch that divides both sides and gives 16 patches or more. 28 pixels: 7; 32: 8. */
export function patchFor({ width, height }: Pick<SettingContext, 'width' | 'height'>): number {
  const most = Math.floor(Math.min(width, height) / 4);
  for (let side = most; side > 1; side--) if (width % side === 0 && height % side === 0) return side;
  return 1;
}

/** Layers of numbers, e.g. widths. */
const layers = (widest: number, most: number) => z.array(z.int().min(1).max(widest)).max(most);
const count = (least: number, most: number) => z.int().min(least).max(most);

const hidden = <Schema extends z.ZodType>(schema: Schema) =>
  setting(schema, {
    title: 'Hidden layers',
    help: 'Widths of the dense layers before the last one',
    scale: 'log2',
    inName: '',
  });

/**
 * Multilayer perceptron, ReLU after each hidden layer. The paper's: [500, 500]. Optional fields are absent in recipes of
 * earlier versions; absent: neither batch norm nor dropout.
 */
const mlpSchema = z.strictObject({
  kind: z.literal('mlp'),
  hidden: hidden(layers(8192, 8).min(1).default([500, 500])),
  batchNorm: setting(z.literal(true).optional(), {
    title: 'Batch norm',
    help: 'Batch norm before each ReLU',
    absent: false,
  }),
  dropout: setting(z.number().gt(0).lt(1).optional(), {
    title: 'Dropout',
    help: 'Share of values that is dropped after each hidden layer',
    absent: 0,
  }),
});

/**
 * Convolutional network: 3x3 convolutions with ReLU, some of which halve the image, then fully connected layers, with
 * dropout before the last one. The defaults are the paper's, which the optional fields change.
 */
const cnnSchema = z.strictObject({
  kind: z.literal('cnn'),
  channels: setting(layers(1024, 16).min(1).default([32, 32, 64, 64]), {
    title: 'Channels',
    help: 'Channels of the 3 × 3 convolutions',
    scale: 'log2',
    inName: '',
  }),
  hidden: hidden(layers(8192, 8).default([512, 512])),
  dropout: setting(z.number().min(0).lt(1).default(0.4), {
    title: 'Dropout',
    help: 'Share of values that is dropped before the last layer',
  }),
  batchNorm: setting(z.literal(false).optional(), {
    title: 'Batch norm',
    help: 'Batch norm after each convolution',
    absent: true,
  }),
  downsampling: setting(z.literal('stride').optional(), {
    title: 'Images halved by',
    help: 'What halves the image after the last convolution of a stage: 2 × 2 max pooling, or that convolution’s stride of 2',
    names: { stride: 'convolutions of stride 2' },
    absent: 'max pooling',
  }),
  perStage: setting(count(1, 16).optional(), {
    title: 'Convolutions a stage',
    help: 'Convolutions until the image is halved',
    absent: 2,
  }),
});

/** Largest side of a ViT's or Mixer's patches in pixels. */
export const largestPatch = 64;

const patch = (usual: number, chosen?: (context: SettingContext) => number) =>
  setting(count(1, largestPatch).default(usual), {
    title: 'Patch size',
    help: 'Side of the patches in pixels; it divides width and height',
    scale: 'log2',
    ...(chosen && { usual: chosen }),
  });
const width = (least: number, most: number, usual: number, help: string) =>
  setting(count(least, most).default(usual), { title: 'Width', help, scale: 'log2' });
const blocks = (most: number, usual: number, help = 'Number of blocks') =>
  setting(count(1, most).default(usual), { title: 'Blocks', help, scale: 'log2', inName: 'blocks' });
const mlpWidth = (usual: number, help: string) =>
  setting(count(8, 8192).default(usual), { title: 'MLP width', help, scale: 'log2' });

/** Vision Transformer, pre-norm (Dosovitskiy et al. 2021). Patch, width and head width are assumptions: see docs. */
const vitSchema = z.strictObject({
  kind: z.literal('vit'),
  patch: patch(7, patchFor),
  width: width(8, 1024, 64, 'Length of a token’s vector'),
  blocks: blocks(32, 6),
  heads: setting(count(1, 64).default(8), { title: 'Heads', help: 'Heads of attention', scale: 'log2' }),
  headWidth: setting(count(1, 256).default(64), {
    title: 'Head width',
    help: 'Length of a head’s vectors',
    scale: 'log2',
  }),
  mlp: mlpWidth(128, 'Hidden width of the perceptrons'),
});

/**
 * Residual network for small images (He et al. 2016, section 4.2): a convolution, three stages of `blocks` basic blocks of
 * `width`, 2 `width` and 4 `width` channels, global average pooling. Depth 6 `blocks` + 2; theirs has width 16.
 */
const resnetSchema = z.strictObject({
  kind: z.literal('resnet'),
  blocks: blocks(18, 1, 'Blocks in each of three stages; the depth is 6 times as many, and 2'),
  width: width(1, 256, 16, 'Channels of the first stage'),
});

/** LeNet-5 (LeCun et al. 1998) as it is written today: tanh, average pooling, every map of the second convolution from all six. */
const lenetSchema = z.strictObject({ kind: z.literal('lenet') });

/** MLP-Mixer (Tolstikhin et al. 2021): perceptrons across patches and across channels in turn; the paper has 1/2 and 4 times `width`. */
const mixerSchema = z.strictObject({
  kind: z.literal('mixer'),
  patch: patch(4),
  width: width(8, 1024, 64, 'Channels of a patch'),
  blocks: blocks(32, 4),
  tokenMlp: setting(count(1, 8192).default(32), {
    title: 'MLP width across patches',
    help: 'Hidden width of the perceptrons across patches',
  }),
  mlp: mlpWidth(256, 'Hidden width of the perceptrons across channels'),
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
export const architectureNames: Readonly<Record<ArchitectureKind, string>> = {
  mlp: 'MLP',
  cnn: 'CNN',
  vit: 'ViT',
  resnet: 'ResNet',
  lenet: 'LeNet-5',
  mixer: 'MLP-Mixer',
};
export const architectureKinds = Object.keys(architectureNames) as readonly ArchitectureKind[];

/** Images whose labels are distributions over the classes, trained on besides those of the data set. */
export const softLabelsSchema = z.strictObject({
  share: setting(z.number().gt(0).lte(1), {
    title: 'Soft labels',
    unit: 'share',
    help: 'Share of each batch that has soft labels',
  }),
  targets: setting(hashSchema.clone(), {
    title: 'Soft labels',
    help: 'Hash of the blob of labels: float32 [count, classes], little-endian, each row a distribution, or zeros for an image that is left out',
  }),
  pixels: setting(hashSchema.clone(), {
    title: 'Images with soft labels',
    help: 'Hash of the blob of images: uint8 [count, height, width, channels], as of a stimulus set',
  }),
});
export type SoftLabels = z.infer<typeof softLabelsSchema>;

/**
 * How one classifier is trained, setting by setting: forms, columns, sweeps, reports and the table of docs/data-formats.md
 * read these declarations. One run saves a snapshot at each target.
 */
export const classifierRecipeSchema = z.strictObject({
  architecture: setting(architectureSchema, {
    title: 'Architecture',
    help: 'The network',
    section: 'architectures',
    names: architectureNames,
    varies: { levels: architectureKinds.map((kind) => ({ name: architectureNames[kind], value: { kind } })) },
  }),
  optimiser: optimizerSetting,
  schedule: setting(scheduleSchema.optional(), {
    title: 'Schedule',
    help: 'How the learning rate changes from step to step',
    absent: 'constant',
    inWords: (schedule) => `learning rate ${scheduleText(schedule)}`,
    varies: {
      levels: [
        { name: 'constant', value: null },
        { name: 'cosine', value: { kind: 'cosine', epochs: 20 } },
        { name: 'step', value: { kind: 'step', every: 10 } },
        { name: 'warm-up', value: { kind: 'constant', warmUp: 1 } },
      ],
      hasNumber: true,
    },
  }),
  clip: setting(clipSchema.optional(), {
    title: 'Clipped gradients',
    help: 'Limits the gradients of each step before weight decay',
    inWords: ({ by, limit }) => `gradients clipped to ${by} ${limit}`,
    varies: {
      levels: [
        { name: 'not clipped', value: null },
        { name: 'norm', value: { by: 'norm', limit: 1 } },
        { name: 'value', value: { by: 'value', limit: 0.5 } },
      ],
      hasNumber: true,
    },
  }),
  labelSmoothing: setting(z.number().gt(0).lt(1).optional(), {
    title: 'Label smoothing',
    help: 'Share of a label that is spread evenly over all classes (Szegedy et al. 2016), as PyTorch does',
    absent: 0,
    inWords: (share) => `labels smoothed by ${share}`,
    varies: { values: 'none, 0.1', from: 0.05, to: 0.5 },
  }),
  mixup: setting(z.number().gt(0).max(100).optional(), {
    title: 'Mixup',
    unit: 'alpha',
    help: 'Images of a batch and their labels are mixed in pairs (Zhang et al. 2018)',
    absent: 0,
    inWords: (alpha) => `mixup ${alpha}`,
    varies: { values: 'none, 0.2', from: 0.05, to: 0.5 },
  }),
  softLabels: setting(softLabelsSchema.optional(), {
    title: 'Soft labels',
    help: 'Images whose labels are distributions over the classes, trained on in addition to those of the data set',
    section: 'soft-labels',
    isHidden: true,
    inWords: ({ share }) => `soft labels on ${Math.round(100 * share)} % of each batch`,
  }),
  initialisation: setting(initializationSchema.optional(), {
    title: 'Initial weights',
    help: 'Initial weights of dense and convolutional layers; without effect where a training starts from weights',
    section: 'initial-weights',
    names: initializationNames,
    absent: 'PyTorch default',
    inWords: (_, text) => `initial weights ${text}`,
    varies: {
      levels: [
        { name: 'PyTorch default', value: null },
        ...Object.entries(initializationNames).map(([kind, name]) => ({ name, value: { kind } })),
      ],
    },
  }),
  start: setting(hashSchema.optional(), {
    title: 'Starts from weights',
    help: 'Hash of the blob with a network’s weights that the training starts from, with its statistics; optimizer, schedule and steps start afresh',
    section: 'starting-from-trained-weights',
    isHidden: true,
    inWords: () => 'starts from a trained network',
  }),
  batch: setting(z.int().min(1).max(8192).default(128), {
    title: 'Batch size',
    help: 'Images a step',
    usual: batchFor,
    scale: 'log2',
    inName: 'batch',
    varies: { values: '64, 128', from: 16, to: 512, whole: true },
  }),
  augmentation: setting(augmentationSchema.nullable().default(null), {
    title: 'Augmentation',
    help: 'Random change of each training image: shift, rotation, size, mirroring',
    inWords: ({ shift, rotate, scale, flip }) =>
      `augmented: shift ${shift} px, rotate ${rotate}°, scale ±${scale}${flip ? ', half of the images mirrored' : ''}`,
    varies: {
      levels: [
        { name: 'plain', value: null },
        { name: 'augmented', value: { shift: 2, rotate: 10, scale: 0.1 } },
        { name: 'mirrored', value: { shift: 0, rotate: 0, scale: 0, flip: true } },
      ],
    },
  }),
  targets: setting(z.array(targetSchema).min(1).max(32), {
    title: 'Targets',
    help: 'Where snapshots are taken: test accuracies in percent (`97.5`), numbers of epochs (`epochs 10`), mean training losses (`loss 0.05`)',
    section: 'stopping-by-epochs-or-by-training-loss',
    usual: ({ target }) => [target],
  }),
  tolerance: setting(z.number().gt(0).lte(5).default(0.05), {
    title: 'Tolerance',
    unit: 'points',
    help: 'Largest distance of a snapshot’s accuracy from its target',
    usual: toleranceFor,
  }),
  maxEpochs: setting(z.number().gt(0).max(10_000).default(40), {
    title: 'Maximum epochs',
    help: 'A run that has not reached a target by then reports it as missed',
    usual: ({ trainCount }) =>
      Math.min(10_000, Math.max(usualEpochs, Math.ceil((leastSteps * usualBatch) / trainCount))),
    inName: 'epochs',
    varies: { values: '20, 40', from: 16, to: 512, whole: true },
  }),
  landing: setting(z.enum(['validation', 'half', 'trend']).optional(), {
    title: 'Target decided by',
    help: 'Which accuracy decides that a target is met. Left out: that of all test images, at the first step within the tolerance (the paper’s rule). `half` of the test images is from earlier versions: such networks can be read, but not trained',
    section: 'stopping-on-validation-images',
    absent: 'test images (paper)',
    replaced: { half: 'validation' },
    names: { validation: 'validation images', half: 'half of the test images', trend: 'trend on test images' },
    inWords: (_, text) => `targets decided by ${text}`,
    choiceHelp: {
      '': 'Test images decide when to stop, so their accuracy there is usually too high',
      validation: 'Trains on 5 of 6 training images of each class; test images decide nothing',
      trend: 'Trains past each target, then once more: takes 2 to 10 times as long',
    },
  }),
});
export type ClassifierRecipe = z.infer<typeof classifierRecipeSchema>;

/** Kinds of generators by the side length of their images. `dcgan64` is the paper's. */
export const generatorKinds = ['dcgan64', 'dcgan32', 'dcgan28'] as const;
export type GeneratorKind = (typeof generatorKinds)[number];

/** Random changes of real and generated images before the discriminator (Zhao et al. 2020). */
export const differentiableAugmentations = ['translation', 'cutout', 'color'] as const;
export type DifferentiableAugmentation = (typeof differentiableAugmentations)[number];

/** Photographs are more varied than digits: cars, horses and ships are recognized after some 10,000 steps. */
const byChannels =
  (gray: number, color: number) =>
  ({ channels }: ImageSize) =>
    channels === 3 ? color : gray;

/**
 * How a generator is trained (Radford et al. 2016), setting by setting. `dcgan64`: the paper's, 64x64, five transposed
 * convolutions. `dcgan28`: the light one. Weights start from N(0, 0.02). The defaults of the schema are the paper's, and the
 * optional fields are absent in all recipes of earlier versions; what is usual for images knows their classes. See
 * docs/training.md for definitions.
 */
export const generatorRecipeSchema = z.strictObject({
  kind: setting(z.enum(generatorKinds), {
    title: 'Network',
    help: 'The network by the side of its images in pixels; the paper’s has five transposed convolutions',
    names: { dcgan64: 'DCGAN, 64 × 64 (the paper’s)', dcgan32: 'DCGAN, 32 × 32', dcgan28: 'DCGAN, 28 × 28 (small)' },
    usual: ({ width, height }: ImageSize) => {
      const side = Math.max(width, height);
      return side <= 28 ? 'dcgan28' : side <= 40 ? 'dcgan32' : 'dcgan64';
    },
  }),
  latent: setting(z.int().min(2).max(1024).default(100), { title: 'Latent dimension', help: 'Numbers in z' }),
  features: setting(z.int().min(4).max(256).default(64), { title: 'Features', help: 'Size of the feature maps' }),
  steps: setting(z.int().min(1).max(1_000_000), {
    title: 'Steps',
    help: 'Training steps, each one batch through discriminator and generator',
    step: 100,
    usual: byChannels(3000, 15_000),
  }),
  batch: setting(z.int().min(2).max(1024).default(128), {
    title: 'Batch size',
    help: 'Images a step',
    usual: ({ trainCount }: { trainCount: number | null }) =>
      trainCount === null ? usualGeneratorBatch : Math.max(2, Math.min(usualGeneratorBatch, fittingBatch(trainCount))),
  }),
  stepSize: setting(z.number().gt(0).lt(1).default(2e-4), { title: 'Learning rate', help: 'Of Adam', step: 0.0001 }),
  beta1: setting(z.number().min(0).lt(1).default(0.5), { title: 'Adam beta 1', help: 'Of Adam', step: 0.1 }),
  sampleEvery: setting(z.int().min(1).default(100), {
    title: 'Steps between samples',
    help: 'Between two grids of samples from a fixed z, each with the weights that made it',
    step: 10,
    usual: byChannels(500, 1000),
  }),
  channels: setting(z.literal(3).optional(), {
    title: 'Channels',
    help: '3 for images in color; must suit the data set',
    absent: 'gray',
    isHidden: true,
    usual: ({ channels }: ImageSize) => (channels === 3 ? channels : undefined),
    inWords: () => 'images in color',
  }),
  conditional: setting(z.literal(true).optional(), {
    title: 'Class-conditional',
    help: 'Generator and discriminator know the class of each image, and anchors come from the class asked for',
    absent: false,
    usual: () => true as const,
    inWords: () => 'class-conditional',
  }),
  spectralNorm: setting(z.literal(true).optional(), {
    title: 'Spectral norm',
    help: 'In the discriminator, instead of batch norm (Miyato et al. 2018)',
    absent: false,
    usual: () => true as const,
    inWords: () => 'spectral norm in the discriminator',
  }),
  loss: setting(z.literal('hinge').optional(), {
    title: 'Loss',
    help: 'What the networks minimize: cross-entropy, non-saturating for the generator, or hinge (Lim & Ye 2017)',
    absent: 'cross-entropy (the paper’s)',
    usual: () => 'hinge' as const,
    inWords: (loss) => `${loss} loss`,
  }),
  augmentation: setting(z.array(z.enum(differentiableAugmentations)).min(1).max(3).optional(), {
    title: 'Augmentation',
    help: 'What the discriminator sees is changed at random',
    inWords: (_, text) => `augmentation by ${text}`,
    isOffered: (choice, { channels }: Partial<ImageSize>) => choice !== 'color' || channels !== 1,
  }),
  average: setting(z.number().gt(0).lt(1).optional(), {
    title: 'Decay of averaged weights',
    help: 'The exponential average of the generator’s weights makes the images, instead of the last ones',
    absent: 'no average',
    step: 0.001,
    usual: () => 0.999,
    inWords: (decay) => `weights averaged with decay ${decay}`,
  }),
});
export type GeneratorRecipe = z.infer<typeof generatorRecipeSchema>;

/** Trained generators that come with the product, the best first: `<resources>/generators/<name>.weights`, and `.json` about them. */
export const shippedGeneratorNames = ['mnist-dcgan28', 'mnist-dcgan64'] as const;
export type ShippedGeneratorName = (typeof shippedGeneratorNames)[number];
