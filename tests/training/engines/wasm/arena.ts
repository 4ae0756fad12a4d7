import { describe, expect } from 'vitest';
import {
  bestBuild,
  type KernelBuild,
  type Kernels,
  loadKernels,
  type Pointer,
} from '../../../../main/training/engines/wasm/kernels.ts';
import type { Numbers } from '../../conformance/reference-ops.ts';

/**
 * The bits of word `index` of memory that nobody has written to. A signalling NaN, as arithmetic makes none: even a
 * kernel that reads such memory and writes what comes of it elsewhere does not leave the same bits there.
 */
const untouched = (index: number): number => 0x7fa0_0000 | (index & 0x1f_ffff);
/** Bytes kept between blocks, of which nobody may write one. */
const guard = 256;
const pageBytes = 65_536;

interface Block {
  from: Pointer;
  bytes: number;
}

/**
 * Memory for calls of kernels, with all that a kernel may do wrong in plain sight. Blocks lie at addresses that only 4
 * divides, apart from each other; results, scratch and what is between them hold NaN before a call; and after it
 * everything but results and scratch has to be as it was.
 */
export class Arena {
  readonly kernels: Kernels;
  readonly #memory = new WebAssembly.Memory({ initial: 64 });
  #end = guard;
  #blocks = 0;
  #results: Block[] = [];
  #scratch: Block[] = [];

  constructor(build: KernelBuild) {
    this.kernels = loadKernels(this.#memory, build);
  }

  /** Values that a kernel reads. */
  input(values: ArrayLike<number>): Pointer {
    const { from } = this.#allocate(4 * values.length);
    new Float32Array(this.#memory.buffer, from, values.length).set(values);
    return from;
  }

  /** Sizes that a kernel reads. */
  integers(values: readonly number[]): Pointer {
    const { from } = this.#allocate(4 * values.length);
    new Int32Array(this.#memory.buffer, from, values.length).set(values);
    return from;
  }

  /** Room for `count` results. */
  result(count: number): Pointer {
    const block = this.#allocate(4 * count);
    this.#results.push(block);
    return block.from;
  }

  /** Values that a kernel changes: a result that starts from something. */
  changing(values: ArrayLike<number>): Pointer {
    const from = this.result(values.length);
    new Float32Array(this.#memory.buffer, from, values.length).set(values);
    return from;
  }

  scratch(bytes: number): Pointer {
    expect(bytes % 4).toBe(0);
    const block = this.#allocate(bytes);
    this.#scratch.push(block);
    return block.from;
  }

  /**
   * Calls a kernel, checks what it left alone, and takes all blocks back.
   * @returns the results, in the order in which room was asked for
   */
  run(call: () => void): Numbers[] {
    const end = this.#end + guard;
    const before = Buffer.from(this.#memory.buffer.slice(0, end));
    try {
      call();
      expectKept(before, Buffer.from(this.#memory.buffer, 0, end), [...this.#results, ...this.#scratch]);
      return this.#results.map(({ from, bytes }) =>
        Float64Array.from(new Float32Array(this.#memory.buffer, from, bytes / 4)),
      );
    } finally {
      this.#clear();
    }
  }

  #clear(): void {
    this.#end = guard;
    this.#blocks = 0;
    this.#results = [];
    this.#scratch = [];
  }

  /** A block whose address leaves 4, 8 or 12 when divided by 16, by turns; it and the guard before it hold NaN. */
  #allocate(bytes: number): Block {
    const from = Math.ceil(this.#end / 16) * 16 + guard + 4 * (1 + (this.#blocks++ % 3));
    this.#reserve(from + bytes + guard);
    const words = new Uint32Array(this.#memory.buffer);
    for (let at = this.#end / 4; at < (from + bytes + guard) / 4; at++) words[at] = untouched(at);
    this.#end = from + bytes;
    return { from, bytes };
  }

  #reserve(bytes: number): void {
    const missing = bytes - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / pageBytes));
  }
}

/** Everything but `blocks` is as it was. */
function expectKept(before: Buffer, after: Buffer, blocks: readonly Block[]): void {
  let from = 0;
  for (const block of [...blocks, { from: before.length, bytes: 0 }].sort((a, b) => a.from - b.from)) {
    if (before.compare(after, from, block.from, from, block.from) !== 0) {
      while (before[from] === after[from]) from++;
      throw new Error(`byte ${from} was written to, which is in no result and no scratch: ${JSON.stringify(blocks)}`);
    }
    from = block.from + block.bytes;
  }
}

/** The builds that this Node runs. */
export const builds: readonly KernelBuild[] = bestBuild() === 'relaxed' ? ['relaxed', 'base'] : ['base'];

/** The same tests for each build of the kernels. */
export function describeKernels(name: string, tests: (arena: Arena) => void): void {
  describe.each(builds)(`${name}, %s build`, (build) => tests(new Arena(build)));
}
