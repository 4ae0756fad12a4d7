import type { NamedTensorMap, Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import { UserError } from '../../contract/errors.ts';
import type { Optimizer as OptimizerRecipe } from '../../contract/optimizers.ts';
import type { ClassifierRecipe } from '../../contract/recipes.ts';
import type { Clip } from '../../contract/training-parts.ts';
import { at } from '../../domain/arrays.ts';
import { stepSizeFactor } from '../../domain/schedules.ts';
import type { AdamSettings, AdamSlots, Engine, InputForm, TensorMap, Tfjs } from '../engines/engine.ts';
import type { Parameter } from './model.ts';
import { type UpdateRule, updateRule } from './update-rules.ts';

/** The learning rate of step t, from 1. */
export type StepSizes = (t: number) => number;

/** What surrounds the rule of an optimizer. */
export interface Surroundings {
  /** Undefined: the optimizer's own learning rate. */
  stepSizes: StepSizes | undefined;
  /** Undefined: gradients are not clipped. */
  clip: Clip | undefined;
}

/** Learning rates and clipping of a recipe. */
export function surroundings(
  { optimiser: { stepSize }, schedule, clip }: ClassifierRecipe,
  stepsPerEpoch: number,
): Surroundings {
  const factor = schedule && stepSizeFactor(schedule, stepsPerEpoch);
  return { stepSizes: factor && ((t) => stepSize * factor(t)), clip };
}

/**
 * Gradients after clipping; with `alongRows` each is [networks, all] and each network has a norm of its own. PyTorch adds
 * the same 1e-6 to the norm.
 */
export function clipped(
  tf: Tfjs,
  gradients: readonly Tensor[],
  clip: Clip | undefined,
  alongRows = false,
): readonly Tensor[] {
  if (clip === undefined) return gradients;
  const { by, limit } = clip;
  return tf.tidy(() => {
    if (by === 'value') return gradients.map((gradient) => tf.clipByValue(gradient, -limit, limit));
    const squares = gradients.map((gradient) => tf.sum(tf.square(gradient), alongRows ? 1 : undefined, alongRows));
    const norm = tf.sqrt(tf.addN(squares));
    const factor = tf.minimum(tf.div(limit, tf.add(norm, 1e-6)), 1);
    return gradients.map((gradient) => tf.mul(gradient, factor));
  });
}

/** A step after which Adam corrects no bias: 1 - beta^t is 1 in float32, whatever beta is below 0.99999998. */
const longAfter = 1e9;

/**
 * Settings of the engine's kernel for Adam, AdamW and RMSprop without momentum, which is Adam whose first moment is the
 * gradient itself (beta1 0) and which corrects no bias; null: another optimizer.
 */
function kernelSettings(recipe: OptimizerRecipe): { settings: AdamSettings; corrects: boolean } | null {
  if (recipe.kind === 'adam' || recipe.kind === 'adamw') {
    const { kind, ...settings } = recipe;
    return { settings: { ...settings, decoupled: kind === 'adamw' }, corrects: true };
  }
  if (recipe.kind === 'rmsprop' && recipe.momentum === 0) {
    const { kind: _, momentum: __, ...settings } = recipe;
    return { settings: { ...settings, beta1: 0, decoupled: false }, corrects: false };
  }
  return null;
}

interface Trained {
  parameter: Parameter;
  slots: Record<string, Variable>;
  /** Where the kernel puts a first moment that no later step needs; null: it has a slot, or there is no kernel. */
  unkept: Variable | null;
}

/** Updates the trained parameters of one network by its recipe's rule, or by the engine's kernel where the learning rate is constant. */
export class Optimizer {
  readonly #engine: Engine;
  readonly #stepSizes: StepSizes;
  readonly #clip: Clip | undefined;
  readonly #rule: UpdateRule;
  readonly #kernel: ReturnType<typeof kernelSettings>;
  readonly #trained: readonly Trained[];

  constructor(
    engine: Engine,
    parameters: readonly Parameter[],
    recipe: OptimizerRecipe,
    { stepSizes, clip }: Partial<Surroundings> = {},
  ) {
    const { tf } = engine;
    const rule = updateRule(recipe);
    this.#engine = engine;
    this.#stepSizes = stepSizes ?? (() => recipe.stepSize);
    this.#clip = clip;
    this.#rule = rule;
    const kernel = stepSizes ? null : kernelSettings(recipe);
    this.#kernel = kernel;
    this.#trained = parameters
      .filter((parameter) => parameter.trainable)
      .map((parameter) => {
        const zeros = () => tf.tidy(() => tf.variable(tf.zeros(parameter.variable.shape), false));
        const slots = Object.fromEntries(rule.slots.map((slot) => [slot, zeros()]));
        return { parameter, slots, unkept: kernel && !slots.m ? zeros() : null };
      });
  }

  /** Inputs that each step needs for `apply`, all scalars. */
  get inputs(): Record<string, InputForm> {
    const names = Object.keys(this.#numbers(1));
    return Object.fromEntries(names.map((name) => [name, { shape: [], dtype: 'float32' }]));
  }

  /** Values of `inputs` at step t, from 1; the caller disposes of them. */
  feed(t: number): TensorMap {
    const numbers = Object.entries(this.#numbers(t));
    return Object.fromEntries(numbers.map(([name, value]) => [name, this.#engine.tf.scalar(value)]));
  }

  /** Loss and gradients of all parameters. `loss` may `tf.keep` further results for its caller. */
  gradients(loss: () => Scalar): { value: Scalar; grads: NamedTensorMap } {
    const variables = this.#trained.map(({ parameter }) => parameter.variable);
    return this.#engine.tf.variableGrads(loss, variables);
  }

  /** One update of all parameters, in place. `grads` by the variables' names. */
  apply(grads: NamedTensorMap, inputs: TensorMap): void {
    const raw = this.#trained.map(({ parameter }) => {
      const gradient = grads[parameter.variable.name];
      if (!gradient) throw new Error(`No gradient for ${parameter.name}`);
      return gradient;
    });
    const gradients = clipped(this.#engine.tf, raw, this.#clip);
    this.#trained.forEach((each, index) => {
      this.#update(each, at(gradients, index), inputs);
    });
  }

  /** Each parameter's slots, as `<parameter>/<slot>`, e.g. Adam's moments `dense1.weight/m`. */
  async readState(): Promise<Record<string, Float32Array>> {
    const slots = this.#slots();
    const values = await this.#engine.read([...slots.values()]);
    return Object.fromEntries([...slots.keys()].map((name, index) => [name, values[index]!]));
  }

  /** Loads what `readState()` gave. @throws UserError `checkpoint.mismatch` if an array does not fit */
  load(state: Record<string, Float32Array>): void {
    const values = new Map<Variable, Float32Array>();
    for (const [name, slot] of this.#slots()) {
      const data = state[name];
      if (data?.length !== slot.size) throw checkpointMismatch(name);
      values.set(slot, data);
    }
    this.#engine.write(values);
  }

  dispose(): void {
    for (const slot of this.#slots().values()) slot.dispose();
    for (const { unkept } of this.#trained) unkept?.dispose();
  }

  #numbers(t: number): Record<string, number> {
    return this.#kernel ? { t: this.#kernel.corrects ? t : longAfter } : this.#rule.rates(t, this.#stepSizes(t));
  }

  #update({ parameter, slots, unkept }: Trained, g: Tensor, inputs: TensorMap): void {
    const { ops, tf } = this.#engine;
    const w = parameter.variable;
    if (this.#kernel) {
      // Rounding depends on what the kernel averages with the gradient, even if that counts 0 times.
      if (unkept) tf.tidy(() => unkept.assign(tf.zerosLike(unkept)));
      const moments = { ...(unkept && { m: unkept }), ...slots } as { m: Variable; v: Variable } satisfies AdamSlots;
      ops.adam(w, g, moments, inputs.t as Scalar, this.#kernel.settings);
      return;
    }
    tf.tidy(() => {
      const next = this.#rule.update(tf, { ...inputs, ...slots, w, g });
      for (const [name, variable] of Object.entries({ ...slots, w })) variable.assign(next[name] as Tensor);
    });
  }

  #slots(): Map<string, Variable> {
    const named = this.#trained.flatMap(({ parameter, slots }) =>
      Object.entries(slots).map(([slot, variable]) => [`${parameter.name}/${slot}`, variable] as const),
    );
    return new Map(named);
  }
}

/** An array of a checkpoint that is missing or of another length. */
export function checkpointMismatch(name: string): UserError {
  return new UserError(
    'checkpoint.mismatch',
    'This checkpoint belongs to a different recipe',
    name,
    'Start the run again without it.',
  );
}
