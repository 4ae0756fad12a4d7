import type { Rank, Tensor, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { at } from '../../../domain/numbers/index.ts';
import type { Parameter } from '../../../training/architectures/index.ts';
import {
  type Composed,
  compositions,
  convolution,
  type Convolution,
  type NetworkEngine,
  type NetworkOps,
  type NetworkTf,
} from '../../../training/engines/index.ts';
import { broadcastShape, type Constant, mapped, padded, sizeOf, transposed } from './constants.ts';
import type { OnnxAttribute, OnnxConstant, OnnxNode } from './onnx-file.ts';

/**
 * The number of examples while a network is traced: a prime number, so that exactly the dimensions that grow with the
 * batch are multiples of it.
 */
export const tracedBatch = 1_000_003;

/** Where the values of a traced tensor are: known, or the output of a node. */
type Source =
  | { known: Float32Array; name: string }
  /** Names of the output, in the tensor's order of axes, and as [n, channels, height, width]; one is missing until needed. */
  | { known?: never; name?: string; planes?: string; node?: OnnxNode & { inputs: string[] } };

/** What a network gets instead of a tensor. */
class Traced {
  readonly dtype = 'float32';
  readonly shape: number[];
  source: Source;

  constructor(shape: readonly number[], source: Source) {
    this.shape = [...shape];
    this.source = source;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  dispose(): void {
    // Traced tensors hold no memory of an engine.
  }
}

/** The types of networks are those of tfjs. */
const asTensor = <T>(traced: Traced): T => traced as unknown as T;

/** Whether its values are only known as images [n, channels, height, width] so far. */
const isPlanes = ({ source }: Traced): boolean => !source.known && source.name === undefined;

/** Transposes between an engine's order [n, height, width, channels] and that of ONNX. */
const toPlanes = [0, 3, 1, 2];
const fromPlanes = [0, 2, 3, 1];
/** Kernels [k, k, in, out] as [out, in, k, k]; for transposed convolutions [k, k, out, in] as [in, out, k, k]. */
const kernelAxes = [3, 2, 0, 1];

/**
 * An engine that computes nothing: it runs a network's inference once and records what would be computed as nodes of an
 * ONNX graph. What depends on parameters alone, such as batch norm folded into a convolution, is computed at once.
 */
export class Tracer implements NetworkEngine {
  readonly tf: NetworkTf;
  readonly ops: NetworkOps;
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxConstant[] = [];
  readonly #names = new Map<Float32Array, Map<string, string>>();
  readonly #used = new Set<string>();

  constructor() {
    this.tf = this.#functions();
    const ops = this.#ops();
    this.ops = { ...ops, ...compositions(this.tf, ops) };
  }

  /** Sets variables, as `Engine.write` does. */
  write(values: ReadonlyMap<Variable, Float32Array>): void {
    for (const [variable, known] of values) {
      const traced = this.#traced(variable);
      traced.source = { known, name: traced.source.name ?? '' };
    }
  }

  /** Gives constants the names of the parameters that they come from. */
  nameParameters(parameters: readonly Parameter[]): void {
    for (const { name, variable } of parameters) this.#traced(variable).source.name = name;
  }

  /** An input [tracedBatch, length]. */
  input<T extends Tensor>(name: string, length: number): T {
    return asTensor(new Traced([tracedBatch, length], { name }));
  }

  /** An input of the network [tracedBatch, height, width, channels] that the file takes as [n, channels, height, width]. */
  imageInput(name: string, height: number, width: number, channels: number): Tensor4D {
    return asTensor(new Traced([tracedBatch, height, width, channels], { planes: name }));
  }

  /** Calls an output `name`. Images are given as [n, channels, height, width]. */
  output(x: Tensor, name: string): void {
    const traced = this.#traced(x);
    const current = traced.shape.length === 4 ? this.#planes(traced) : this.#name(traced);
    const rename = (each: string): string => (each === current ? name : each);
    this.nodes.forEach(({ output, inputs, ...node }, index) => {
      this.nodes[index] = { ...node, inputs: inputs.map(rename), output: rename(output) };
    });
  }

  #functions(): NetworkTf {
    return {
      tidy: (nameOrRun, run) => (typeof nameOrRun === 'function' ? nameOrRun() : run!()),
      tensor: (values, shape) => {
        if (!(values instanceof Float32Array) || !shape)
          throw new Error('a traced tensor has float32 values and a shape');
        return asTensor(new Traced(shape as number[], { known: values, name: '' }));
      },
      variable: (initial) => asTensor(new Traced(initial.shape, { ...this.#traced(initial).source })),
      add: (a, b) => asTensor(this.#binary('Add', (a, b) => a + b, a, b)),
      sub: (a, b) => asTensor(this.#binary('Sub', (a, b) => a - b, a, b)),
      mul: (a, b) => asTensor(this.#binary('Mul', (a, b) => a * b, a, b)),
      mean: (x, axes) => asTensor(this.#mean(this.#traced(x), axes as number[])),
      neg: (x) => asTensor(this.#binary('Mul', (a, b) => a * b, x, -1)),
      rsqrt: (x) => asTensor(this.#ofParameters(x, (value) => 1 / Math.sqrt(value))),
      reshape: <R extends Rank>(x: unknown, shape: number[]) =>
        asTensor<Tensor<R>>(this.#reshape(this.#traced(x), shape)),
      pad: (x, zeros) => asTensor(this.#pad(this.#traced(x), zeros)),
      transpose: (x, perm) => asTensor(this.#transpose(this.#traced(x), perm ?? [])),
      slice: (x, begin, size) => asTensor(this.#slice(this.#traced(x), begin as number[], size as number[])),
    };
  }

  #ops(): Omit<NetworkOps, keyof Composed> {
    return {
      dense: (x, w, b) => {
        const inputs = [this.#name(this.#traced(x)), this.#name(this.#traced(w)), this.#name(this.#traced(b))];
        return this.#computed([x.shape[0], at(w.shape, 1)], 'Gemm', inputs);
      },
      conv2d: (x, w, stride, padding) => this.#convolution(this.#traced(x), this.#traced(w), stride, padding),
      conv2dTranspose: (x, w, size, stride, padding) =>
        this.#transposedConvolution(this.#traced(x), this.#traced(w), { size, stride, padding }),
      biasAdd: (x, b) => asTensor(this.#biasAdd(this.#traced(x), this.#traced(b))),
      layerNorm: (x, gamma, beta, epsilon) => {
        const inputs = [x, gamma, beta].map((each) => this.#name(this.#traced(each)));
        return this.#computed(x.shape, 'LayerNormalization', inputs, { axis: -1, epsilon: { float: epsilon } });
      },
      relu: (x) => this.#pointwise(x, (name) => this.#add('Relu', [name])),
      leakyRelu: (x, slope) =>
        this.#pointwise(x, (name) => this.#add('LeakyRelu', [name], { alpha: { float: slope } })),
      tanh: (x) => this.#pointwise(x, (name) => this.#add('Tanh', [name])),
      gelu: (x) =>
        this.#pointwise(x, (name) => {
          const erf = this.#add('Erf', [this.#add('Mul', [name, this.#number(Math.SQRT1_2)])]);
          const half = this.#add('Mul', [name, this.#number(0.5)]);
          return this.#add('Mul', [half, this.#add('Add', [erf, this.#number(1)])]);
        }),
      maxPool2: (x) => {
        const [n, height, width, channels] = x.shape;
        const pooled = [n, Math.floor(height / 2), Math.floor(width / 2), channels];
        const planes = this.#add('MaxPool', [this.#planes(this.#traced(x))], { kernel_shape: [2, 2], strides: [2, 2] });
        return asTensor(new Traced(pooled, { planes }));
      },
      attention: (qkv, heads) => {
        const [n, tokens, columns] = qkv.shape;
        const width = columns / 3 / heads;
        const split = this.#reshape(this.#traced(qkv), [n, tokens, 3, heads, width]);
        const byKind = this.#add('Transpose', [this.#name(split)], { perm: [2, 0, 3, 1, 4] });
        const [q, k, v] = [0, 1, 2].map((index) => this.#add('Gather', [byKind, this.#integers([index], [])])) as [
          string,
          string,
          string,
        ];
        const products = this.#add('MatMul', [q, this.#add('Transpose', [k], { perm: [0, 1, 3, 2] })]);
        const scaled = this.#add('Mul', [products, this.#number(1 / Math.sqrt(width))]);
        const attended = this.#add('MatMul', [this.#add('Softmax', [scaled], { axis: -1 }), v]);
        const name = this.#add('Transpose', [attended], { perm: [0, 2, 1, 3] });
        return asTensor(this.#reshape(new Traced([n, tokens, heads, width], { name }), [n, tokens, columns / 3]));
      },
      bnTrain: inferenceOnly,
      dropout: inferenceOnly,
    };
  }

  #convolution(x: Traced, w: Traced, stride: number, padding: 'same' | 'valid'): Tensor4D {
    const g = convolution(x.shape, w.shape, stride, padding);
    const inputs = [this.#planes(x), this.#name(this.#kernel(w))];
    const planes = this.#add('Conv', inputs, { strides: [stride, stride], pads: padsOf(g) });
    return asTensor(new Traced([g.images, g.outHeight, g.outWidth, g.outputs], { planes, node: this.#node(inputs) }));
  }

  /** The padding is that of the convolution from the result to x. */
  #transposedConvolution(
    x: Traced,
    w: Traced,
    { size, stride, padding }: { size: number; stride: number; padding: 'same' | 'valid' },
  ): Tensor4D {
    const [n, height] = x.shape as [number, number];
    const g = convolution([n, size, size, at(w.shape, 2)], w.shape, stride, padding);
    const pads = padsOf(g);
    const further = size - ((height - 1) * stride + g.kernel - at(pads, 0) - at(pads, 2));
    const attributes = {
      strides: [stride, stride],
      pads,
      ...(further > 0 && { output_padding: [further, further] }),
    };
    const inputs = [this.#planes(x), this.#name(this.#kernel(w))];
    const planes = this.#add('ConvTranspose', inputs, attributes);
    return asTensor(new Traced([n, size, size, at(w.shape, 2)], { planes, node: this.#node(inputs) }));
  }

  #kernel(w: Traced): Traced {
    const { shape, values } = transposed(this.#constant(w), kernelAxes);
    return new Traced(shape, { known: values, name: w.source.name ?? '' });
  }

  /** A convolution takes the bias as its third input, if nothing else uses its result. */
  #biasAdd(x: Traced, b: Traced): Traced {
    const { node, planes } = x.source.known ? {} : x.source;
    if (planes === undefined) return this.#binary('Add', (a, b) => a + b, x, b);
    if (!node || this.#used.has(planes)) {
      const plane = this.#reshape(b, [b.size, 1, 1]);
      return new Traced(x.shape, { planes: this.#add('Add', [planes, this.#name(plane)]) });
    }
    node.inputs.push(this.#name(b));
    // Whoever used x from here on would get the bias, too.
    x.source = {};
    return new Traced(x.shape, { planes });
  }

  #binary(op: string, apply: (a: number, b: number) => number, a: unknown, b: unknown): Traced {
    const [left, right] = [this.#traced(a), this.#traced(b)];
    if (left.source.known && right.source.known) {
      const { shape, values } = mapped(apply, this.#constant(left), this.#constant(right));
      return new Traced(shape, { known: values, name: left.source.name });
    }
    // Images of the same form keep their order of axes.
    if (left.shape.length === 4 && left.shape.join() === right.shape.join() && isPlanes(left) && isPlanes(right)) {
      return new Traced(left.shape, { planes: this.#add(op, [this.#planes(left), this.#planes(right)]) });
    }
    return new Traced(broadcastShape(left.shape, right.shape), {
      name: this.#add(op, [this.#name(left), this.#name(right)]),
    });
  }

  #ofParameters(x: unknown, apply: (value: number) => number): Traced {
    const traced = this.#traced(x);
    const { shape, values } = this.#constant(traced);
    return new Traced(shape, { known: values.map(apply), name: traced.source.name ?? '' });
  }

  #reshape(x: Traced, shape: readonly number[]): Traced {
    if (shape.join() === x.shape.join()) return x;
    if (x.source.known) return new Traced(shape, x.source);
    const lengths = shape.map((length) => (length % tracedBatch === 0 ? -1 : length));
    return new Traced(shape, { name: this.#add('Reshape', [this.#name(x), this.#integers(lengths)]) });
  }

  #pad(x: Traced, zeros: readonly (readonly [number, number])[]): Traced {
    if (x.source.known) {
      const { shape, values } = padded(this.#constant(x), zeros);
      return new Traced(shape, { known: values, name: x.source.name });
    }
    const shape = x.shape.map((length, axis) => length + at(zeros, axis)[0] + at(zeros, axis)[1]);
    const inPlanes = isPlanes(x);
    const ordered = inPlanes ? toPlanes.map((axis) => at(zeros, axis)) : zeros;
    const pads = this.#integers([...ordered.map(([before]) => before), ...ordered.map(([, after]) => after)]);
    const name = this.#add('Pad', [inPlanes ? this.#planes(x) : this.#name(x), pads]);
    return new Traced(shape, inPlanes ? { planes: name } : { name });
  }

  #transpose(x: Traced, perm: readonly number[]): Traced {
    const shape = perm.map((axis) => at(x.shape, axis));
    return new Traced(shape, { name: this.#add('Transpose', [this.#name(x)], { perm: [...perm] }) });
  }

  /** Without the axes that it is taken over. */
  #mean(x: Traced, axes: readonly number[]): Traced {
    const inPlanes = isPlanes(x);
    const over = inPlanes ? axes.map((axis) => toPlanes.indexOf(axis)) : axes;
    const name = this.#add('ReduceMean', [inPlanes ? this.#planes(x) : this.#name(x)], { axes: over, keepdims: 0 });
    return new Traced(
      x.shape.filter((_, axis) => !axes.includes(axis)),
      { name },
    );
  }

  #slice(x: Traced, begin: readonly number[], size: readonly number[]): Traced {
    // To the end of an axis, however long it is: of the batch it is not known.
    const ends = begin.map((start, axis) =>
      start + at(size, axis) === x.shape[axis] ? Number.MAX_SAFE_INTEGER : start + at(size, axis),
    );
    const inputs = [this.#name(x), this.#integers(begin), this.#integers(ends)];
    return new Traced(size, { name: this.#add('Slice', inputs) });
  }

  /** An operation that keeps shape and order of axes. */
  #pointwise<T extends Tensor>(x: T, add: (name: string) => string): T {
    const traced = this.#traced(x);
    const inPlanes = isPlanes(traced);
    const name = add(inPlanes ? this.#planes(traced) : this.#name(traced));
    return asTensor(new Traced(traced.shape, inPlanes ? { planes: name } : { name }));
  }

  #computed<T extends Tensor>(
    shape: readonly number[],
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): T {
    return asTensor(new Traced(shape, { name: this.#add(op, inputs, attributes) }));
  }

  /** Adds a node. @returns the name of its output */
  #add(op: string, inputs: readonly string[], attributes: OnnxNode['attributes'] = {}): string {
    const output = `${op.toLowerCase()}_${this.nodes.length + 1}`;
    for (const input of inputs) this.#used.add(input);
    this.nodes.push({ op, inputs, output, attributes });
    return output;
  }

  /** The last node, with inputs that can be added to. */
  #node(inputs: string[]): OnnxNode & { inputs: string[] } {
    const node = { ...at(this.nodes, this.nodes.length - 1), inputs };
    this.nodes[this.nodes.length - 1] = node;
    return node;
  }

  /** The name of a tensor in the order of axes that the network knows. */
  #name(x: Traced): string {
    const { shape, source } = x;
    if (source.known) return this.#store(source.name || 'constant', shape, source.known);
    if (source.name !== undefined) return source.name;
    if (source.planes === undefined) throw new Error('a bias was added to this tensor in its place');
    source.name = this.#add('Transpose', [source.planes], { perm: fromPlanes });
    return source.name;
  }

  /** The name of images as [n, channels, height, width]. */
  #planes(x: Traced): string {
    const { source } = x;
    if (source.known) throw new Error('images are not parameters');
    source.planes ??= this.#add('Transpose', [this.#name(x)], { perm: toPlanes });
    return source.planes;
  }

  #number(value: number): string {
    const name = `number_${value}`;
    if (!this.constants.some((each) => each.name === name)) {
      this.constants.push({ name, shape: [], data: Float32Array.of(value) });
    }
    return name;
  }

  #integers(values: readonly number[], shape: readonly number[] = [values.length]): string {
    const name = `integers_${shape.length === 0 ? 'scalar_' : ''}${values.join('_')}`;
    if (!this.constants.some((each) => each.name === name)) {
      this.constants.push({ name, shape, data: BigInt64Array.from(values, BigInt) });
    }
    return name;
  }

  /** Stores values once for each shape that they are used in, under a name that no others have. */
  #store(name: string, shape: readonly number[], data: Float32Array): string {
    const names = this.#names.get(data) ?? new Map<string, string>();
    this.#names.set(data, names);
    const known = names.get(shape.join());
    if (known !== undefined) return known;
    const taken = this.constants.filter((each) => each.name === name || each.name.startsWith(`${name}#`)).length;
    const free = taken === 0 ? name : `${name}#${taken + 1}`;
    names.set(shape.join(), free);
    this.constants.push({ name: free, shape, data });
    return free;
  }

  #constant({ shape, source }: Traced): Constant {
    if (!source.known) throw new Error('the export folds this operation, which then must depend on parameters alone');
    return { shape, values: source.known };
  }

  #traced(x: unknown): Traced {
    if (x instanceof Traced) return x;
    if (typeof x === 'number') return new Traced([], { known: Float32Array.of(x), name: 'number' });
    throw new Error('a network that is exported gets and gives traced tensors only');
  }
}

function inferenceOnly(): never {
  throw new Error('only inference is exported');
}

/** Zeros before rows and columns, and after them, as ONNX lists them. */
function padsOf({ height, width, outHeight, outWidth, kernel, stride, top, left }: Convolution): number[] {
  const after = (length: number, out: number, before: number): number =>
    Math.max(0, (out - 1) * stride + kernel - length - before);
  return [top, left, after(height, outHeight, top), after(width, outWidth, left)];
}
