import { type Optimizer, type OptimizerKind, optimizerSchema } from '../contract/optimizers.ts';
import {
  type Architecture,
  type ClassifierRecipe,
  type Initialization,
  initializationSchema,
} from '../contract/recipes.ts';

export type HyperparameterValue = string | number;

/** Values of a recipe by the path of its fields, in the order of the columns that show them. */
export type Hyperparameters = Record<string, HyperparameterValue>;

const titles: Record<string, string> = {
  'architecture.hidden': 'Hidden layers',
  'architecture.channels': 'Channels',
  'architecture.batchNorm': 'Batch norm',
  'architecture.dropout': 'Dropout',
  'architecture.downsampling': 'Images halved by',
  'architecture.perStage': 'Convolutions a stage',
  'architecture.patch': 'Patch size',
  'architecture.width': 'Width',
  'architecture.blocks': 'Blocks',
  'architecture.heads': 'Heads',
  'architecture.headWidth': 'Head width',
  'architecture.tokenMlp': 'MLP width across patches',
  'architecture.mlp': 'MLP width',
  'optimiser.kind': 'Optimizer',
  'optimiser.stepSize': 'Learning rate',
  'optimiser.weightDecay': 'Weight decay',
  'optimiser.momentum': 'Momentum',
  'optimiser.beta1': 'Beta 1',
  'optimiser.beta2': 'Beta 2',
  'optimiser.epsilon': 'Epsilon',
  'optimiser.momentumDecay': 'Momentum decay',
  'schedule.kind': 'Schedule',
  'schedule.warmUp': 'Warm-up (epochs)',
  'schedule.every': 'Schedule step (epochs)',
  'schedule.factor': 'Schedule factor',
  'schedule.epochs': 'Schedule length (epochs)',
  'schedule.floor': 'Schedule floor',
  'clip.by': 'Gradients clipped by',
  'clip.limit': 'Largest gradient',
  labelSmoothing: 'Label smoothing',
  mixup: 'Mixup (alpha)',
  'softLabels.share': 'Soft labels (share)',
  'softLabels.targets': 'Soft labels',
  'softLabels.pixels': 'Images with soft labels',
  'initialisation.kind': 'Initial weights',
  'initialisation.mode': 'Fan',
  'initialisation.gain': 'Gain',
  'initialisation.deviation': 'Initial deviation',
  'initialisation.cut': 'Cut at (deviations)',
  start: 'Starts from weights',
  batch: 'Batch size',
  'augmentation.shift': 'Shift (pixels)',
  'augmentation.rotate': 'Rotation (°)',
  'augmentation.scale': 'Scaling',
  'augmentation.flip': 'Mirroring',
  targets: 'Targets',
  tolerance: 'Tolerance (points)',
  maxEpochs: 'Maximum epochs',
  landing: 'Target decided by',
};

const order = new Map(Object.keys(titles).map((key, index) => [key, index]));

export const hyperparameterTitle = (key: string): string => titles[key] ?? key;

/** The title of anything in which recipes or runs can differ, by the path of its key. */
export const settingTitle = (key: string): string => otherTitles[key] ?? hyperparameterTitle(key);

/** A setting's value for reading. @param json of the value, as `differences` gives it */
export function settingText(key: string, json: string): string {
  const value: unknown = JSON.parse(json);
  if (value === null) return 'none';
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (value === 'half' || value === 'trend' || value === 'validation') return landingName(value);
  if (Array.isArray(value)) return value.join(key === 'targets' ? ', ' : '-');
  return String(value);
}

export const optimizerNames: Record<OptimizerKind, string> = {
  adam: 'Adam',
  adamw: 'AdamW',
  sgd: 'SGD',
  momentum: 'SGD with momentum',
  nesterov: 'SGD with Nesterov momentum',
  rmsprop: 'RMSprop',
  adagrad: 'Adagrad',
  nadam: 'NAdam',
  lion: 'Lion',
};

/** The numbers that an optimizer has besides learning rate and weight decay, by name. */
export function optimizerNumbers({ kind: _, stepSize, weightDecay, ...numbers }: Optimizer): Record<string, number> {
  return numbers;
}

/** E.g. `Adam 0.001, weight decay 0.01`, `SGD 0.01, momentum 0.9`; other numbers where they are not the usual ones. */
export function optimizerText(optimiser: Optimizer): string {
  const { kind, stepSize, weightDecay } = optimiser;
  const usual = optimizerNumbers(optimizerSchema.parse({ kind }));
  const byMomentum = kind === 'momentum' || kind === 'nesterov';
  const name = byMomentum ? optimizerNames.sgd : optimizerNames[kind];
  const numbers = Object.entries(optimizerNumbers(optimiser))
    .filter(([key, value]) => (byMomentum && key === 'momentum') || value !== usual[key])
    .map(([key, value]) => `${hyperparameterTitle(`optimiser.${key}`).toLowerCase()} ${value}`);
  const parts = [`${name} ${stepSize}`, ...(weightDecay > 0 ? [`weight decay ${weightDecay}`] : []), ...numbers];
  return parts.join(', ').replace('momentum', kind === 'nesterov' ? 'Nesterov momentum' : 'momentum');
}

