import type { Tensor } from '@tensorflow/tfjs-core';

/** An attribute of a TensorFlow op, as the binding takes it. */
export interface Attribute {
  name: string;
  type: number;
  value: boolean | number | string | number[];
}

/** Number of a TensorFlow tensor in the binding. */
export type TensorId = number;

/** The native binding (tfjs-node's tfjs_binding.d.ts), as far as it is used here. */
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

/** tfjs-node's backend, as far as it is used here. */
export interface NodeBackend {
  /** Changed while a step is recorded. */
  binding: Binding;
  readonly tensorMap: { get(dataId: object): { id: TensorId; values: unknown; refCount: number } };
  executeSingleOutput(name: string, attributes: Attribute[], inputs: Tensor[]): Tensor;
  executeMultipleOutputs(name: string, attributes: Attribute[], inputs: Tensor[], outputs: number): Tensor[];
  getInputTensorIds(tensors: Tensor[]): TensorId[];
  getNumOfTFTensors(): number;
}

/** Attributes of TensorFlow ops by kind. */
export class Attributes {
  readonly #binding: Binding;
  /** `T = float32`, which nearly every op wants. */
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
