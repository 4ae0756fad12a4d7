import { formatCount } from '../numbers/format.ts';
import { type NearestValue, UserError } from '../../contract/wire/errors.ts';
import type { Shape } from '../../contract/results/figure.ts';
import {
  type Architecture,
  type ArchitectureKind,
  architectureNames,
  largestPatch,
} from '../../contract/recipes/recipes.ts';
import { at } from '../numbers/arrays.ts';
import { type ImageSize, imageLength } from '../data/images.ts';

/** Size of a network's input images, and number of its classes. */
export interface NetworkShape extends ImageSize {
  classes: number;
}

type Settings<Kind extends ArchitectureKind> = Extract<Architecture, { kind: Kind }>;
type Size = Pick<ImageSize, 'width' | 'height'>;

/** The paper's architectures, which a new study trains. */
export const paperKinds = ['mlp', 'cnn', 'vit'] as const satisfies readonly ArchitectureKind[];
export type PaperKind = (typeof paperKinds)[number];

interface ArchitectureMisfit {
  readonly what: string;
  readonly remedy: string;
  /** The nearest value of the setting that does not fit; absent: there is no one such setting. */
  readonly nearest?: readonly NearestValue[];
}

/** What is known of an architecture without building it. */
interface Facts<Kind extends ArchitectureKind> {
  /** Its mark in charts, and its color on a light and on a dark ground. */
  look: { readonly mark: Shape; readonly light: string; readonly dark: string };
  /** Trainings of kinds with a larger number start first: they take longer. */
  priority: number;
  /** Its settings in short, for tables, e.g. `500-500`; those that are as usual may be left out. */
  short(settings: Settings<Kind>): string;
  /** All of its settings, for the report, e.g. `hidden 500–500`. */
  long(settings: Settings<Kind>): string;
  /** Numbers in its weights and in the statistics of batch norm. */
  parameters(settings: Settings<Kind>, shape: NetworkShape): number;
  /** Multiplications for one image; small terms left out. */
  products(settings: Settings<Kind>, shape: NetworkShape): number;
  /** Why it cannot take images of this size, and what to change; null: it can. */
  misfit?(settings: Settings<Kind>, size: Size): ArchitectureMisfit | null;
}

/** Weights of fully connected layers of these widths: as many as multiplications. */
const weights = (widths: readonly number[]): number =>
  widths.slice(1).reduce((sum, outputs, layer) => sum + at(widths, layer) * outputs, 0);

/** Weights and biases of fully connected layers of these widths. */
const dense = (widths: readonly number[]): number =>
  weights(widths) + widths.slice(1).reduce((sum, outputs) => sum + outputs, 0);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const listed = (...parts: readonly (string | false | undefined)[]): string => parts.filter(Boolean).join(', ');

/** A convolution of a CNN, with the size of the image that comes out of it, before pooling. */
interface CnnLayer {
  inputs: number;
  outputs: number;
  height: number;
  width: number;
  /** It halves the image, by pooling after it or by its own stride. */
  halves: boolean;
}

/** The convolutions of a CNN, and the number of values that its first dense layer takes. */
export function cnnLayers(
  { channels, perStage = 2, downsampling }: Settings<'cnn'>,
  shape: Size & { channels: number },
): { layers: CnnLayer[]; flat: number } {
  const half = downsampling === 'stride' ? Math.ceil : Math.floor;
  let { height, width } = shape;
  const layers = channels.map((outputs, index) => {
    const halves = index % perStage === perStage - 1;
    const before = { height, width };
    if (halves) [height, width] = [half(height / 2), half(width / 2)];
    const size = downsampling === 'stride' ? { height, width } : before;
    return { inputs: channels[index - 1] ?? shape.channels, outputs, halves, ...size };
  });
  return { layers, flat: height * width * (channels.at(-1) ?? 0) };
}

/** A basic block of a ResNet: two convolutions, the first with this stride. */
interface ResnetBlock {
  inputs: number;
  outputs: number;
  stride: 1 | 2;
  /** Size of the image that comes out. */
  height: number;
  width: number;
}

