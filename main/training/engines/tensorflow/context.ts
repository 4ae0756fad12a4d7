import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../engine.ts';
import { type DifferentiableOp, differentiable } from '../gradient.ts';
import { type Attribute, Attributes, type NodeBackend } from './raw.ts';

/** What performs ops that change variables in place. */
export interface Updates {
  /** `variables` are the op's first inputs, as handles of resources; `inputs` follow them. */
  update(op: string, attributes: Attribute[], variables: readonly Variable[], inputs: readonly Tensor[]): void;
}

/** What the ops of this engine are written with: TensorFlow's own ops by name, on tfjs tensors. */
export class Context {
  readonly tf: Tfjs;
  readonly backend: NodeBackend;
  readonly attr: Attributes;
  readonly nhwc: Attribute;
  /** Performs updates of variables while a step is recorded. */
  updates: Updates | undefined;

  constructor(tf: Tfjs, backend: NodeBackend) {
    this.tf = tf;
    this.backend = backend;
    this.attr = new Attributes(backend.binding);
    this.nhwc = this.attr.string('data_format', 'NHWC');
  }

  /** Runs a TensorFlow op with one result. */
  run<T extends Tensor>(op: string, inputs: Tensor[], attributes: Attribute[] = [this.attr.T]): T {
    return this.backend.executeSingleOutput(op, attributes, inputs) as T;
  }

  /** Runs a TensorFlow op with several results. */
  runMany(op: string, inputs: Tensor[], attributes: Attribute[], outputs: number): Tensor[] {
    return this.backend.executeMultipleOutputs(op, attributes, inputs, outputs);
  }

  differentiable<V extends Tensor | Tensor[], S extends Tensor[]>(op: DifferentiableOp<V, S>): V {
    return differentiable(this.tf, op);
  }

  /** An int32 vector: what TensorFlow takes for shapes and axes. */
  ints(values: number[]): Tensor1D {
    return this.tf.tensor1d(values, 'int32');
  }

  /** Sum or mean over one axis. */
  reduce<T extends Tensor>(op: 'Sum' | 'Mean', x: Tensor, axis: number, keepDims: boolean): T {
    const { attr } = this;
    return this.run(op, [x, this.ints([axis])], [attr.T, attr.bool('keep_dims', keepDims), attr.type('Tidx', 'int32')]);
  }

  /** x times y, broadcast; y may be a number. */
  mul<T extends Tensor>(x: T, y: Tensor | number): T {
    return this.run('Mul', [x, typeof y === 'number' ? this.tf.scalar(y) : y]);
  }

  add<T extends Tensor>(x: T, y: Tensor | number): T {
    return this.run('AddV2', [x, typeof y === 'number' ? this.tf.scalar(y) : y]);
  }

  sub<T extends Tensor>(x: T, y: Tensor | number): T {
    return this.run('Sub', [x, typeof y === 'number' ? this.tf.scalar(y) : y]);
  }

  /** Sum over all axes but the last. */
  sumToLast(x: Tensor): Tensor1D {
    return this.run('BiasAddGrad', [x], [this.attr.T, this.nhwc]);
  }

  matMul<T extends Tensor>(a: Tensor, b: Tensor, transposeA = false, transposeB = false): T {
    const { attr } = this;
    if (a.rank === 2)
      return this.run(
        'MatMul',
        [a, b],
        [attr.T, attr.bool('transpose_a', transposeA), attr.bool('transpose_b', transposeB)],
      );
    return this.run('BatchMatMulV2', [a, b], [attr.T, attr.bool('adj_x', transposeA), attr.bool('adj_y', transposeB)]);
  }
}
