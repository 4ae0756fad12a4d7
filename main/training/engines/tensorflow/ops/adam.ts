import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { AdamSettings, Ops } from '../../engine.ts';
import type { Attribute, Context, TensorId, Updates } from '../context.ts';

/** Adam by TensorFlow's fused kernel, in place. */
export function adamOp(c: Context): Pick<Ops, 'adam'> {
  const resources = new Resources(c);
  const { attr } = c;
  const at = [attr.T, attr.bool('use_locking', false), attr.bool('use_nesterov', false)];

  return {
    adam: (parameter, gradient, slots, t, settings) =>
      c.tf.tidy(() => {
        const { weightDecay, decoupled } = settings;
        const decays = weightDecay > 0;
        const g = decays && !decoupled ? c.add(gradient, c.mul(parameter, weightDecay)) : gradient;
        const shrink = decays && decoupled ? c.mul(parameter, settings.stepSize * weightDecay) : undefined;
        const updates = c.updates ?? resources;
        const inputs = [...updateConstants(c, t, settings), g];
        updates.update('ResourceApplyAdam', at, [parameter, slots.m, slots.v], inputs);
        if (shrink) updates.update('AssignSubVariableOp', [attr.type('dtype', 'float32')], [parameter], [shrink]);
      }),
  };
}

/**
 * The scalars of ResourceApplyAdam. Its own bias correction places epsilon differently from Kingma & Ba and PyTorch:
 * sqrt(v / (1 - beta2^t)) + epsilon. So it gets beta^t = 0, i.e. no correction, and both corrections are part of the step
 * size and of epsilon: stepSize * sqrt(c2) / c1 and epsilon * sqrt(c2), where c = 1 - beta^t.
 */
function updateConstants(c: Context, t: Tensor, { stepSize, beta1, beta2, epsilon }: AdamSettings): Tensor[] {
  const { tf } = c;
  // The kernel uses the float32 beta, so the correction must too; otherwise v is off by 5e-5.
  const correction = (beta: number): Tensor => c.run('Neg', [c.run('Expm1', [c.mul(t, Math.log(Math.fround(beta)))])]);
  const root = c.run('Sqrt', [correction(beta2)]);
  const step = c.mul(c.run('Div', [root, correction(beta1)]), stepSize);
  return [tf.scalar(0), tf.scalar(0), step, tf.scalar(beta1), tf.scalar(beta2), c.mul(root, epsilon)];
}

/** A TensorFlow resource variable behind a tfjs variable, and the tensor that was last read from it. */
interface Resource {
  handle: TensorId;
  read: TensorId;
}

/**
 * Immediate updates of variables, outside of any recorded step.
 *
 * tfjs variables are plain tensors, so each gets a resource variable behind it. TensorFlow copies a resource before an
 * update if a tensor still shares its memory. So the tfjs variable releases its tensor first, and takes a new one, which
 * shares the memory, afterwards.
 */
class Resources implements Updates {
  readonly #c: Context;
  readonly #known = new WeakMap<Variable, Resource>();
  readonly #registry: FinalizationRegistry<TensorId>;
  #count = 0;

  constructor(c: Context) {
    this.#c = c;
    this.#registry = new FinalizationRegistry((handle) => this.#destroy(handle));
  }

  update(op: string, attributes: Attribute[], variables: readonly Variable[], inputs: readonly Tensor[]): void {
    const { backend } = this.#c;
    const ids = backend.getInputTensorIds([...inputs]);
    const handles = variables.map((variable) => this.#release(variable));
    backend.binding.executeOp(op, attributes, [...handles, ...ids], 0);
    for (const variable of variables) this.#take(variable);
  }

  /** The handle of a variable's resource, which now holds its value alone. `take` must follow. */
  #release(variable: Variable): TensorId {
    const { backend } = this.#c;
    const [id] = backend.getInputTensorIds([variable]) as [TensorId];
    const resource = this.#known.get(variable) ?? this.#create(variable);
    // The variable was assigned to since: the resource takes that value.
    if (resource.read !== id) this.#assign(resource.handle, id);
    backend.binding.deleteTensor(id);
    return resource.handle;
  }

  /** Gives the variable the resource's value, without a copy. */
  #take(variable: Variable): void {
    const { attr, backend } = this.#c;
    const resource = this.#known.get(variable)!;
    const [read] = backend.binding.executeOp('ReadVariableOp', [attr.type('dtype', 'float32')], [resource.handle], 1);
    resource.read = read!.id;
    backend.tensorMap.get(variable.dataId).id = read!.id;
  }

  #assign(handle: TensorId, value: TensorId): void {
    const { attr, backend } = this.#c;
    backend.binding.executeOp('AssignVariableOp', [attr.type('dtype', 'float32')], [handle, value], 0);
  }

  #create(variable: Variable): Resource {
    const { attr, backend } = this.#c;
    const attributes = [
      attr.type('dtype', 'float32'),
      attr.shape('shape', variable.shape),
      attr.string('shared_name', `boundary/${this.#count++}`),
      attr.string('container', ''),
    ];
    const [handle] = backend.binding.executeOp('VarHandleOp', attributes, [], 1);
    const resource = { handle: handle!.id, read: -1 };
    this.#known.set(variable, resource);
    this.#registry.register(variable, resource.handle);
    return resource;
  }

  #destroy(handle: TensorId): void {
    const { attr, backend } = this.#c;
    backend.binding.executeOp('DestroyResourceOp', [attr.bool('ignore_lookup_error', true)], [handle], 0);
    backend.binding.deleteTensor(handle);
  }
}