/** The blocks of a ResNet in their order: three stages, the second and third at half the size and twice the width. */
export function resnetBlocks({ blocks, width: first }: Settings<'resnet'>, size: Size): ResnetBlock[] {
  return [0, 1, 2].flatMap((stage) =>
    Array.from({ length: blocks }, (_, index): ResnetBlock => {
      const begins = stage > 0 && index === 0;
      const outputs = first * 2 ** stage;
      return {
        inputs: begins ? outputs / 2 : outputs,
        outputs,
        stride: begins ? 2 : 1,
        height: Math.ceil(size.height / 2 ** stage),
        width: Math.ceil(size.width / 2 ** stage),
      };
    }),
  );
}

const patchCount = (patch: number, { height, width }: Size): number =>
  Math.ceil(height / patch) * Math.ceil(width / patch);

/** Pixels that the two 5x5 convolutions and poolings of a LeNet-5 leave one place of. */
const smallestLenet = 12;

/** Places of a LeNet-5's second convolution, and what its first dense layer takes. */
function lenetPlaces({ height, width }: Size): { second: number; flat: number } {
  const [rows, columns] = [Math.floor(height / 2) - 4, Math.floor(width / 2) - 4];
  return { second: rows * columns, flat: 16 * Math.floor(rows / 2) * Math.floor(columns / 2) };
}

