import type { NamedTensorMap, Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import { UserError } from '../../contract/errors.ts';
import type { Optimiser as OptimiserRecipe } from '../../contract/optimisers.ts';
import type { ClassifierRecipe } from '../../contract/recipes.ts';
import { stepSizeFactor } from '../../domain/schedules.ts';
import type { AdamSettings, AdamSlots, Engine, InputForm, TensorMap } from '../engines/engine.ts';
import type { Parameter } from './model.ts';
import { type UpdateRule, updateRule } from './update-rules.ts';

/** The step size of step t, from 1. */
export type StepSizes = (t: number) => number;

/** The step sizes of a recipe. */
export function stepSizes(
  { optimiser: { stepSize }, schedule }: Pick<ClassifierRecipe, 'optimiser' | 'schedule'>,
  stepsPerEpoch: number,
): StepSizes | null {
  if (schedule === undefined) return null;
  const factor = stepSizeFactor(schedule, stepsPerEpoch);
  return (t) => stepSize * factor(t);
}

/** Settings of the engine's kernel for Adam and AdamW; null: another optimiser. */
function adamSettings(recipe: OptimiserRecipe): AdamSettings | null {
  if (recipe.kind !== 'adam' && recipe.kind !== 'adamw') return null;
  const { kind, ...settings } = recipe;
  return { ...settings, decoupled: kind === 'adamw' };
}

/** Updates the trained parameters of one network by its recipe's rule; Adam with a constant step size by the engine's kernel. */
export class Optimiser {
  readonly #engine: Engine;
  readonly #stepSizes: StepSizes;
  readonly #rule: UpdateRule;
  readonly #adam: AdamSettings | null;
  readonly #trained: ReadonlyArray<{ parameter: Parameter; slots: Record<string, Variable> }>;

  /** @param stepSizes null: the recipe's is constant */
  constructor(
    engine: Engine,
    parameters: readonly Parameter[],
    recipe: OptimiserRecipe,
    stepSizes: StepSizes | null = null,
  ) {
    const { tf } = engine;
    const rule = updateRule(recipe);
    this.#engine = engine;
    this.#stepSizes = stepSizes ?? (() => recipe.stepSize);
    this.#rule = rule;
    this.#adam = stepSizes ? null : adamSettings(recipe);
    this.#trained = parameters
      .filter((parameter) => parameter.trainable)
      .map((parameter) => {
        const zeros = () => tf.tidy(() => tf.variable(tf.zeros(parameter.variable.shape), false));
        return { parameter, slots: Object.fromEntries(rule.slots.map((slot) => [slot, zeros()])) };
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
    for (const { parameter, slots } of this.#trained) {
      const gradient = grads[parameter.variable.name];
      if (!gradient) throw new Error(`No gradient for ${parameter.name}`);
      this.#update(parameter.variable, gradient, slots, inputs);
    }
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
  }

  #numbers(t: number): Record<string, number> {
    return this.#adam ? { t } : this.#rule.rates(t, this.#stepSizes(t));
  }

  #update(w: Variable, g: Tensor, slots: Record<string, Variable>, inputs: TensorMap): void {
    const { ops, tf } = this.#engine;
    if (this.#adam) {
      ops.adam(w, g, slots as { m: Variable; v: Variable } satisfies AdamSlots, inputs.t as Scalar, this.#adam);
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
  return new UserError({
    code: 'checkpoint.mismatch',
    what: 'This checkpoint belongs to a different recipe',
    where: name,
    remedy: 'Start the run again without it.',
  });
}
