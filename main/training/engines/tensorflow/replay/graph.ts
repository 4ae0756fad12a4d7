import type { Attribute, Binding } from '../raw.ts';
import { Message } from './protobuf.ts';

/** One result of a node. */
export interface Ref {
  node: string;
  output: number;
}

/** An operation of the graph. */
export interface GraphNode {
  op: string;
  inputs?: readonly Ref[];
  /** Nodes that must have run before. */
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

/**
 * A TensorFlow graph in the making. Field numbers are those of TensorFlow's protocol buffers: graph.proto,
 * node_def.proto, attr_value.proto, tensor.proto, meta_graph.proto, saved_model.proto.
 */
export class Graph {
  readonly #binding: Binding;
  readonly #graph = new Message();
  #count = 0;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  /** Adds a node and gives its first result. Names are made up unless somebody has to know them. */
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

const bytesOf = (values: ArrayBufferView): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
