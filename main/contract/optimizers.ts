import { z } from 'zod';

export const stepSizeSchema = z.number().gt(0).lt(1);
export const weightDecaySchema = z.number().min(0).lt(1).default(0);
const share = z.number().min(0).lt(1);
const epsilonSchema = z.number().gt(0).lt(1);

/** What all optimizers have. @param stepSize the default */
const common = (stepSize: number) => ({ stepSize: stepSizeSchema.default(stepSize), weightDecay: weightDecaySchema });

const moments = {
  beta1: share.default(0.9),
  beta2: share.default(0.999),
  epsilon: epsilonSchema.default(1e-8),
};

/**
 * How a gradient changes the weights, as PyTorch defines it; Lion as its paper does. Defaults are PyTorch's but for the
 * learning rate. `weightDecay` is added to the gradient (L2), except that `adamw` (Loshchilov & Hutter 2019) and `lion`
 * (Chen et al. 2023) decouple it: w -= stepSize * weightDecay * w. Without a kind it is Adam (Kingma & Ba 2015), as in
 * all recipes of earlier versions. docs/training.md has the formulas.
 */
export const optimizerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['adam', 'adamw']).default('adam'), ...common(5e-4), ...moments }),
  z.strictObject({ kind: z.literal('sgd'), ...common(0.1) }),
  z.strictObject({ kind: z.enum(['momentum', 'nesterov']), ...common(0.01), momentum: share.default(0.9) }),
  z.strictObject({
    kind: z.literal('rmsprop'),
    ...common(5e-4),
    /** Decay of the mean square of the gradients; PyTorch's alpha. */
    beta2: share.default(0.99),
    epsilon: epsilonSchema.default(1e-8),
    momentum: share.default(0),
  }),
  z.strictObject({ kind: z.literal('adagrad'), ...common(0.01), epsilon: epsilonSchema.default(1e-10) }),
  z.strictObject({
    kind: z.literal('nadam'),
    ...common(5e-4),
    ...moments,
    /** How slowly beta1 approaches its value (Dozat 2016). */
    momentumDecay: share.default(4e-3),
  }),
  z.strictObject({
    kind: z.literal('lion'),
    ...common(1e-4),
    beta1: share.default(0.9),
    beta2: share.default(0.99),
  }),
]);
export type Optimizer = z.infer<typeof optimizerSchema>;
export type OptimizerKind = Optimizer['kind'];
export const optimizerKinds = [
  'adam',
  'adamw',
  'sgd',
  'momentum',
  'nesterov',
  'rmsprop',
  'adagrad',
  'nadam',
  'lion',
] as const satisfies readonly OptimizerKind[];
