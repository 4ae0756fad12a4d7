import { z } from 'zod';
import { UserError } from '../../contract/wire/errors.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';

/** The first eight bytes of every such file. */
const magic = Buffer.from('BWTENSOR', 'ascii');
/** No header of ours is longer. */
const maxHeaderBytes = 16 * 2 ** 20;
const elementBytes = { float32: 4, float16: 2, uint8: 1 } as const;
type ElementType = keyof typeof elementBytes;

/** Values with a name and a shape. float16: IEEE 754 binary16. */
export interface NamedArray {
  name: string;
  shape: readonly number[];
  data: Float32Array | Float16Array | Uint8Array;
}

/** `kind`: the content of the file, e.g. `classifier-weights/1`; `meta`: JSON that describes it. */
interface TensorFile {
  kind: string;
  meta: unknown;
  arrays: readonly NamedArray[];
}

const headerSchema = z.strictObject({
  kind: z.string(),
  meta: z.json(),
  arrays: z
    .array(
      z.strictObject({
        name: z.string().max(256),
        type: z.enum(['float32', 'float16', 'uint8']),
        shape: z.array(z.int().min(0).max(0x7fff_ffff)).max(8),
      }),
    )
    .max(100_000),
});

/**
 * Bytes of a tensor file: `BWTENSOR`, the header's length in bytes (uint32), the header (canonical JSON, UTF-8), and
 * the arrays one after another, little-endian, without gaps. Equal content gives equal bytes. See docs/training.md.
 */
export function encodeTensorFile(file: TensorFile): Buffer {
  const arrays = file.arrays.map(({ name, shape, data }) => {
    if (elementCount(shape) !== data.length) throw new RangeError(`${name}: ${data.length} values for shape ${shape}`);
    return { name, shape, type: elementType(data) };
  });
  const header = Buffer.from(canonicalJson({ kind: file.kind, meta: file.meta, arrays }), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const bytes = file.arrays.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return Buffer.concat([magic, length, header, ...bytes]);
}

/**
 * Reads a tensor file. Nothing in the bytes is trusted: sizes are checked before anything is copied.
 * @param where names the file or blob in errors
 * @throws UserError `tensor-file.damaged`, or `tensor-file.wrong-kind` if it has another kind
 */
export function decodeTensorFile(bytes: Uint8Array, kind: string, where: string): TensorFile {
  const { header, dataStart } = readHeader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), where);
  if (header.kind !== kind) {
    throw new UserError(
      'tensor-file.wrong-kind',
      `This file is of the kind "${header.kind.slice(0, 64)}", not "${kind}"`,
      where,
      'Choose a file of the right kind, made by this version of the program.',
    );
  }
  let end = dataStart;
  const spans = header.arrays.map(({ shape, type }) => {
    const start = end;
    end += elementCount(shape) * elementBytes[type];
    return [start, end] as const;
  });
  if (end !== bytes.length) throw damaged(`it should have ${end} bytes and has ${bytes.length}`, where);
  const arrays = header.arrays.map(({ name, shape, type }, index): NamedArray => {
    // A copy, as float32 values must start at a multiple of four bytes, and float16 values at one of two.
    const copy = new Uint8Array(bytes.subarray(...(spans[index] as readonly [number, number])));
    return { name, shape, data: toValues(copy, type) };
  });
  return { kind: header.kind, meta: header.meta, arrays };
}

/** The metadata of a tensor file of any kind, without its arrays. @throws UserError `tensor-file.damaged` */
export function readTensorFileMeta(bytes: Uint8Array, where: string): unknown {
  return readHeader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), where).header.meta;
}

function elementType(data: NamedArray['data']): ElementType {
  if (data instanceof Uint8Array) return 'uint8';
  return data instanceof Float16Array ? 'float16' : 'float32';
}

function toValues(bytes: Uint8Array<ArrayBuffer>, type: ElementType): NamedArray['data'] {
  switch (type) {
    case 'uint8':
      return bytes;
    case 'float16':
      return new Float16Array(bytes.buffer);
    case 'float32':
      return new Float32Array(bytes.buffer);
  }
}

function readHeader(bytes: Buffer, where: string): { header: z.infer<typeof headerSchema>; dataStart: number } {
  if (!bytes.subarray(0, magic.length).equals(magic)) throw damaged('it does not start with BWTENSOR', where);
  const headerStart = magic.length + 4;
  if (bytes.length < headerStart) throw damaged('it ends before its header', where);
  const length = bytes.readUInt32LE(magic.length);
  const dataStart = headerStart + length;
  if (length > maxHeaderBytes || dataStart > bytes.length) throw damaged('its header is cut off', where);
  const parsed = headerSchema.safeParse(parseJson(bytes.toString('utf8', headerStart, dataStart), where));
  if (!parsed.success) throw damaged(`its header is not valid: ${z.prettifyError(parsed.error)}`, where);
  return { header: parsed.data, dataStart };
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged('its header is not JSON', where);
  }
}

const elementCount = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function damaged(how: string, where: string): UserError {
  return new UserError(
    'tensor-file.damaged',
    `This file is incomplete, or not a file of this program: ${how}`,
    where,
    'Restore it from a backup, or run the step that made it again.',
  );
}
