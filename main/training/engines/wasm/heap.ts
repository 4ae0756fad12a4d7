import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { UserError } from '../../../contract/wire/errors.ts';
import type { Tfjs } from '../engine.ts';
import { type DifferentiableOp, differentiable } from '../gradient.ts';
import type { Convolution } from '../layers.ts';
import type { Kernels, Pointer } from './kernels.ts';

/** The part of tfjs's wasm backend that is used here. */
export interface WasmBackend {
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array;
  refCount(dataId: object): number;
  readonly dataIdMap: { get(dataId: object): { memoryOffset: Pointer } };
  readonly wasm: {
    _malloc(bytes: number): Pointer;
    _free(address: Pointer): void;
    HEAP32: Int32Array;
    asm: { memory: WebAssembly.Memory; malloc(bytes: number): Pointer };
  };
}

/**
 * Tensors as addresses in the wasm heap, and scratch memory. All ops of this engine are written with it.
 *
 * An allocation may grow the heap, which detaches all arrays on it; addresses stay valid. Results are allocated first.
 */
export class Heap {
  readonly tf: Tfjs;
  readonly kernels: Kernels;
  readonly #backend: WasmBackend;
  #scratch: { address: Pointer; bytes: number } | undefined;
  #geometry: Pointer = 0;

  constructor(tf: Tfjs, backend: WasmBackend, kernels: Kernels) {
    this.tf = tf;
    this.kernels = kernels;
    this.#backend = backend;
  }

  /** A new tensor, filled by `kernel(result, ...inputs)`; it is uninitialized before. */
  compute<T extends Tensor>(
    shape: number[],
    inputs: Tensor[],
    kernel: (result: Pointer, ...inputs: Pointer[]) => void,
  ): T {
    return this.computeMany<[T]>([shape], inputs, ([result], ...others) => kernel(result, ...others))[0];
  }

  /** Several new tensors from one kernel. */
  computeMany<T extends Tensor[]>(
    shapes: number[][],
    inputs: Tensor[],
    kernel: (results: { [K in keyof T]: Pointer }, ...inputs: Pointer[]) => void,
  ): T {
    const results = this.allocate<T>(shapes);
    kernel(
      results.map((tensor) => this.address(tensor)) as { [K in keyof T]: Pointer },
      ...inputs.map((tensor) => this.address(tensor)),
    );
    return results;
  }

  /** New, uninitialized tensors. */
  allocate<T extends Tensor[]>(shapes: number[][]): T {
    return shapes.map((shape) => this.#allocate(shape)) as T;
  }

  /** Address of a tensor's values, valid until it is disposed of. */
  address(tensor: Tensor): Pointer {
    return this.#backend.dataIdMap.get(tensor.dataId).memoryOffset;
  }

  /** Views tensors as arrays (int32 ones as Int32Array). `use` must not create tensors. */
  view(tensors: Tensor[], use: (...arrays: Float32Array[]) => void): void {
    use(...tensors.map((tensor) => this.#backend.typedArrayFromHeap(tensor) as Float32Array));
  }

  /** Whether another tensor has the same memory, as after `clone` or `reshape`. */
  isShared(tensor: Tensor): boolean {
    return this.#backend.refCount(tensor.dataId) > 1;
  }

  /** Memory for one kernel's intermediate results: a single block for all kernels, which only grows. */
  scratch(bytes: number): Pointer {
    if (this.#scratch && this.#scratch.bytes >= bytes) return this.#scratch.address;
    if (this.#scratch) this.#backend.wasm._free(this.#scratch.address);
    this.#scratch = undefined;
    this.#scratch = { address: this.#reserve(bytes), bytes };
    return this.#scratch.address;
  }

  /** Writes a convolution's sizes to memory for the kernels; valid until the next call. */
  geometry(convolution: Convolution): Pointer {
    this.#geometry ||= this.#reserve(64);
    this.#backend.wasm.HEAP32.set(Object.values(convolution), this.#geometry / 4);
    return this.#geometry;
  }

  differentiable<V extends Tensor | Tensor[], S extends Tensor[]>(op: DifferentiableOp<V, S>): V {
    return differentiable(this.tf, op);
  }

  #allocate(shape: number[]): Tensor {
    return this.tf.engine().makeTensorFromTensorInfo(this.#backend.makeOutput(shape, 'float32'));
  }

  #reserve(bytes: number): Pointer {
    return this.#backend.wasm._malloc(bytes) >>> 0;
  }
}

/** Sizes are numbers of 32 bits: of a larger one only the rest would be reserved. */
const mostBytes = 2 ** 32 - 1;

/**
 * Has tfjs fail where there is no memory left. By itself it does not look, and writes at address 0, over whatever is there.
 * @throws UserError `engine.out-of-memory`, in whatever asks for more
 */
export function refuseNoMemory({ wasm }: WasmBackend): void {
  const { malloc } = wasm.asm;
  wasm._malloc = (bytes) => {
    const address = bytes > mostBytes ? 0 : malloc(bytes);
    if (address === 0 && bytes > 0) throw outOfMemory(bytes);
    return address;
  };
}

function outOfMemory(bytes: number): UserError {
  return new UserError(
    'engine.out-of-memory',
    `The wasm engine is out of memory: it needs ${Math.ceil(bytes / 2 ** 20)} MiB more`,
    'main/training/engines/wasm',
    'Use a smaller batch, fewer seeds in one step, or the tensorflow engine.',
  );
}
