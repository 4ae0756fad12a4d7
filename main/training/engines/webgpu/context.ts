import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../engine.ts';
import { type DifferentiableOp, differentiable } from '../gradient.ts';
import type { Program, WebgpuBackend } from './device.ts';

/** A kernel in WGSL that computes each element of its result independently. */
export interface Kernel {
  /** Unique in this engine; identifies the compiled kernel. */
  name: string;
  /** Names of the inputs, each an array in WGSL; all must be used. */
  inputs: readonly string[];
  /** Numbers that may change from call to call, as `uniforms.<name>`. */
  uniforms?: Readonly<Record<string, 'i32' | 'f32'>>;
  /** Functions and constants that `value` uses. */
  preamble?: string;
  /** Body of `fn value(i: i32) -> f32`: element `i` of the result, all axes in row-major order. */
  value: string;
}

/** The summand of a sum over all axes but the last. */
interface Term extends Omit<Kernel, 'value'> {
  /** Expression of the element at `i`, which is in column `c`. */
  term: string;
}

type Numbers = Readonly<Record<string, number>>;

const threads = 64;
/** Sums of at least this many products may be split by tfjs among threads that add up in nondeterministic order. */
const splitFrom = 2000;
/** tfjs's number of its tiled program, which never splits sums. */
const tiles = 3;

/** Own kernels, and tfjs's matrix products in a fixed order. All ops of this engine are written with it. */
export class Context {
  readonly tf: Tfjs;
  readonly #backend: WebgpuBackend;

  constructor(tf: Tfjs, backend: WebgpuBackend) {
    this.tf = tf;
    this.#backend = backend;
  }

  /** A new tensor of `shape`, each element by `kernel`. */
  map<T extends Tensor>(kernel: Kernel, shape: readonly number[], inputs: readonly Tensor[], numbers: Numbers = {}): T {
    const size = shape.reduce((product, length) => product * length, 1);
    const uniforms = Object.entries(kernel.uniforms ?? {}).map(([name, type]) => ({
      type: type === 'i32' ? ('int32' as const) : ('float32' as const),
      data: [numbers[name]!] as [number],
    }));
    const flat: TensorInfo[] = inputs.map(({ dataId, dtype, size }) => ({ dataId, dtype, shape: [size] }));
    const { dataId } = this.#backend.runWebGPUProgram(program(kernel, size), flat, 'float32', uniforms);
    return this.tf.engine().makeTensorFromTensorInfo({ dataId, shape: [...shape], dtype: 'float32' }) as T;
  }

  /** Sums over all axes but the last, times `factor`, in a fixed order: first parts of the rows, then their sums. */
  sumColumns<T extends Tensor>(term: Term, columns: number, inputs: readonly Tensor[], numbers: Numbers = {}): T {
    const rows = inputs[0]!.size / columns;
    const parts = Math.max(1, Math.ceil(Math.sqrt(rows)));
    const counts = { columns, rows, parts };
    const sums = this.map(partialSums(term), [parts, columns], inputs, { ...numbers, ...counts });
    const total = this.map<T>(partSums, [columns], [sums], { columns, parts, factor: numbers.factor ?? 1 });
    sums.dispose();
    return total;
  }

  /** tfjs's matrix product of the last two axes, with additions in a fixed order. */
  matMul<T extends Tensor>(a: Tensor, b: Tensor, transposeA = false, transposeB = false): T {
    const inner = a.shape.at(transposeA ? -2 : -1)!;
    return this.inOrder(inner, () => this.tf.matMul(a, b, transposeA, transposeB)) as T;
  }

  /** Runs a product of tfjs that sums `products` numbers for each result, with additions in a fixed order. */
  inOrder<T>(products: number, run: () => T): T {
    if (products < splitFrom) return run();
    const environment = this.tf.env();
    environment.set('WEBGPU_MATMUL_PROGRAM_TYPE', tiles);
    try {
      return run();
    } finally {
      environment.set('WEBGPU_MATMUL_PROGRAM_TYPE', -1);
    }
  }

  differentiable<V extends Tensor | Tensor[], S extends Tensor[]>(op: DifferentiableOp<V, S>): V {
    return differentiable(this.tf, op);
  }
}

function program({ name, inputs, uniforms = {}, preamble = '', value }: Kernel, size: number): Program {
  return {
    variableNames: [...inputs],
    uniforms: Object.entries(uniforms)
      .map(([name, type]) => `${name} : ${type}, `)
      .join(''),
    outputShape: [size],
    workgroupSize: [threads, 1, 1],
    dispatchLayout: { x: [0] },
    dispatch: [Math.ceil(size / threads), 1, 1],
    shaderKey: `boundary ${name}`,
    size: true,
    getUserCode: () => `
      ${preamble}
      fn value(i: i32) -> f32 { ${value} }
      fn main(i: i32) { if (i < uniforms.size) { result[i] = value(i); } }`,
  };
}

function partialSums({ name, term, ...kernel }: Term): Kernel {
  return {
    ...kernel,
    name: `sum of ${name}`,
    uniforms: { ...kernel.uniforms, columns: 'i32', rows: 'i32', parts: 'i32' },
    value: `
      let c = i % uniforms.columns;
      var sum = 0.0;
      for (var row = i / uniforms.columns; row < uniforms.rows; row += uniforms.parts) {
        let i = row * uniforms.columns + c;
        sum += ${term};
      }
      return sum;`,
  };
}

const partSums: Kernel = {
  name: 'sum of parts',
  inputs: ['x'],
  uniforms: { columns: 'i32', parts: 'i32', factor: 'f32' },
  value: `
    var sum = 0.0;
    for (var part = 0; part < uniforms.parts; part++) { sum += x[part * uniforms.columns + i]; }
    return sum * uniforms.factor;`,
};
