import { z } from 'zod';
import { setting } from '../settings/settings.ts';

const stepSizeSchema = z.number().gt(0).lt(1);
const share = z.number().min(0).lt(1);

/** The learning rate. @param usual the default of an optimizer */
const stepSize = (usual: number) =>
  setting(stepSizeSchema.default(usual), {
    title: 'Learning rate',
    help: 'Size of a step',
    scale: 'log10',
    inName: 'lr',
    varies: { values: '0.0005, 0.001', from: 0.0001, to: 0.01 },
  });

const weightDecay = setting(share.default(0), {
  title: 'Weight decay',
  help: 'Pull of the weights towards 0',
  scale: 'log10',
  inName: 'wd',
  varies: { values: '0, 0.0001', from: 0.0001, to: 0.01 },
});

const momentum = (usual: number) =>
  setting(share.default(usual), {
    title: 'Momentum',
    help: 'Share of the last change that is repeated',
  });

const beta1 = () => setting(share.default(0.9), { title: 'Beta 1', help: 'Decay of the mean of the gradients' });

const beta2 = (usual: number) =>
  setting(share.default(usual), {
    title: 'Beta 2',
    help: 'Decay of the mean square of the gradients; PyTorch’s alpha of RMSprop',
  });

const epsilon = (usual: number) =>
  setting(stepSizeSchema.default(usual), {
    title: 'Epsilon',
    help: 'Added to the root that a gradient is divided by',
    scale: 'log10',
  });

/** What all optimizers have. @param usual the default learning rate */
const common = (usual: number) => ({ stepSize: stepSize(usual), weightDecay });
const moments = { beta1: beta1(), beta2: beta2(0.999), epsilon: epsilon(1e-8) };

/**
 * How a gradient changes the weights, as PyTorch defines it; Lion as its paper does. Defaults are PyTorch's but for the
 * learning rate. `weightDecay` is added to the gradient (L2), except that `adamw` (Loshchilov & Hutter 2019) and `lion`
 * (Chen et al. 2023) decouple it: w -= stepSize * weightDecay * w. Without a kind it is Adam (Kingma & Ba 2015), as in
 * all recipes of earlier versions. docs/training.md has the formulas.
 */
export const optimizerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['adam', 'adamw']).default('adam'), ...common(5e-4), ...moments }),
  z.strictObject({ kind: z.literal('sgd'), ...common(0.1) }),
  z.strictObject({ kind: z.enum(['momentum', 'nesterov']), ...common(0.01), momentum: momentum(0.9) }),
  z.strictObject({
    kind: z.literal('rmsprop'),
    ...common(5e-4),
    beta2: beta2(0.99),
    epsilon: epsilon(1e-8),
    momentum: momentum(0),
  }),
  z.strictObject({ kind: z.literal('adagrad'), ...common(0.01), epsilon: epsilon(1e-10) }),
  z.strictObject({
    kind: z.literal('nadam'),
    ...common(5e-4),
    ...moments,
    momentumDecay: setting(share.default(4e-3), {
      title: 'Momentum decay',
      help: 'How slowly beta 1 approaches its value (Dozat 2016)',
    }),
  }),
  z.strictObject({ kind: z.literal('lion'), ...common(1e-4), beta1: beta1(), beta2: beta2(0.99) }),
]);
export type Optimizer = z.infer<typeof optimizerSchema>;
export type OptimizerKind = Optimizer['kind'];

/** In the order of screens and tables. */
export const optimizerNames: Readonly<Record<OptimizerKind, string>> = {
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
/** Names of models have little room. */
const shortNames = { ...optimizerNames, momentum: 'SGD momentum', nesterov: 'SGD Nesterov' };
export const optimizerKinds = Object.keys(optimizerNames) as OptimizerKind[];

export const optimizerSetting = setting(optimizerSchema.prefault({}), {
  title: 'Optimizer',
  help: 'How a gradient changes the weights',
  section: 'optimizers',
  names: optimizerNames,
  varies: { levels: optimizerKinds.map((kind) => ({ name: shortNames[kind], value: { kind } })), hasNumber: true },
});