const facts: { readonly [Kind in ArchitectureKind]: Facts<Kind> } = {
  mlp: {
    look: { mark: 'circle', light: '#0b7a75', dark: '#3fc1b8' },
    priority: 100,
    short: ({ hidden, batchNorm, dropout }) =>
      listed(hidden.join('-'), batchNorm && 'batch norm', dropout !== undefined && `dropout ${dropout}`),
    long: ({ hidden, batchNorm, dropout }) =>
      listed(`hidden ${hidden.join('–')}`, batchNorm && 'batch norm', dropout !== undefined && `dropout ${dropout}`),
    parameters: ({ hidden, batchNorm }, shape) =>
      dense([imageLength(shape), ...hidden, shape.classes]) + (batchNorm ? 4 * sum(hidden) : 0),
    products: ({ hidden }, shape) => weights([imageLength(shape), ...hidden, shape.classes]),
  },

  cnn: {
    look: { mark: 'square', light: '#7a3db8', dark: '#b98af0' },
    priority: 200,
    short: ({ channels, hidden, batchNorm, downsampling, perStage }) =>
      listed(
        [channels.join('-'), hidden.join('-')].filter(Boolean).join(' + '),
        batchNorm === false && 'no batch norm',
        downsampling === 'stride' && 'strides',
        perStage !== undefined && `${perStage} a stage`,
      ),
    long: ({ channels, hidden, dropout, batchNorm, downsampling, perStage }) =>
      listed(
        `channels ${channels.join('–')}`,
        hidden.length > 0 ? `dense ${hidden.join('–')}` : 'no hidden dense layer',
        `dropout ${dropout}`,
        batchNorm === false && 'no batch norm',
        downsampling === 'stride' && 'strides instead of pooling',
        perStage !== undefined && `${formatCount(perStage, 'convolution')} a stage`,
      ),
    parameters: (settings, shape) => {
      const { layers, flat } = cnnLayers(settings, shape);
      // Nine weights a pair of channels; bias, and batch norm's scale, shift, mean and variance.
      const others = settings.batchNorm === false ? 1 : 5;
      const convolutions = layers.map(({ inputs, outputs }) => 9 * inputs * outputs + others * outputs);
      return sum(convolutions) + dense([flat, ...settings.hidden, shape.classes]);
    },
    products: (settings, shape) => {
      const { layers, flat } = cnnLayers(settings, shape);
      const convolutions = layers.map(({ inputs, outputs, height, width }) => 9 * inputs * outputs * height * width);
      return sum(convolutions) + weights([flat, ...settings.hidden, shape.classes]);
    },
    misfit: (settings, { width, height }) => {
      if (cnnLayers(settings, { width, height, channels: 1 }).flat > 0) return null;
      return {
        what: `Images of ${width} x ${height} pixels are too small to be halved so often`,
        remedy: 'List fewer channels, put more convolutions between two poolings, or take strides instead of pooling.',
      };
    },
  },

  vit: {
    look: { mark: 'triangle', light: '#a86200', dark: '#f0a63c' },
    priority: 300,
    short: ({ blocks, heads, width, patch }) => `${blocks} blocks, ${heads} heads, width ${width}, patch ${patch}`,
    long: ({ patch, width, blocks, heads, headWidth, mlp }) =>
      `patch ${patch}, width ${width}, ${blocks} blocks, ${heads} heads of ${headWidth}, MLP ${mlp}`,
    parameters: ({ patch, width, blocks, heads, headWidth, mlp }, { height, width: columns, channels, classes }) => {
      const patches = (height / patch) * (columns / patch);
      const inner = heads * headWidth;
      const block = 4 * width + dense([width, 3 * inner]) + dense([inner, width]) + dense([width, mlp, width]);
      const embedding = dense([patch * patch * channels, width]) + width + (patches + 1) * width;
      return Math.round(embedding + blocks * block) + 2 * width + dense([width, classes]);
    },
    products: ({ patch, width, blocks, heads, headWidth, mlp }, shape) => {
      const tokens = Math.ceil(shape.height / patch) * Math.ceil(shape.width / patch) + 1;
      const inner = heads * headWidth;
      const block = 4 * width * inner + 2 * width * mlp + 2 * tokens * inner;
      return tokens * (blocks * block + patch * patch * shape.channels * width);
    },
    misfit: patchMisfit,
  },

  resnet: {
    look: { mark: 'wedge', light: '#a8327a', dark: '#ee82c0' },
    priority: 200,
    short: ({ blocks, width }) => `depth ${6 * blocks + 2}, width ${width}`,
    long: ({ blocks, width }) =>
      `depth ${6 * blocks + 2} (${formatCount(blocks, 'block')} a stage), widths ${[1, 2, 4].map((times) => times * width).join('–')}`,
    parameters: (settings, shape) => {
      const { width } = settings;
      // Each convolution with batch norm's scale, shift, mean and variance, and without a bias.
      const blocks = resnetBlocks(settings, shape).map(
        ({ inputs, outputs }) => 9 * outputs * (inputs + outputs) + 8 * outputs,
      );
      return 9 * shape.channels * width + 4 * width + sum(blocks) + dense([4 * width, shape.classes]);
    },
    products: (settings, shape) => {
      const blocks = resnetBlocks(settings, shape).map(
        ({ inputs, outputs, height, width }) => 9 * outputs * (inputs + outputs) * height * width,
      );
      return 9 * shape.channels * settings.width * shape.height * shape.width + sum(blocks);
    },
  },

  lenet: {
    look: { mark: 'plus', light: '#6b4a2b', dark: '#c59468' },
    priority: 100,
    short: () => '6-16 + 120-84',
    long: () => 'maps 6–16, dense 120–84, tanh, average pooling',
    parameters: (_, { channels, classes, ...size }) =>
      25 * (6 * channels + 6 * 16) + 6 + 16 + dense([lenetPlaces(size).flat, 120, 84, classes]),
    products: (_, { channels, classes, ...size }) => {
      const { flat, second } = lenetPlaces(size);
      return 25 * (size.height * size.width * 6 * channels + second * 6 * 16) + weights([flat, 120, 84, classes]);
    },
    misfit: (_, { width, height }) => {
      if (Math.min(width, height) >= smallestLenet) return null;
      return {
        what: `Images of ${width} x ${height} pixels are too small for LeNet-5, which needs ${smallestLenet} x ${smallestLenet}`,
        remedy: 'Use larger images, or an MLP, a CNN or a ResNet.',
      };
    },
  },

  mixer: {
    look: { mark: 'hexagon', light: '#47701d', dark: '#94bd5d' },
    priority: 150,
    short: ({ blocks, width, patch }) => `${blocks} blocks, width ${width}, patch ${patch}`,
    long: ({ patch, width, blocks, tokenMlp, mlp }) =>
      `patch ${patch}, width ${width}, ${blocks} blocks, MLP ${tokenMlp} across patches and ${mlp} across channels`,
    parameters: ({ patch, width, blocks, tokenMlp, mlp }, shape) => {
      const patches = patchCount(patch, shape);
      const block = 4 * width + dense([patches, tokenMlp, patches]) + dense([width, mlp, width]);
      return (
        dense([patch * patch * shape.channels, width]) + blocks * block + 2 * width + dense([width, shape.classes])
      );
    },
    products: ({ patch, width, blocks, tokenMlp, mlp }, shape) => {
      const patches = patchCount(patch, shape);
      return patches * width * (patch * patch * shape.channels + 2 * blocks * (tokenMlp + mlp));
    },
    misfit: patchMisfit,
  },
};

