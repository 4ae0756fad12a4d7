/** Numbers that a file stores: weights and constants. int64: shapes and indices. */
export interface OnnxConstant {
  name: string;
  shape: readonly number[];
  data: Float32Array | BigInt64Array;
}

/** A whole number, a list of them, or a number that is stored as a float even if it is whole. */
export type OnnxAttribute = number | readonly number[] | { float: number };

export interface OnnxNode {
  op: string;
  inputs: readonly string[];
  output: string;
  attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A float32 input or output; a dimension that the caller chooses has a name. */
export interface OnnxValue {
  name: string;
  shape: readonly (number | string)[];
  description: string;
}

/** A network with one input and one output. Its nodes are in an order in which they can run. */
export interface OnnxModel {
  name: string;
  description: string;
  producer: { name: string; version: string };
  metadata: Readonly<Record<string, string>>;
  nodes: readonly OnnxNode[];
  constants: readonly OnnxConstant[];
  input: OnnxValue;
  output: OnnxValue;
}

/** IR 8 and opset 17 (ONNX 1.12, June 2022): the first with layer norm as an operation. */
const versions = { ir: 8, opset: 17 };

/** `TensorProto.DataType` */
const elementTypes = { float32: 1, int64: 7 } as const;
/** `AttributeProto.AttributeType` */
const attributeTypes = { float: 1, int: 2, ints: 7 } as const;

/**
 * Bytes of an ONNX file: a `ModelProto` of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, whose numbers of fields
 * these are. Equal models give equal bytes.
 */
export function encodeOnnx(model: OnnxModel): Buffer {
  const { nodes, constants, metadata } = model;
  const graph = message(
    ...nodes.map((each, index) => bytes(1, node(each, index))),
    text(2, model.name),
    ...constants.map((each) => bytes(5, tensor(each))),
    bytes(11, valueInfo(model.input)),
    bytes(12, valueInfo(model.output)),
  );
  return message(
    int(1, versions.ir),
    ...[text(2, model.producer.name), text(3, model.producer.version), text(6, model.description)],
    bytes(7, graph),
    bytes(8, message(text(1, ''), int(2, versions.opset))),
    ...Object.entries(metadata).map(([key, value]) => bytes(14, message(text(1, key), text(2, value)))),
  );
}

const node = ({ op, inputs, output, attributes }: OnnxNode, index: number): Buffer =>
  message(
    ...inputs.map((input) => text(1, input)),
    text(2, output),
    text(3, `${op}_${index + 1}`),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value))),
  );

function attribute(name: string, value: OnnxAttribute): Buffer {
  if (typeof value === 'number') return message(text(1, name), int(3, value), int(20, attributeTypes.int));
  if ('float' in value) return message(text(1, name), float(2, value.float), int(20, attributeTypes.float));
  return message(text(1, name), ...value.map((each) => int(8, each)), int(20, attributeTypes.ints));
}

const tensor = ({ name, shape, data }: OnnxConstant): Buffer =>
  message(
    ...shape.map((length) => int(1, length)),
    int(2, data instanceof Float32Array ? elementTypes.float32 : elementTypes.int64),
    text(8, name),
    // Little-endian, as all processors that the program runs on.
    bytes(9, Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
  );

function valueInfo({ name, shape, description }: OnnxValue): Buffer {
  const dimensions = shape.map((length) =>
    bytes(1, typeof length === 'string' ? message(text(2, length)) : message(int(1, length))),
  );
  const type = message(int(1, elementTypes.float32), bytes(2, message(...dimensions)));
  return message(text(1, name), bytes(2, message(bytes(1, type))), text(3, description));
}

/** Protocol buffers: a message is its fields; a field is its number with its wire type, and a value. */
const message = (...fields: Buffer[]): Buffer => Buffer.concat(fields);
const int = (field: number, value: number): Buffer => message(varint(field << 3), varint(value));
const bytes = (field: number, value: Buffer): Buffer => message(varint((field << 3) | 2), varint(value.length), value);
const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value, 'utf8'));
const float = (field: number, value: number): Buffer =>
  message(varint((field << 3) | 5), Buffer.from(Float32Array.of(value).buffer));

/** Seven bits a byte, the lowest first; negative numbers as int64, in ten bytes. */
function varint(value: number): Buffer {
  const groups: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) groups.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...groups, Number(rest)]);
}
