import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../engine.ts';
import { type DifferentiableOp, differentiable } from '../gradient.ts';

/** tfjs's wasm backend, as far as it is used here. */
export interface WasmBackend {
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array;
}

/**
 * What the ops of this engine are written with: tensors as arrays on the wasm heap, without copies.
 *
 * An allocation may grow the heap, which detaches all arrays on it. So results are allocated first, all arrays are
 * taken after that, and none outlives its `compute`.
 */
export class Heap {
  readonly tf: Tfjs;
  readonly #backend: WasmBackend;

  constructor(tf: Tfjs, backend: WasmBackend) {
    this.tf = tf;
    this.#backend = backend;
  }

  /** A new tensor, filled by `kernel(result, ...inputs)`; the result holds garbage before that. */
  compute<T extends Tensor>(
    shape: number[],
    inputs: Tensor[],
    kernel: (result: Float32Array, ...inputs: Float32Array[]) => void,
  ): T {
    return this.computeMany<[T]>([shape], inputs, ([result], ...arrays) => kernel(result, ...arrays))[0];
  }

  /** Several new tensors from one kernel. */
  computeMany<T extends Tensor[]>(
    shapes: number[][],
    inputs: Tensor[],
    kernel: (results: { [K in keyof T]: Float32Array }, ...inputs: Float32Array[]) => void,
  ): T {
    const engine = this.tf.engine();
    const results = shapes.map((shape) =>
      engine.makeTensorFromTensorInfo(this.#backend.makeOutput(shape, 'float32')),
    ) as T;
    this.view([...results, ...inputs], (...arrays) =>
      kernel(arrays.slice(0, shapes.length) as { [K in keyof T]: Float32Array }, ...arrays.slice(shapes.length)),
    );
    return results;
  }

  /** Shows tensors as arrays. `use` must not make tensors. int32 tensors are shown as what they are. */
  view(tensors: Tensor[], use: (...arrays: Float32Array[]) => void): void {
    use(...tensors.map((tensor) => this.#backend.typedArrayFromHeap(tensor) as Float32Array));
  }

  differentiable<V extends Tensor | Tensor[], S extends Tensor[]>(op: DifferentiableOp<V, S>): V {
    return differentiable(this.tf, op);
  }
}
