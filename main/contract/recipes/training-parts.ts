import { z } from 'zod';
import { setting } from '../settings/settings.ts';

/** Random affine change of each training image, seeded by (seed, epoch, image). */
export const augmentationSchema = z.strictObject({
  shift: setting(z.number().min(0).max(16).default(2), {
    title: 'Shift',
    unit: 'pixels',
    help: 'Largest shift in each direction',
  }),
  rotate: setting(z.number().min(0).max(180).default(10), {
    title: 'Rotation',
    unit: '°',
    help: 'Largest angle in each direction',
  }),
  scale: setting(z.number().min(0).lt(1).default(0.1), {
    title: 'Scaling',
    help: 'Largest relative change of size',
  }),
  flip: setting(z.boolean().optional(), {
    title: 'Mirroring',
    help: 'Half of the images are mirrored left to right. Not for digits, letters or anything else that has a left and a right',
    absent: false,
  }),
});
export type Augmentation = z.infer<typeof augmentationSchema>;

/** `1 epoch`, `0.5 epochs`, `1,343 epochs`: not rounded, as there are parts of epochs. */
export const epochsText = (number: number): string =>
  number === 1 ? '1 epoch' : `${number.toLocaleString('en-US', { maximumFractionDigits: 20 })} epochs`;

const epochs = z.number().gt(0).max(10_000);
const warmUp = <Schema extends z.ZodType>(schema: Schema) =>
  setting(schema, {
    title: 'Warm-up',
    unit: 'epochs',
    help: 'Epochs over which the learning rate grows linearly to its value; the rest of the schedule begins after them',
    absent: 0,
  });

/** How the learning rate changes from step to step; lengths in epochs. */
export const scheduleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), warmUp: warmUp(epochs) }),
  z.strictObject({
    kind: z.literal('step'),
    every: setting(z.number().gt(0).max(10_000), {
      title: 'Schedule step',
      unit: 'epochs',
      help: 'Epochs between two multiplications of the learning rate (PyTorch’s StepLR, by steps)',
      first: 10,
    }),
    factor: setting(z.number().gt(0).lt(1).default(0.1), {
      title: 'Schedule factor',
      help: 'What it is multiplied with',
    }),
    warmUp: warmUp(epochs.optional()),
  }),
  z.strictObject({
    kind: z.literal('cosine'),
    epochs: setting(z.number().gt(0).max(10_000), {
      title: 'Schedule length',
      unit: 'epochs',
      help: 'The learning rate falls along a cosine within these epochs (CosineAnnealingLR), and stays there',
      first: 10,
    }),
    floor: setting(z.number().min(0).lt(1).default(0), {
      title: 'Schedule floor',
      help: 'Share of the learning rate that it falls to',
    }),
    warmUp: warmUp(epochs.optional()),
  }),
]);
export type Schedule = z.infer<typeof scheduleSchema>;

/** E.g. `cosine over 10 epochs after a warm-up of 1 epoch`. */
export function scheduleText(schedule: Schedule): string {
  const after = schedule.warmUp === undefined ? '' : ` after a warm-up of ${epochsText(schedule.warmUp)}`;
  switch (schedule.kind) {
    case 'constant':
      return `constant${after}`;
    case 'step':
      return `times ${schedule.factor} every ${schedule.every === 1 ? 'epoch' : epochsText(schedule.every)}${after}`;
    case 'cosine':
      return `cosine over ${epochsText(schedule.epochs)}${schedule.floor > 0 ? ` to ${schedule.floor} of it` : ''}${after}`;
  }
}

/**
 * Limits the gradients of each step before weight decay: `norm` scales all of them together so that their Euclidean norm is
 * at most `limit` (PyTorch's clip_grad_norm_), `value` clips each number (clip_grad_value_).
 */
export const clipSchema = z.strictObject({
  by: setting(z.enum(['norm', 'value']), {
    title: 'Gradients clipped by',
    help: 'What is limited: the Euclidean norm of all of them together (PyTorch’s `clip_grad_norm_`), or the value of each number (`clip_grad_value_`)',
  }),
  limit: setting(z.number().gt(0).max(1e6), {
    title: 'Largest gradient',
    help: 'The limit',
    scale: 'log10',
    first: 1,
  }),
});
export type Clip = z.infer<typeof clipSchema>;

const gain = () =>
  setting(z.number().gt(0).max(100).optional(), {
    title: 'Gain',
    help: 'Factor of the deviation. Left out: PyTorch’s, the root of 2 (ReLU) for Kaiming, else 1',
  });
const fanMode = () =>
  setting(z.enum(['fan-in', 'fan-out']).default('fan-in'), {
    title: 'Fan',
    help: 'Which of a layer’s sizes the deviation follows',
  });

export const initializationNames = {
  'kaiming-uniform': 'Kaiming uniform',
  'kaiming-normal': 'Kaiming normal',
  'xavier-uniform': 'Xavier uniform',
  'xavier-normal': 'Xavier normal',
  orthogonal: 'Orthogonal',
  'truncated-normal': 'Truncated normal',
} as const;

/** Initial weights of dense and convolutional layers, by torch.nn.init; biases are 0. */
export const initializationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('kaiming-uniform'), mode: fanMode(), gain: gain() }),
  z.strictObject({ kind: z.literal('kaiming-normal'), mode: fanMode(), gain: gain() }),
  z.strictObject({ kind: z.literal('xavier-uniform'), gain: gain() }),
  z.strictObject({ kind: z.literal('xavier-normal'), gain: gain() }),
  z.strictObject({ kind: z.literal('orthogonal'), gain: gain() }),
  z.strictObject({
    kind: z.literal('truncated-normal'),
    deviation: setting(z.number().gt(0).max(10).default(0.02), {
      title: 'Initial deviation',
      help: 'Standard deviation before the cut',
    }),
    cut: setting(z.number().min(0.1).max(10).default(2), {
      title: 'Cut at',
      unit: 'deviations',
      help: 'Weights lie within so many deviations',
    }),
  }),
]);
export type Initialization = z.infer<typeof initializationSchema>;