export const initializationNames: Record<Initialization['kind'], string> = {
  'kaiming-uniform': 'Kaiming uniform',
  'kaiming-normal': 'Kaiming normal',
  'xavier-uniform': 'Xavier uniform',
  'xavier-normal': 'Xavier normal',
  orthogonal: 'Orthogonal',
  'truncated-normal': 'Truncated normal',
};

/** E.g. `Kaiming normal, fan fan-out`; `numbers`: with what its name does not say, where that is not the usual. */
export function initializationText(initialisation: Initialization | undefined, numbers = true): string {
  if (!initialisation) return 'PyTorch default';
  const { kind, ...rest } = initialisation;
  const usual: Record<string, unknown> = initializationSchema.parse({ kind });
  const parts = Object.entries(rest)
    .filter(([key, value]) => value !== usual[key])
    .map(([key, value]) => `${hyperparameterTitle(`initialisation.${key}`).toLowerCase()} ${value}`);
  return [initializationNames[kind], ...(numbers ? parts : [])].join(', ');
}

const otherTitles: Record<string, string> = {
  'architecture.kind': 'Architecture',
  augmentation: 'Augmentation',
  seed: 'Seed',
};

/** What decides that a run has met a target, in short: which images, or the trend. */
export function landingName(landing: ClassifierRecipe['landing']): string {
  switch (landing) {
    case undefined:
      return 'test images (paper)';
    case 'half':
      return 'half of the test images';
    case 'trend':
      return 'trend on test images';
    case 'validation':
      return 'validation images';
  }
}

/**
 * A recipe's hyperparameters. Lists are texts (`500-500`); without augmentation its values are `none`. The kind of the
 * architecture is left out: tables have a column of their own for it.
 */
export function hyperparameters({ landing, ...recipe }: ClassifierRecipe): Hyperparameters {
  const {
    architecture,
    optimiser,
    schedule,
    clip,
    labelSmoothing,
    mixup,
    softLabels,
    start,
    initialisation,
    augmentation,
    targets,
    ...rest
  } = recipe;
  const values = [
    ...Object.entries(settingsOf(architecture)).map(([key, value]) => [`architecture.${key}`, shown(value)] as const),
    ...Object.entries(optimiser).map(([key, value]) => [`optimiser.${key}`, value] as const),
    ...Object.entries({ kind: 'constant', ...schedule, warmUp: schedule?.warmUp ?? 'none' }).map(
      ([key, value]) => [`schedule.${key}`, value] as const,
    ),
    ...(['by', 'limit'] as const).map((key) => [`clip.${key}`, clip?.[key] ?? 'none'] as const),
    ['labelSmoothing', labelSmoothing ?? 'none'] as const,
    ['mixup', mixup ?? 'none'] as const,
    ['softLabels.share', softLabels?.share ?? 'none'] as const,
    ...(['targets', 'pixels'] as const).map(
      (key) => [`softLabels.${key}`, softLabels ? shortHash(softLabels[key]) : 'none'] as const,
    ),
    ...Object.entries({ ...initialisation, kind: initializationText(initialisation, false) }).flatMap(([key, value]) =>
      value === undefined ? [] : [[`initialisation.${key}`, value] as const],
    ),
    ['start', start ? shortHash(start) : 'none'] as const,
    ...(['shift', 'rotate', 'scale'] as const).map(
      (key) => [`augmentation.${key}`, augmentation?.[key] ?? 'none'] as const,
    ),
    ['augmentation.flip', augmentation?.flip === true ? 'yes' : 'none'] as const,
    ...Object.entries(rest),
    ['targets', targets.join(', ')] as const,
    ['landing', landingName(landing)] as const,
  ];
  return Object.fromEntries(values.sort(([a], [b]) => position(a) - position(b)));
}

/** An architecture's settings, with what absent ones mean. */
function settingsOf(architecture: Architecture): Record<string, HyperparameterValue | readonly number[]> {
  switch (architecture.kind) {
    case 'mlp': {
      const { kind: _, batchNorm, dropout, ...settings } = architecture;
      return { ...settings, batchNorm: batchNorm ? 'yes' : 'no', dropout: dropout ?? 'none' };
    }
    case 'cnn': {
      const { kind: _, batchNorm, downsampling, perStage, ...settings } = architecture;
      const halving = { downsampling: downsampling ?? 'max pooling', perStage: perStage ?? 2 };
      return { ...settings, batchNorm: batchNorm === false ? 'no' : 'yes', ...halving };
    }
    default: {
      const { kind: _, ...settings } = architecture;
      return settings;
    }
  }
}

/** As screens show the hash of a file. */
const shortHash = (hash: string): string => hash.slice(0, 12);

const position = (key: string): number => order.get(key) ?? order.size;

const shown = (value: HyperparameterValue | readonly number[]): HyperparameterValue =>
  typeof value === 'object' ? value.join('-') : value;

/**
 * Keys of the hyperparameters that differ among those recipes that have them: the channels of a CNN do not differ from
 * an MLP, which has none.
 */
export function differingHyperparameters(all: Iterable<Hyperparameters>): string[] {
  const first = new Map<string, HyperparameterValue>();
  const differing = new Set<string>();
  for (const each of all) {
    for (const [key, value] of Object.entries(each)) {
      const known = first.get(key);
      if (known === undefined) first.set(key, value);
      else if (known !== value) differing.add(key);
    }
  }
  return [...differing].sort((a, b) => position(a) - position(b));
}
