import type { Variable } from '@tensorflow/tfjs-core';
import { bytesOf, kept } from '../../../../domain/numbers/arrays.ts';
import type { Attribute, Binding, Context, TensorId } from '../context.ts';

/** One result of a node. */
export interface Ref {
  node: string;
  output: number;
}

/** An operation of the graph. */
interface GraphNode {
  op: string;
  inputs?: readonly Ref[];
  /** Nodes that must run before this one. */
  after?: Iterable<string>;
  attributes?: readonly Attribute[];
}

/** Values of a constant. `dtype`: the binding's number of a type. */
export interface Constant {
  dtype: number;
  shape: readonly number[];
  values: ArrayBufferView;
}

/** Version of TensorFlow's graph format that the nodes are written for. */
const graphVersion = 1882;

/** Builds a TensorFlow graph. Field numbers are those of TensorFlow's .proto files (graph, node_def, tensor ...). */
export class Graph {
  readonly #binding: Binding;
  readonly #graph = new Message();
  #count = 0;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  /** Adds a node and gives its first result. The name is generated unless given. */
  add(node: GraphNode, name = `n${this.#count++}`): Ref {
    const message = this.#node(node, name);
    for (const attribute of node.attributes ?? []) {
      message.message(5, entry(attribute.name, this.#attributeValue(attribute)));
    }
    this.#graph.message(1, message);
    return { node: name, output: 0 };
  }

  constant({ dtype, shape, values }: Constant): Ref {
    const name = `n${this.#count++}`;
    const tensor = new Message().integer(1, dtype).message(2, shapeMessage(shape));
    if (values.byteLength > 0) tensor.bytes(4, bytesOf(values));
    const message = this.#node({ op: 'Const' }, name);
    message.message(5, entry('dtype', new Message().integer(6, dtype)));
    message.message(5, entry('value', new Message().message(8, tensor)));
    this.#graph.message(1, message);
    return { node: name, output: 0 };
  }

  /** The graph as the contents of a saved_model.pb, with the tag `serve`. */
  savedModel(): Uint8Array {
    const graph = this.#graph.message(4, new Message().integer(1, graphVersion));
    const info = new Message().bytes(4, 'serve').bytes(5, this.#binding.TF_Version);
    return new Message().integer(1, 1).message(2, new Message().message(1, info).message(2, graph)).encode();
  }

  #node({ op, inputs = [], after = [] }: GraphNode, name: string): Message {
    const message = new Message().bytes(1, name).bytes(2, op);
    for (const { node, output } of inputs) message.bytes(3, output === 0 ? node : `${node}:${output}`);
    for (const node of after) message.bytes(3, `^${node}`);
    return message;
  }

  #attributeValue({ type, value }: Attribute): Message {
    const binding = this.#binding;
    if (type === binding.TF_ATTR_SHAPE) return new Message().message(7, shapeMessage(value as number[]));
    const write = (to: Message, one: boolean | number | string): Message => {
      if (type === binding.TF_ATTR_STRING) return to.bytes(2, one as string);
      if (type === binding.TF_ATTR_INT) return to.integer(3, one as number);
      if (type === binding.TF_ATTR_FLOAT) return to.float(4, one as number);
      if (type === binding.TF_ATTR_BOOL) return to.integer(5, one ? 1 : 0);
      return to.integer(6, one as number);
    };
    if (!Array.isArray(value)) return write(new Message(), value);
    return new Message().message(1, value.reduce<Message>(write, new Message()));
  }
}

const entry = (key: string, value: Message): Message => new Message().bytes(1, key).message(2, value);

function shapeMessage(shape: readonly number[]): Message {
  const message = new Message();
  for (const size of shape) message.message(2, new Message().integer(1, size));
  return message;
}

/** Writes the part of protobuf's wire format that a TensorFlow graph needs. */
export class Message {
  readonly #parts: Uint8Array[] = [];

  /** An int32, int64, bool or enum; negative ones as 64-bit two's complement. */
  integer(field: number, value: number): this {
    return this.#key(field, 0).#varint(value);
  }

  float(field: number, value: number): this {
    this.#key(field, 5);
    this.#parts.push(new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  /** A string (UTF-8) or bytes. */
  bytes(field: number, value: string | Uint8Array): this {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    this.#key(field, 2).#varint(bytes.length);
    this.#parts.push(bytes);
    return this;
  }

  message(field: number, value: Message): this {
    return this.bytes(field, value.encode());
  }

  encode(): Uint8Array {
    return Buffer.concat(this.#parts);
  }

  #key(field: number, wireType: number): this {
    return this.#varint((field << 3) | wireType);
  }

  #varint(value: number): this {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    this.#parts.push(Uint8Array.from(bytes));
    return this;
  }
}

/** A variable of the graph, with the nodes that read and write it. */
export interface GraphVariable {
  variable: Variable;
  handle: Ref;
  /** Node that reads the value. */
  read: Ref;
  /** Placeholder for a new value. */
  input: string;
  /** Fetching it assigns the value of `input`. */
  written: Ref;
}

/** The variables that the steps of one graph use, collected while they are recorded. */
export class GraphVariables {
  readonly #c: Context;
  readonly #graph: Graph;
  readonly #known = new Map<Variable, GraphVariable>();

  constructor(c: Context, graph: Graph) {
    this.#c = c;
    this.#graph = graph;
  }

  /** The graph's counterpart of a tfjs variable. */
  get(variable: Variable): GraphVariable {
    return kept(this.#known, variable, () => this.#create(variable, `v${this.#known.size}`));
  }

  get all(): ReadonlyMap<Variable, GraphVariable> {
    return this.#known;
  }

  #create(variable: Variable, name: string): GraphVariable {
    const graph = this.#graph;
    const { attr } = this.#c;
    const dtype = attr.type('dtype', 'float32');
    const shape = attr.shape('shape', variable.shape);
    const attributes = [dtype, shape, attr.string('shared_name', name), attr.string('container', '')];
    const handle = graph.add({ op: 'VarHandleOp', attributes }, name);
    const read = graph.add({ op: 'ReadVariableOp', inputs: [handle], attributes: [dtype] });
    const input = graph.add({ op: 'Placeholder', attributes: [dtype, shape] });
    const assign = graph.add({ op: 'AssignVariableOp', inputs: [handle, input], attributes: [dtype] });
    const done = graph.constant({ dtype: this.#c.backend.binding.TF_FLOAT, shape: [], values: new Float32Array(1) });
    const written = graph.add({ op: 'Identity', inputs: [done], after: [assign.node], attributes: [attr.T] });
    return { variable, handle, read, input: input.node, written };
  }
}

/** The tfjs variable whose tensor this is. */
export function findVariable({ tf, backend }: Context, id: TensorId): Variable | undefined {
  const variables = Object.values(tf.engine().state.registeredVariables);
  return variables.find(({ dataId }) => backend.tensorMap.get(dataId).id === id);
}
