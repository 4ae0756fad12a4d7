import type { Tensor } from '@tensorflow/tfjs-core';
import type { Optimizer } from '../../contract/recipes/optimizers.ts';
import type { Tfjs } from '../engines/engine.ts';

/** How an optimizer changes weights, written in ops without own kernels, for one network and for several side by side. */
export interface UpdateRule {
  /** What is kept for each weight from step to step, zero at first. */
  readonly slots: readonly string[];
  /** Numbers of step t, from 1, in double precision; a learning rate of 0 changes no weight. */
  rates(t: number, stepSize: number): Record<string, number>;
  /** New weights `w` and slots, from those before, the gradient `g` and `rates`, which broadcast to them. */
  update(tf: Tfjs, from: Record<string, Tensor>): Record<string, Tensor>;
}

/** Checks the names that a rule uses. */
function rule<Slot extends string, Rate extends string>(of: {
  slots: readonly Slot[];
  rates(t: number, stepSize: number): Record<Rate, number>;
  update(tf: Tfjs, from: Record<'w' | 'g' | Slot | Rate, Tensor>): Record<'w' | Slot, Tensor>;
}): UpdateRule {
  return of as UpdateRule;
}

type Of<Kind extends Optimizer['kind']> = Extract<Optimizer, { kind: Kind }>;

/** The one place that says what each optimizer does; docs/training.md has the formulas and sources. */
export function updateRule(optimiser: Optimizer): UpdateRule {
  switch (optimiser.kind) {
    case 'adam':
    case 'adamw':
      return adam(optimiser);
    case 'sgd':
      return sgd(optimiser);
    case 'momentum':
    case 'nesterov':
      return momentum(optimiser);
    case 'rmsprop':
      return rmsprop(optimiser);
    case 'adagrad':
      return adagrad(optimiser);
    case 'nadam':
      return nadam(optimiser);
    case 'lion':
      return lion(optimiser);
  }
}

/** The gradient with L2. */
const withDecay = (tf: Tfjs, w: Tensor, g: Tensor, weightDecay: number): Tensor =>
  weightDecay > 0 ? tf.add(g, tf.mul(w, weightDecay)) : g;

/** An exponential average after its next value. */
const averaged = (tf: Tfjs, average: Tensor, next: Tensor, beta: number): Tensor =>
  tf.add(average, tf.mul(tf.sub(next, average), 1 - beta));

/** Adam with its bias corrections in the learning rate and in epsilon. Alone, a network uses the engine's kernel instead. */
function adam({ kind, beta1, beta2, epsilon, weightDecay }: Of<'adam' | 'adamw'>): UpdateRule {
  const decoupled = kind === 'adamw' && weightDecay > 0;
  return rule({
    slots: ['m', 'v'],
    rates: (t, stepSize) => {
      const root = Math.sqrt(1 - beta2 ** t);
      return {
        stepSize: (stepSize * root) / (1 - beta1 ** t),
        epsilon: epsilon * root,
        kept: 1 - stepSize * weightDecay,
      };
    },
    update: (tf, { w, m, v, stepSize, epsilon, kept, ...from }) => {
      const g = decoupled ? from.g : withDecay(tf, w, from.g, weightDecay);
      const decayed = decoupled ? tf.mul(w, kept) : w;
      const first = averaged(tf, m, g, beta1);
      const second = averaged(tf, v, tf.square(g), beta2);
      const step = tf.div(tf.mul(first, stepSize), tf.add(tf.sqrt(second), epsilon));
      return { w: tf.sub(decayed, step), m: first, v: second };
    },
  });
}

function sgd({ weightDecay }: Of<'sgd'>): UpdateRule {
  return rule({
    slots: [],
    rates: (_t, stepSize) => ({ stepSize }),
    update: (tf, { w, g, stepSize }) => ({ w: tf.sub(w, tf.mul(withDecay(tf, w, g, weightDecay), stepSize)) }),
  });
}

