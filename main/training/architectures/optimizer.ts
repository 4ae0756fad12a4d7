import type { NamedTensorMap, Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import { UserError } from '../../contract/wire/errors.ts';
import type { Optimizer as OptimizerRecipe } from '../../contract/recipes/optimizers.ts';
import type { ClassifierRecipe } from '../../contract/recipes/recipes.ts';
import type { Clip } from '../../contract/recipes/training-parts.ts';
import { at } from '../../domain/numbers/arrays.ts';
import { stepSizeFactor } from '../../domain/numbers/schedules.ts';
import type { AdamSettings, AdamSlots, Engine, InputForm, TensorMap, Tfjs } from '../engines/engine.ts';
import type { Parameter } from './model.ts';
import { updateRule } from './update-rules.ts';

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

export type Optimizer = ReturnType<typeof optimizer>;

/** Updates the trained parameters of one network by its recipe's rule, or by the engine's kernel where the learning rate is constant. */
export function optimizer(
  engine: Engine,
  parameters: readonly Parameter[],
  recipe: OptimizerRecipe,
  { stepSizes, clip }: Partial<Surroundings> = {},
) {
  const { ops, tf } = engine;
  const rule = updateRule(recipe);
  const kernel = stepSizes ? null : kernelSettings(recipe);
  const trained = parameters
    .filter((parameter) => parameter.trainable)
    .map((parameter): Trained => {
      const zeros = () => tf.tidy(() => tf.variable(tf.zeros(parameter.variable.shape), false));
      const slots = Object.fromEntries(rule.slots.map((slot) => [slot, zeros()]));
      return { parameter, slots, unkept: kernel && !slots.m ? zeros() : null };
    });
  const named: ReadonlyMap<string, Variable> = new Map(
    trained.flatMap(({ parameter, slots }) =>
      Object.entries(slots).map(([slot, variable]) => [`${parameter.name}/${slot}`, variable] as const),
    ),
  );
  const scalar: InputForm = { shape: [], dtype: 'float32' };

  function numbers(t: number): Record<string, number> {
    if (kernel) return { t: kernel.corrects ? t : longAfter };
    return rule.rates(t, stepSizes ? stepSizes(t) : recipe.stepSize);
  }

  function update({ parameter, slots, unkept }: Trained, g: Tensor, inputs: TensorMap): void {
    const w = parameter.variable;
    if (kernel) {
      // Rounding depends on what the kernel averages with the gradient, even if that counts 0 times.
      if (unkept) tf.tidy(() => unkept.assign(tf.zerosLike(unkept)));
      const moments = { ...(unkept && { m: unkept }), ...slots } as { m: Variable; v: Variable } satisfies AdamSlots;
      ops.adam(w, g, moments, inputs.t as Scalar, kernel.settings);
      return;
    }
    tf.tidy(() => {
      const next = rule.update(tf, { ...inputs, ...slots, w, g });
      for (const [name, variable] of Object.entries({ ...slots, w })) variable.assign(next[name] as Tensor);
    });
  }

  return {
    /** Inputs that each step needs for `apply`, all scalars. */
    inputs: Object.fromEntries(Object.keys(numbers(1)).map((name) => [name, scalar])),

    /** Values of `inputs` at step t, from 1; the caller disposes of them. */
    feed: (t: number): TensorMap =>
      Object.fromEntries(Object.entries(numbers(t)).map(([name, value]) => [name, tf.scalar(value)])),

    /** Loss and gradients of all parameters. `loss` may `tf.keep` further results for its caller. */
    gradients: (loss: () => Scalar): { value: Scalar; grads: NamedTensorMap } =>
      tf.variableGrads(
        loss,
        trained.map(({ parameter }) => parameter.variable),
      ),

    /** One update of all parameters, in place. `grads` by the variables' names. */
    apply(grads: NamedTensorMap, inputs: TensorMap): void {
      const raw = trained.map(({ parameter }) => {
        const gradient = grads[parameter.variable.name];
        if (!gradient) throw new Error(`No gradient for ${parameter.name}`);
        return gradient;
      });
      const gradients = clipped(tf, raw, clip);
      trained.forEach((each, index) => update(each, at(gradients, index), inputs));
    },

    /** Each parameter's slots, as `<parameter>/<slot>`, e.g. Adam's moments `dense1.weight/m`. */
    async readState(): Promise<Record<string, Float32Array>> {
      const values = await engine.read([...named.values()]);
      return Object.fromEntries([...named.keys()].map((name, index) => [name, values[index]!]));
    },

    /** Loads what `readState()` gave. @throws UserError `checkpoint.mismatch` if an array does not fit */
    load(state: Record<string, Float32Array>): void {
      const values = new Map<Variable, Float32Array>();
      for (const [name, slot] of named) {
        const data = state[name];
        if (data?.length !== slot.size) throw checkpointMismatch(name);
        values.set(slot, data);
      }
      engine.write(values);
    },

    dispose(): void {
      for (const slot of named.values()) slot.dispose();
      for (const { unkept } of trained) unkept?.dispose();
    },
  };
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