/** Why images cannot be cut into whole patches. */
function patchMisfit({ patch }: { patch: number }, { width, height }: Size): ArchitectureMisfit | null {
  const isWhole = (side: number): boolean => width % side === 0 && height % side === 0;
  if (isWhole(patch)) return null;
  const fitting = Array.from({ length: largestPatch }, (_, index) => index + 1).filter(isWhole);
  const nearest = fitting.reduce((best, side) => (Math.abs(side - patch) <= Math.abs(best - patch) ? side : best));
  return {
    what: `Images of ${width} x ${height} pixels cannot be cut into whole patches of ${patch} x ${patch}`,
    remedy: `Choose a patch size that divides width and height: ${fitting.join(', ')}.`,
    nearest: [{ path: 'architecture.patch', from: patch, to: nearest }],
  };
}

const factsOf = <Kind extends ArchitectureKind>({ kind }: { kind: Kind }): Facts<ArchitectureKind> =>
  facts[kind] as Facts<ArchitectureKind>;

export { architectureNames };

export const isArchitecture = (kind: string): kind is ArchitectureKind => kind in facts;

/** Its name; of another kind, e.g. that of an outside model, itself. */
export const kindName = (kind: string): string => (isArchitecture(kind) ? architectureNames[kind] : kind);

export const architectureLook = (kind: ArchitectureKind): Facts<ArchitectureKind>['look'] => facts[kind].look;

export const trainingPriority = (architecture: Architecture): number => factsOf(architecture).priority;

export const architectureName = ({ kind }: { kind: ArchitectureKind }): string => architectureNames[kind];

/** Settings in short, e.g. `500-500`. */
export const architectureTitle = (architecture: Architecture): string => factsOf(architecture).short(architecture);

/** Name and all settings, e.g. `MLP, hidden 500–500`. */
export const architectureText = (architecture: Architecture): string =>
  `${architectureName(architecture)}, ${factsOf(architecture).long(architecture)}`;

/** Number of parameters of a network, with the statistics of batch norm. */
export const parameterCount = (architecture: Architecture, shape: NetworkShape): number =>
  factsOf(architecture).parameters(architecture, shape);

/** Multiplications of a network for one image; small terms left out. */
export const productCount = (architecture: Architecture, shape: NetworkShape): number =>
  factsOf(architecture).products(architecture, shape);

/**
 * Why an architecture cannot take images of this size, or be trained in such batches; null: it can.
 * @param batch images in a step, where it is known
 */
export const architectureMisfit = (
  architecture: Architecture,
  size: Size,
  batch: number | undefined,
): ArchitectureMisfit | null => factsOf(architecture).misfit?.(architecture, size) ?? singleImage(architecture, batch);

/** @param where names the recipe in the error @throws UserError `architecture.does-not-fit` */
export function checkArchitecture(architecture: Architecture, size: Size, where: string, batch?: number): void {
  const found = architectureMisfit(architecture, size, batch);
  if (found) throw new UserError('architecture.does-not-fit', found.what, where, found.remedy);
}

/** Batch norm of dense layers needs two images: one alone has no variance. */
function singleImage(architecture: Architecture, batch: number | undefined): ArchitectureMisfit | null {
  if (batch !== 1 || architecture.kind !== 'mlp' || !architecture.batchNorm) return null;
  return {
    what: 'Batch norm cannot be trained on batches of one image',
    remedy: 'Choose a larger batch, or leave out batch norm.',
    nearest: [{ path: 'batch', from: 1, to: 2 }],
  };
}