/** With PyTorch's dampening of 0. */
function momentum({ kind, momentum, weightDecay }: Of<'momentum' | 'nesterov'>): UpdateRule {
  return rule({
    slots: ['velocity'],
    rates: (_t, stepSize) => ({ stepSize }),
    update: (tf, { w, velocity, stepSize, ...from }) => {
      const g = withDecay(tf, w, from.g, weightDecay);
      const next = tf.add(tf.mul(velocity, momentum), g);
      const direction = kind === 'nesterov' ? tf.add(g, tf.mul(next, momentum)) : next;
      return { w: tf.sub(w, tf.mul(direction, stepSize)), velocity: next };
    },
  });
}

/** Without momentum a network uses the engine's kernel for Adam instead, alone and with a constant learning rate. */
function rmsprop({ beta2, epsilon, momentum, weightDecay }: Of<'rmsprop'>): UpdateRule {
  const scaled = (tf: Tfjs, w: Tensor, gradient: Tensor, v: Tensor) => {
    const g = withDecay(tf, w, gradient, weightDecay);
    const next = averaged(tf, v, tf.square(g), beta2);
    return { v: next, direction: tf.div(g, tf.add(tf.sqrt(next), epsilon)) };
  };
  const rates = (_t: number, stepSize: number) => ({ stepSize });
  if (momentum === 0) {
    return rule({
      slots: ['v'],
      rates,
      update: (tf, from) => {
        const { v, direction } = scaled(tf, from.w, from.g, from.v);
        return { w: tf.sub(from.w, tf.mul(direction, from.stepSize)), v };
      },
    });
  }
  return rule({
    slots: ['v', 'velocity'],
    rates,
    update: (tf, from) => {
      const { v, direction } = scaled(tf, from.w, from.g, from.v);
      const velocity = tf.add(tf.mul(from.velocity, momentum), direction);
      return { w: tf.sub(from.w, tf.mul(velocity, from.stepSize)), v, velocity };
    },
  });
}

function adagrad({ epsilon, weightDecay }: Of<'adagrad'>): UpdateRule {
  return rule({
    slots: ['sum'],
    rates: (_t, stepSize) => ({ stepSize }),
    update: (tf, { w, sum, stepSize, ...from }) => {
      const g = withDecay(tf, w, from.g, weightDecay);
      const next = tf.add(sum, tf.square(g));
      return { w: tf.sub(w, tf.div(tf.mul(g, stepSize), tf.add(tf.sqrt(next), epsilon))), sum: next };
    },
  });
}

function nadam({ beta1, beta2, epsilon, momentumDecay, weightDecay }: Of<'nadam'>): UpdateRule {
  const beta = (t: number): number => beta1 * (1 - 0.5 * 0.96 ** (t * momentumDecay));
  /** Product of beta(1) to beta(t); so small after some hundred steps that it no longer counts. */
  const product = (t: number): number => {
    let result = 1;
    for (let k = 1; k <= t && result > 1e-20; k++) result *= beta(k);
    return result;
  };
  return rule({
    slots: ['m', 'v'],
    rates: (t, stepSize) => {
      const all = product(t);
      return {
        ofGradient: (stepSize * (1 - beta(t))) / (1 - all),
        ofMoment: (stepSize * beta(t + 1)) / (1 - all * beta(t + 1)),
        root: 1 / Math.sqrt(1 - beta2 ** t),
      };
    },
    update: (tf, { w, m, v, ofGradient, ofMoment, root, ...from }) => {
      const g = withDecay(tf, w, from.g, weightDecay);
      const first = averaged(tf, m, g, beta1);
      const second = averaged(tf, v, tf.square(g), beta2);
      const direction = tf.add(tf.mul(g, ofGradient), tf.mul(first, ofMoment));
      const divisor = tf.add(tf.mul(tf.sqrt(second), root), epsilon);
      return { w: tf.sub(w, tf.div(direction, divisor)), m: first, v: second };
    },
  });
}

function lion({ beta1, beta2, weightDecay }: Of<'lion'>): UpdateRule {
  return rule({
    slots: ['m'],
    rates: (_t, stepSize) => ({ stepSize, kept: 1 - stepSize * weightDecay }),
    update: (tf, { w, g, m, stepSize, kept }) => {
      const direction = tf.sign(averaged(tf, m, g, beta1));
      const decayed = weightDecay > 0 ? tf.mul(w, kept) : w;
      return { w: tf.sub(decayed, tf.mul(direction, stepSize)), m: averaged(tf, m, g, beta2) };
    },
  });
}
