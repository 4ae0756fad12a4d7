import type { NamedTensorMap, Scalar, Tensor, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { ImageInput } from '../architectures/classifier-steps.ts';
import type { Classifier, Parameter } from '../architectures/model.ts';
import type { AdamSettings, Engine, Entry, InputForm } from '../engines/engine.ts';

const slotForm: InputForm = { shape: [1], dtype: 'int32' };

/**
 * One training step of `count` classifiers side by side, each on a batch of `n` images of its own.
 *
 * Takes `images`, count * n, as `input` says; `labels` [count * n] int32; `dropoutSeeds` [count, 2] int32; `stepSize`
 * and `epsilon` [count, 1] float32 (`AdamRates`). Gives `losses` [count], the mean cross-entropy of each batch in nats, and
 * `logits` [count * n, classes], both before the update.
 */
export function stackedStep(
  engine: Engine,
  stacked: Classifier,
  adam: StackedAdam,
  count: number,
  n: number,
  input: ImageInput,
): Entry {
  const { tf, ops } = engine;
  const inputs: Entry['inputs'] = {
    images: input.form(count * n),
    labels: { shape: [count * n], dtype: 'int32' },
    dropoutSeeds: { shape: [count, 2], dtype: 'int32' },
    stepSize: { shape: [count, 1], dtype: 'float32' },
    epsilon: { shape: [count, 1], dtype: 'float32' },
  };
  const step: Entry['step'] = (inputs) => {
    const { labels, dropoutSeeds, stepSize, epsilon } = inputs as Record<keyof typeof inputs, Tensor> & {
      dropoutSeeds: Tensor1D;
    };
    const images = input.images(inputs.images as Tensor);
    const kept: { losses?: Tensor; logits?: Tensor } = {};
    const grads = adam.gradients(() => {
      const all = stacked.logits(images, { training: true, dropoutSeed: dropoutSeeds });
      kept.logits = tf.keep(all);
      const logits = tf.split(all, count);
      const right = tf.split(labels as Tensor, count);
      const losses = logits.map((own, k) => ops.softmaxCrossEntropy(own as Tensor2D, right[k] as Tensor1D));
      kept.losses = tf.keep(tf.stack(losses));
      return tf.addN(losses) as Scalar;
    });
    adam.apply(grads, stepSize as Tensor, epsilon as Tensor);
    return kept as { losses: Tensor; logits: Tensor };
  };
  return { step, inputs };
}

/** Copies the parameters of the network at `slot` [1] int32 into `single`, a network of the same architecture. */
export function copySlot({ tf }: Engine, stacked: Classifier, single: Classifier): Entry {
  const step: Entry['step'] = ({ slot }) => {
    single.parameters.forEach(({ variable }, index) => {
      const all = stacked.parameters[index]?.variable as Tensor;
      variable.assign(tf.reshape(tf.gather(all, slot as Tensor1D), variable.shape));
    });
    return { slot: tf.cast(slot as Tensor, 'float32') };
  };
  return { step, inputs: { slot: slotForm } };
}

/** Adam's moments `m` and `v` [1, all] of the network at `slot` [1] int32, in the order of `StackedAdam.places`. */
export function slotMoments({ tf }: Engine, { m, v }: StackedAdam): Entry {
  const step: Entry['step'] = ({ slot }) => ({
    m: tf.gather(m, slot as Tensor1D),
    v: tf.gather(v, slot as Tensor1D),
  });
  return { step, inputs: { slot: slotForm } };
}

/** A network's learning rate and epsilon, both including Adam's bias corrections. */
interface AdamRates {
  /** stepSize sqrt(1 - beta2^t) / (1 - beta1^t) */
  stepSize: number;
  /** epsilon sqrt(1 - beta2^t) */
  epsilon: number;
}

/** Rates of step t, from 1. Computed in double precision outside the step, as networks may be at different steps. */
export function adamRates({ stepSize, beta1, beta2, epsilon }: AdamSettings, t: number): AdamRates {
  const root = Math.sqrt(1 - beta2 ** t);
  return { stepSize: (stepSize * root) / (1 - beta1 ** t), epsilon: epsilon * root };
}

/** A parameter's place in a row of the moments. */
export interface Place {
  name: string;
  size: number;
}

/** Adam or AdamW over the parameters of networks side by side, all as one array [count, all], so in few ops. */
export class StackedAdam {
  /** The trained parameters in their order in a row of the moments; sizes for one network. */
  readonly places: readonly Place[];
  /** First and second moments, [count, all]. */
  readonly m: Variable;
  readonly v: Variable;
  readonly #engine: Engine;
  readonly #variables: Variable[];
  readonly #settings: AdamSettings;

  constructor(engine: Engine, parameters: readonly Parameter[], count: number, settings: AdamSettings) {
    const { tf } = engine;
    const trained = parameters.filter(({ trainable }) => trainable);
    this.places = trained.map(({ name, variable }) => ({ name, size: variable.size / count }));
    this.#variables = trained.map(({ variable }) => variable);
    this.#engine = engine;
    this.#settings = settings;
    const all = this.places.reduce((sum, { size }) => sum + size, 0);
    const zeros = () => tf.tidy(() => tf.variable(tf.zeros([count, all]), false));
    this.m = zeros();
    this.v = zeros();
  }

  /** Gradients of all parameters. `loss`: the sum of the networks' losses, so that each gets its own gradient. */
  gradients(loss: () => Scalar): NamedTensorMap {
    const { value, grads } = this.#engine.tf.variableGrads(loss, this.#variables);
    value.dispose();
    return grads;
  }

  /** One update, in place. `stepSize`, `epsilon`: float32 [count, 1], see `AdamRates`. */
  apply(grads: NamedTensorMap, stepSize: Tensor, epsilon: Tensor): void {
    const { tf } = this.#engine;
    const { beta1, beta2, weightDecay, decoupled, stepSize: plainStep } = this.#settings;
    tf.tidy(() => {
      const weights = this.#rows(this.#variables);
      const raw = this.#rows(this.#variables.map(({ name }) => grads[name] as Tensor));
      const decays = weightDecay > 0;
      const g = decays && !decoupled ? tf.add(raw, tf.mul(weights, weightDecay)) : raw;
      const decayed = decays && decoupled ? tf.mul(weights, 1 - plainStep * weightDecay) : weights;
      const m = tf.add(this.m, tf.mul(tf.sub(g, this.m), 1 - beta1));
      const v = tf.add(this.v, tf.mul(tf.sub(tf.square(g), this.v), 1 - beta2));
      const step = tf.div(tf.mul(m, stepSize), tf.add(tf.sqrt(v), epsilon));
      this.m.assign(m);
      this.v.assign(v);
      this.#assign(tf.sub(decayed, step));
    });
  }

  dispose(): void {
    this.m.dispose();
    this.v.dispose();
  }

  #rows(tensors: Tensor[]): Tensor2D {
    const { tf } = this.#engine;
    const [count] = this.m.shape as [number, number];
    return tf.concat(
      tensors.map((tensor) => tf.reshape(tensor, [count, tensor.size / count]) as Tensor2D),
      1,
    );
  }

  #assign(rows: Tensor): void {
    const { tf } = this.#engine;
    const parts = tf.split(
      rows,
      this.places.map(({ size }) => size),
      1,
    );
    this.#variables.forEach((variable, index) => {
      variable.assign(tf.reshape(parts[index] as Tensor, variable.shape));
    });
  }
}
