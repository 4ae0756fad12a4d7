import type { NamedTensorMap, Scalar, Tensor, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { Optimizer } from '../../contract/recipes/optimizers.ts';
import type { ClassifierRecipe } from '../../contract/recipes/recipes.ts';
import { at } from '../../domain/numbers/arrays.ts';
import { labelLoss, mixedImages, targetForms, type ImageInput } from '../architectures/classifier-steps.ts';
import type { Classifier, Parameter } from '../architectures/model.ts';
import { clipped, type Surroundings } from '../architectures/optimizer.ts';
import { updateRule } from '../architectures/update-rules.ts';
import type { Engine, Entry, InputForm, TensorMap } from '../engines/engine.ts';

const slotForm: InputForm = { shape: [1], dtype: 'int32' };

/**
 * One training step of `count` classifiers side by side, each on a batch of `n` images of its own.
 *
 * Takes `images`, count * n, as `input` says; `labels` [count * n] int32; `dropoutSeeds` [count, 2] int32; what
 * `targetForms` has; and the optimizer's inputs. Gives `losses` [count], the mean cross-entropy of each batch in nats, and
 * `logits` [count * n, classes], both before the update.
 */
export function stackedStep(
  engine: Engine,
  stacked: Classifier,
  optimiser: StackedOptimizer,
  recipe: Pick<ClassifierRecipe, 'batch' | 'labelSmoothing' | 'mixup' | 'softLabels'> & {
    slots: number;
    classes: number;
  },
  input: ImageInput,
): Entry {
  const { tf } = engine;
  const { slots: count, batch: n, labelSmoothing, classes } = recipe;
  const inputs: Entry['inputs'] = {
    images: input.form(count * n),
    labels: { shape: [count * n], dtype: 'int32' },
    dropoutSeeds: { shape: [count, 2], dtype: 'int32' },
    ...targetForms(recipe, count * n, classes),
    ...optimiser.inputs,
  };
  const step: Entry['step'] = (inputs) => {
    const { labels, dropoutSeeds } = inputs as { labels: Tensor1D; dropoutSeeds: Tensor1D };
    const images = mixedImages(tf, input.images(inputs.images as Tensor), inputs);
    const { targets } = inputs as { targets?: Tensor2D };
    const kept: { losses?: Tensor; logits?: Tensor } = {};
    const grads = optimiser.gradients(() => {
      const all = stacked.logits(images, { training: true, dropoutSeed: dropoutSeeds });
      kept.logits = tf.keep(all);
      const logits = tf.split(all, count);
      const right = tf.split(labels, count);
      const soft = targets ? tf.split(targets, count) : [];
      const losses = logits.map((own, k) =>
        labelLoss(engine, own as Tensor2D, right[k] as Tensor1D, labelSmoothing, soft[k] as Tensor2D | undefined),
      );
      kept.losses = tf.keep(tf.stack(losses));
      return tf.addN(losses) as Scalar;
    });
    optimiser.apply(grads, inputs);
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

/** What the optimizer keeps for the network at `slot` [1] int32: each of its arrays, [1, all], in the order of `places`. */
export function slotState({ tf }: Engine, { state }: StackedOptimizer): Entry {
  const step: Entry['step'] = ({ slot }) => ({
    slot: tf.cast(slot as Tensor, 'float32'),
    ...Object.fromEntries(Object.entries(state).map(([name, all]) => [name, tf.gather(all, slot as Tensor1D)])),
  });
  return { step, inputs: { slot: slotForm } };
}

/** A parameter's place in a row of the optimizer's state. */
export interface Place {
  name: string;
  size: number;
}

export type StackedOptimizer = ReturnType<typeof stackedOptimizer>;

/** Updates the parameters of networks side by side, all as one array [count, all], so in few ops. */
export function stackedOptimizer(
  { tf }: Engine,
  parameters: readonly Parameter[],
  count: number,
  { recipe, stepSizes = () => recipe.stepSize, clip }: Surroundings & { recipe: Optimizer },
) {
  const rule = updateRule(recipe);
  const trained = parameters.filter(({ trainable }) => trainable);
  const variables = trained.map(({ variable }) => variable);
  /** The trained parameters in their order in a row of the state; sizes for one network. */
  const places = trained.map(({ name, variable }): Place => ({ name, size: variable.size / count }));
  const sizes = places.map(({ size }) => size);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const zeros = (): Variable => tf.tidy(() => tf.variable(tf.zeros([count, all]), false));
  /** What the optimizer keeps, each [count, all], by the names of the rule's slots. */
  const state: Readonly<Record<string, Variable>> = Object.fromEntries(rule.slots.map((name) => [name, zeros()]));
  /** Networks may be at different steps. Those in empty slots do not change. */
  const rates = (t: number | undefined) => (t === undefined ? rule.rates(1, 0) : rule.rates(t, stepSizes(t)));
  const rows = (tensors: Tensor[]): Tensor2D =>
    tf.concat(
      tensors.map((tensor) => tf.reshape(tensor, [count, tensor.size / count]) as Tensor2D),
      1,
    );
  const form: InputForm = { shape: [count, 1], dtype: 'float32' };

  return {
    places: places as readonly Place[],
    state,
    /** Inputs that each step needs for `apply`: a number for each network. */
    inputs: Object.fromEntries(Object.keys(rates(1)).map((name) => [name, form])),

    /** Values of `inputs`; the caller disposes of them. @param steps of each network, from 1; undefined: an empty slot */
    feed(steps: readonly (number | undefined)[]): TensorMap {
      const each = steps.map(rates);
      const numbers = Object.keys(at(each, 0)).map((name) => [name, each.map((own) => [own[name] ?? 0])] as const);
      return Object.fromEntries(numbers.map(([name, values]) => [name, tf.tensor2d(values)]));
    },

    /** Gradients of all parameters. `loss`: the sum of the networks' losses, so that each gets its own gradient. */
    gradients(loss: () => Scalar): NamedTensorMap {
      const { value, grads } = tf.variableGrads(loss, variables);
      value.dispose();
      return grads;
    },

    /** One update, in place. */
    apply(grads: NamedTensorMap, inputs: TensorMap): void {
      tf.tidy(() => {
        const w = rows(variables);
        const raw = rows(variables.map(({ name }) => grads[name] as Tensor));
        const g = at(clipped(tf, [raw], clip, true), 0);
        const { w: weights, ...next } = rule.update(tf, { ...inputs, ...state, w, g });
        for (const [name, variable] of Object.entries(state)) variable.assign(next[name] as Tensor);
        const parts = tf.split(weights as Tensor, sizes, 1);
        variables.forEach((variable, index) => {
          variable.assign(tf.reshape(parts[index] as Tensor, variable.shape));
        });
      });
    },

    dispose(): void {
      for (const variable of Object.values(state)) variable.dispose();
    },
  };
}
