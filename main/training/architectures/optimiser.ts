import type { NamedTensorMap, Scalar, Variable } from '@tensorflow/tfjs-core';
import { UserError } from '../../contract/errors.ts';
import type { Optimiser as OptimiserRecipe } from '../../contract/recipes.ts';
import type { Parameter } from './model.ts';
import type { AdamSettings, AdamSlots, Engine } from '../engines/engine.ts';

/** Settings of a recipe's optimiser. */
export function adamSettings({ kind, ...settings }: OptimiserRecipe): AdamSettings {
  return { ...settings, decoupled: kind === 'adamw' };
}

/** Adam or AdamW: two moments for each parameter. The step number t comes from outside, with each step. */
export class Optimiser {
  readonly #engine: Engine;
  readonly #settings: AdamSettings;
  readonly #slots: ReadonlyArray<{ parameter: Parameter; slots: AdamSlots }>;

  constructor(engine: Engine, parameters: readonly Parameter[], settings: AdamSettings) {
    const { tf } = engine;
    this.#engine = engine;
    this.#settings = settings;
    this.#slots = parameters
      .filter((parameter) => parameter.trainable)
      .map((parameter) => {
        const zeros = () => tf.tidy(() => tf.variable(tf.zeros(parameter.variable.shape), false));
        return { parameter, slots: { m: zeros(), v: zeros() } };
      });
  }

  /** Loss and gradients of all parameters. `loss` may `tf.keep` further results for its caller. */
  gradients(loss: () => Scalar): { value: Scalar; grads: NamedTensorMap } {
    const variables = this.#slots.map(({ parameter }) => parameter.variable);
    return this.#engine.tf.variableGrads(loss, variables);
  }

  /** One update of all parameters, in place. `grads` by the variables' names; `t` scalar float32, 1 at first. */
  apply(grads: NamedTensorMap, t: Scalar): void {
    for (const { parameter, slots } of this.#slots) {
      const gradient = grads[parameter.variable.name];
      if (!gradient) throw new Error(`No gradient for ${parameter.name}`);
      this.#engine.ops.adam(parameter.variable, gradient, slots, t, this.#settings);
    }
  }

  /** Both moments of each parameter, as `<parameter>/m` and `<parameter>/v`. */
  async readState(): Promise<Record<string, Float32Array>> {
    const moments = this.#moments();
    const values = await this.#engine.read([...moments.values()]);
    return Object.fromEntries([...moments.keys()].map((name, index) => [name, values[index]!]));
  }

  /** Loads what `readState()` gave. @throws UserError `checkpoint.mismatch` if an array does not fit */
  load(state: Record<string, Float32Array>): void {
    const values = new Map<Variable, Float32Array>();
    for (const [name, moment] of this.#moments()) {
      const data = state[name];
      if (data?.length !== moment.size) throw checkpointMismatch(name);
      values.set(moment, data);
    }
    this.#engine.write(values);
  }

  dispose(): void {
    for (const { slots } of this.#slots) {
      slots.m.dispose();
      slots.v.dispose();
    }
  }

  #moments(): Map<string, Variable> {
    const moments = new Map<string, Variable>();
    for (const { parameter, slots } of this.#slots) {
      moments.set(`${parameter.name}/m`, slots.m).set(`${parameter.name}/v`, slots.v);
    }
    return moments;
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
