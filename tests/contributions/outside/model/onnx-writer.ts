/** Writes ONNX files, right and wrong ones: numbers of fields as in onnx.proto. */

export const elements = { float32: 1, uint8: 2, int64: 7, string: 8, bool: 9, float16: 10, float64: 11 } as const;
type Element = keyof typeof elements;

export interface Value {
  name: string;
  type?: Element;
  /** Absent: the rank is not known. A string: open and named; null: open. */
  shape?: readonly (number | string | null)[];
}

export interface TensorData {
  name: string;
  shape: readonly number[];
  type?: Element;
  data?: Float32Array | BigInt64Array | Uint8Array;
  /** Entries of external data, e.g. `location`. */
  external?: Record<string, string>;
}

export interface Node {
  op: string;
  inputs: readonly string[];
  outputs: readonly string[];
  domain?: string;
  attributes?: Record<
    string,
    number | readonly number[] | { float: number } | { graph: Graph } | { tensor: TensorData }
  >;
}

export interface Graph {
  nodes: readonly Node[];
  inputs: readonly Value[];
  outputs: readonly Value[];
  constants?: readonly TensorData[];
}

export interface Model extends Graph {
  opset?: number;
  ir?: number;
  producer?: string;
  metadata?: Record<string, string>;
  /** Versions of other domains. */
  domains?: Record<string, number>;
}

export function encodeModel({
  opset = 17,
  ir = 8,
  producer = 'test',
  metadata = {},
  domains = {},
  ...graph
}: Model): Buffer {
  return message(
    int(1, ir),
    text(2, producer),
    text(3, '1.0'),
    bytes(7, encodeGraph(graph)),
    ...Object.entries({ '': opset, ...domains }).map(([domain, version]) =>
      bytes(8, message(text(1, domain), int(2, version))),
    ),
    ...Object.entries(metadata).map(([key, value]) => bytes(14, message(text(1, key), text(2, value)))),
  );
}

const encodeGraph = ({ nodes, inputs, outputs, constants = [] }: Graph): Buffer =>
  message(
    ...nodes.map((node) => bytes(1, encodeNode(node))),
    text(2, 'graph'),
    ...constants.map((each) => bytes(5, encodeTensor(each))),
    ...inputs.map((each) => bytes(11, encodeValue(each))),
    ...outputs.map((each) => bytes(12, encodeValue(each))),
  );

const encodeNode = ({ op, inputs, outputs, domain = '', attributes = {} }: Node): Buffer =>
  message(
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, encodeAttribute(name, value))),
    text(7, domain),
  );

function encodeAttribute(name: string, value: NonNullable<Node['attributes']>[string]): Buffer {
  const named = text(1, name);
  if (typeof value === 'number') return message(named, int(3, value), int(20, 2));
  if ('float' in value) return message(named, key(2, 5), Buffer.from(Float32Array.of(value.float).buffer), int(20, 1));
  if ('graph' in value) return message(named, bytes(6, encodeGraph(value.graph)), int(20, 5));
  if ('tensor' in value) return message(named, bytes(5, encodeTensor(value.tensor)), int(20, 4));
  return message(named, ...value.map((each) => int(8, each)), int(20, 7));
}

const encodeTensor = ({ name, shape, type = 'float32', data, external }: TensorData): Buffer =>
  message(
    ...shape.map((length) => int(1, length)),
    int(2, elements[type]),
    text(8, name),
    data ? bytes(9, Buffer.from(data.buffer, data.byteOffset, data.byteLength)) : Buffer.alloc(0),
    ...Object.entries(external ?? {}).map(([entry, value]) => bytes(13, message(text(1, entry), text(2, value)))),
    external ? int(14, 1) : Buffer.alloc(0),
  );

function encodeValue({ name, type = 'float32', shape }: Value): Buffer {
  const dimensions = shape?.map((length) =>
    bytes(1, length === null ? Buffer.alloc(0) : typeof length === 'string' ? text(2, length) : int(1, length)),
  );
  const tensor = message(int(1, elements[type]), ...(dimensions ? [bytes(2, message(...dimensions))] : []));
  return message(text(1, name), bytes(2, message(bytes(1, tensor))));
}

export const message = (...fields: Buffer[]): Buffer => Buffer.concat(fields);
export const key = (field: number, wire: number): Buffer => varint((field << 3) | wire);
export const int = (field: number, value: number): Buffer => message(key(field, 0), varint(value));
export const bytes = (field: number, value: Buffer): Buffer => message(key(field, 2), varint(value.length), value);
export const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value));

export function varint(value: number): Buffer {
  const groups: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) groups.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...groups, Number(rest)]);
}
