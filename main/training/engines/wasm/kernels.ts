import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../contract/errors.ts';
import { productFolder } from '../../../files/places.ts';

/** An address in the heap. */
export type Pointer = number;

type Scratch = Pointer;

/**
 * The exports of assembly/index.ts. Arguments are addresses, of float32 unless stated otherwise, and sizes; results come
 * first. `geometry` is the address of eleven int32, see assembly/geometry.ts. For kernels with `scratch`, another function
 * gives the number of bytes that they need.
 */
export interface Kernels {
  gemmScratch(columns: number): number;
  /** C [m, n] = op(A) op(B) + bias; a `bias` of 0 is none. */
  gemm(
    transposeA: boolean,
    transposeB: boolean,
    m: number,
    n: number,
    k: number,
    a: Pointer,
    lda: number,
    b: Pointer,
    ldb: number,
    c: Pointer,
    ldc: number,
    bias: Pointer,
    accumulate: boolean,
    scratch: Scratch,
  ): void;
  convolveScratch(geometry: Pointer): number;
  convolve(y: Pointer, x: Pointer, w: Pointer, geometry: Pointer, scratch: Scratch): void;
  filterGradientScratch(geometry: Pointer): number;
  filterGradient(dw: Pointer, x: Pointer, dy: Pointer, geometry: Pointer, scratch: Scratch): void;
  convolveTransposedScratch(geometry: Pointer): number;
  convolveTransposed(dx: Pointer, dy: Pointer, w: Pointer, geometry: Pointer, scratch: Scratch): void;
  maxPool(y: Pointer, x: Pointer, images: number, height: number, width: number, channels: number): void;
  maxPoolBack(
    dx: Pointer,
    dy: Pointer,
    x: Pointer,
    images: number,
    height: number,
    width: number,
    channels: number,
  ): void;
  batchNormScratch(channels: number): number;
  batchNorm(
    y: Pointer,
    mean: Pointer,
    unbiased: Pointer,
    scale: Pointer,
    x: Pointer,
    gamma: Pointer,
    beta: Pointer,
    rows: number,
    channels: number,
    epsilon: number,
    scratch: Scratch,
  ): void;
  batchNormBack(
    dx: Pointer,
    dGamma: Pointer,
    dBeta: Pointer,
    dy: Pointer,
    x: Pointer,
    gamma: Pointer,
    mean: Pointer,
    scale: Pointer,
    rows: number,
    channels: number,
    scratch: Scratch,
  ): void;
  layerNorm(
    y: Pointer,
    statistics: Pointer,
    x: Pointer,
    gamma: Pointer,
    beta: Pointer,
    rows: number,
    width: number,
    epsilon: number,
  ): void;
  layerNormBack(
    dx: Pointer,
    dGamma: Pointer,
    dBeta: Pointer,
    dy: Pointer,
    x: Pointer,
    statistics: Pointer,
    gamma: Pointer,
    rows: number,
    width: number,
  ): void;
  relu(y: Pointer, x: Pointer, count: number): void;
  reluBack(dx: Pointer, dy: Pointer, y: Pointer, count: number): void;
  leakyRelu(y: Pointer, x: Pointer, count: number, slope: number): void;
  leakyReluBack(dx: Pointer, dy: Pointer, x: Pointer, count: number, slope: number): void;
  gelu(y: Pointer, x: Pointer, count: number): void;
  geluBack(dx: Pointer, dy: Pointer, x: Pointer, count: number): void;
  hyperbolicTangent(y: Pointer, x: Pointer, count: number): void;
  hyperbolicTangentBack(dx: Pointer, dy: Pointer, y: Pointer, count: number): void;
  /** Floats of a row of the softmax that `attention` keeps. */
  paddedTokens(tokens: number): number;
  attentionScratch(tokens: number, d: number): number;
  attention(
    out: Pointer,
    weights: Pointer,
    qkv: Pointer,
    images: number,
    tokens: number,
    heads: number,
    d: number,
    scratch: Scratch,
  ): void;
  attentionBack(
    dQkv: Pointer,
    dOut: Pointer,
    qkv: Pointer,
    weights: Pointer,
    images: number,
    tokens: number,
    heads: number,
    d: number,
    scratch: Scratch,
  ): void;
  selfAttentionScratch(tokens: number, width: number, heads: number, d: number): number;
  /** `qkv` and `weights` may be 0: then they are not stored. */
  selfAttention(
    out: Pointer,
    qkv: Pointer,
    weights: Pointer,
    x: Pointer,
    w: Pointer,
    b: Pointer,
    images: number,
    tokens: number,
    width: number,
    heads: number,
    d: number,
    scratch: Scratch,
  ): void;
  selfAttentionBackScratch(tokens: number, width: number, heads: number, d: number): number;
  selfAttentionBack(
    dx: Pointer,
    dw: Pointer,
    db: Pointer,
    dOut: Pointer,
    x: Pointer,
    w: Pointer,
    qkv: Pointer,
    weights: Pointer,
    images: number,
    tokens: number,
    width: number,
    heads: number,
    d: number,
    scratch: Scratch,
  ): void;
  softmax(y: Pointer, x: Pointer, rows: number, columns: number): void;
  dropoutMask(mask: Pointer, count: number, rate: number, kept: number, key0: number, key1: number): void;
  multiply(y: Pointer, a: Pointer, b: Pointer, count: number): void;
  add(y: Pointer, a: Pointer, b: Pointer, count: number): void;
  addRow(y: Pointer, x: Pointer, row: Pointer, rows: number, columns: number): void;
  sumRows(to: Pointer, x: Pointer, rows: number, columns: number, scratch: Scratch): void;
  adam(
    next: Pointer,
    w: Pointer,
    gradient: Pointer,
    m: Pointer,
    v: Pointer,
    count: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    step: number,
    correction: number,
    epsilon: number,
    added: number,
    keptWeight: number,
  ): void;
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
