import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../contract/wire/errors.ts';
import { productFolder } from '../../../files/places.ts';

/** An address in the heap. */
export type Pointer = number;

/** A list of so many. */
type List<N extends number, T, Known extends T[] = []> = Known['length'] extends N ? Known : List<N, T, [...Known, T]>;

/** A kernel with so many arguments; bytes or floats that others need are its result, or it has none. */
type Kernel<Arguments extends number, Result = void> = (...given: List<Arguments, number>) => Result;

/**
 * The exports of assembly/index.ts, where their arguments are described: addresses, of float32 unless stated otherwise,
 * and sizes; results come first. `geometry` is the address of eleven int32, see assembly/geometry.ts. For kernels with
 * `scratch`, another function gives the number of bytes that they need.
 */
export interface Kernels {
  gemmScratch: Kernel<1, number>;
  /** C [m, n] = op(A) op(B) + bias; a `bias` of 0 is none. */
  gemm(
    transposeA: boolean,
    transposeB: boolean,
    ...given: [...List<10, number>, accumulate: boolean, scratch: Pointer]
  ): void;
  convolveScratch: Kernel<1, number>;
  convolve: Kernel<5>;
  filterGradientScratch: Kernel<1, number>;
  filterGradient: Kernel<5>;
  convolveTransposedScratch: Kernel<1, number>;
  convolveTransposed: Kernel<5>;
  maxPool: Kernel<6>;
  maxPoolBack: Kernel<7>;
  batchNormScratch: Kernel<1, number>;
  batchNorm: Kernel<11>;
  batchNormBack: Kernel<11>;
  layerNorm: Kernel<8>;
  layerNormBack: Kernel<9>;
  relu: Kernel<3>;
  reluBack: Kernel<4>;
  leakyRelu: Kernel<4>;
  leakyReluBack: Kernel<5>;
  gelu: Kernel<3>;
  geluBack: Kernel<4>;
  hyperbolicTangent: Kernel<3>;
  hyperbolicTangentBack: Kernel<4>;
  /** Floats of a row of the softmax that `attention` keeps. */
  paddedTokens: Kernel<1, number>;
  attentionScratch: Kernel<2, number>;
  attention: Kernel<8>;
  attentionBack: Kernel<9>;
  selfAttentionScratch: Kernel<4, number>;
  /** The second and third, what the gradient needs, may be 0: then they are not stored. */
  selfAttention: Kernel<12>;
  selfAttentionBackScratch: Kernel<4, number>;
  selfAttentionBack: Kernel<14>;
  softmax: Kernel<4>;
  dropoutMask: Kernel<6>;
  multiply: Kernel<4>;
  add: Kernel<4>;
  addRow: Kernel<5>;
  sumRows: Kernel<5>;
  adam: Kernel<15>;
}

/** `relaxed` uses fused multiply-add, and so differs from `base` in the last bits. */
export type KernelBuild = 'relaxed' | 'base';

/** Instantiates the kernels in a heap. @throws UserError `engine.broken` if they have not been built */
export function loadKernels(memory: WebAssembly.Memory, build = bestBuild()): Kernels {
  const module = new WebAssembly.Module(readKernels(build));
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}

/** The build for this machine. */
export function bestBuild(): KernelBuild {
  return WebAssembly.validate(readKernels('relaxed')) ? 'relaxed' : 'base';
}

function readKernels(build: KernelBuild): Uint8Array<ArrayBuffer> {
  const file = join(productFolder(), 'out', 'kernels', `${build}.wasm`);
  if (existsSync(file)) return Uint8Array.from(readFileSync(file));
  throw new UserError(
    'engine.broken',
    'The kernels of the wasm engine have not been built',
    file,
    'Start the program once with `npm run study` or `npm start`: that builds them.',
  );
}
