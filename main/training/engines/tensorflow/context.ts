import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../engine.ts';
import { differentiable, type DifferentiableOp } from '../gradient.ts';

/** An attribute of a TensorFlow op, as the binding takes it. */
export interface Attribute {
  name: string;
  type: number;
  value: boolean | number | string | number[];
}

/** Number of a TensorFlow tensor in the binding. */
export type TensorId = number;

/** The part of the native binding (tfjs-node's tfjs_binding.d.ts) that is used here. */
export interface Binding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_BOOL: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  createTensor(shape: readonly number[], dtype: number, values: Float32Array | Int32Array): TensorId;
  deleteTensor(id: TensorId): void;
  executeOp(name: string, attributes: Attribute[], inputs: TensorId[], outputs: number): Array<{ id: TensorId }>;
  tensorDataSync(id: TensorId): Float32Array | Int32Array | Uint8Array;
  /** A session on the graph in a folder's saved_model.pb with this tag. */
  loadSavedModel(folder: string, tag: string): number;
  deleteSavedModel(session: number): void;
  getNumOfSavedModels(): number;
  /** `inputs` and `outputs`: `<node>:<output>`, joined by commas. */
  runSavedModel(session: number, ids: TensorId[], inputs: string, outputs: string): Array<{ id: TensorId }>;
  isUsingGpuDevice(): boolean;
}

/** The part of tfjs-node's backend that is used here. */
export interface NodeBackend {
  /** Replaced while a step is recorded. */
  binding: Binding;
  readonly tensorMap: { get(dataId: object): { id: TensorId; values: unknown; refCount: number } };
  executeSingleOutput(name: string, attributes: Attribute[], inputs: Tensor[]): Tensor;
  executeMultipleOutputs(name: string, attributes: Attribute[], inputs: Tensor[], outputs: number): Tensor[];
  getInputTensorIds(tensors: Tensor[]): TensorId[];
  getNumOfTFTensors(): number;
}

/** Attributes of TensorFlow ops by kind. */
class Attributes {
  readonly #binding: Binding;
  /** `T = float32`, which nearly every op needs. */
  readonly T: Attribute;

  constructor(binding: Binding) {
    this.#binding = binding;
    this.T = this.type('T', 'float32');
  }

  type(name: string, dtype: 'float32' | 'int32' | 'bool'): Attribute {
    const { TF_FLOAT, TF_INT32, TF_BOOL, TF_ATTR_TYPE } = this.#binding;
    const value = { float32: TF_FLOAT, int32: TF_INT32, bool: TF_BOOL }[dtype];
    return { name, type: TF_ATTR_TYPE, value };
  }

  int(name: string, value: number | number[]): Attribute {
    return { name, type: this.#binding.TF_ATTR_INT, value };
  }

  float(name: string, value: number): Attribute {
    return { name, type: this.#binding.TF_ATTR_FLOAT, value };
  }

  bool(name: string, value: boolean): Attribute {
    return { name, type: this.#binding.TF_ATTR_BOOL, value };
  }

  string(name: string, value: string): Attribute {
    return { name, type: this.#binding.TF_ATTR_STRING, value };
  }

  shape(name: string, value: number[]): Attribute {
    return { name, type: this.#binding.TF_ATTR_SHAPE, value };
  }
}

/** Performs ops that change variables in place. */
export interface Updates {
  /** The op's inputs are the variables, as resource handles, then `inputs`. */
  update(op: string, attributes: Attribute[], variables: readonly Variable[], inputs: readonly Tensor[]): void;
}

/** Runs TensorFlow's ops by name on tfjs tensors. All ops of this engine are written with it. */
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

  /** An int32 vector, as TensorFlow expects shapes and axes. */
  ints(values: readonly number[]): Tensor1D {
    return this.tf.tensor1d([...values], 'int32');
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

  /**
   * Sum over all axes but the last. TensorFlow adds row after row in float32: over the 100,352 rows of a CNN's batch
   * this loses three digits. So many rows are added in parts of about equal length, then the sums of the parts.
   */
  sumToLast(x: Tensor): Tensor1D {
    const columns = x.shape.at(-1) ?? 1;
    const rows = x.size / columns;
    const parts = rows > longestSum ? divisorNearRoot(rows) : 1;
    if (parts === 1) return this.#sumRows(x);
    const sums = this.#sumRows(this.tf.reshape(x, [rows / parts, parts * columns]));
    return this.#sumRows(this.tf.reshape(sums, [parts, columns]));
  }

  #sumRows(x: Tensor): Tensor1D {
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

/** Rows that are added one after the other. */
const longestSum = 256;

/** The largest divisor of n that is at most its square root. */
function divisorNearRoot(n: number): number {
  let divisor = Math.floor(Math.sqrt(n));
  while (n % divisor !== 0) divisor--;
  return divisor;
}
