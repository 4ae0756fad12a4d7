import type { UserError } from '../../../contract/wire/index.ts';
import { dataError } from './source.ts';

/** An array of a NumPy file, in C order. */
export interface NpyArray {
  shape: readonly number[];
  values: Uint8Array;
}

/** What of a header is understood: a Python dictionary of three literals, in any order. Nothing is evaluated. */
const entries = {
  descr: /'descr'\s*:\s*'([^'\\]{1,16})'\s*,?/,
  order: /'fortran_order'\s*:\s*(True|False)\s*,?/,
  shape: /'shape'\s*:\s*\(([\d,\s]{0,200})\)\s*,?/,
};

/** NumPy's names of the types that occur, by kind and bytes. */
const typeNames: Partial<Record<string, string>> = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  b1: 'bool',
  c8: 'complex64',
  c16: 'complex128',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
};

/**
 * Reads the array of an .npy file (version 1 to 3). Arrays in Fortran order are brought into C order.
 * @param wanted `pixels`: uint8 only; `labels`: any whole numbers from 0 to 255
 * @param where names the array in errors
 * @throws UserError `data-set.npy-*`. Pickled objects are refused and never unpickled.
 */
export function readNpy(file: Buffer, wanted: 'pixels' | 'labels', where: string): NpyArray {
  const { descr, isFortran, shape, data } = readHeader(file, where);
  const [, endian = '', kind = '', digits = ''] = /^([<>|=])([a-zA-Z])(\d{0,3})$/.exec(descr) ?? [];
  if (kind === 'O') {
    throw dataError(
      'npy-pickle',
      'This array holds Python objects (a pickle), which are never loaded: they could run any program',
      where,
      'Save numbers: np.savez(file, train_images=np.asarray(images, dtype=np.uint8), ...).',
    );
  }
  const bytes = Number(digits);
  const isWhole = (kind === 'u' || kind === 'i') && [1, 2, 4, 8].includes(bytes);
  if (!(wanted === 'pixels' ? kind === 'u' && bytes === 1 : isWhole)) {
    const name = typeNames[`${kind}${digits}`] ?? JSON.stringify(descr);
    const [needed, remedy] =
      wanted === 'pixels'
        ? ['uint8 (0 to 255)', 'Scale the values to 0 ... 255 and save them with .astype(np.uint8).']
        : ['whole numbers', 'Save the index of each class with .astype(np.uint8).'];
    throw dataError('npy-type', `This array has values of type ${name}, not ${needed}`, where, remedy);
  }
  checkLength({ shape, data }, bytes, where);
  const values =
    bytes === 1 && kind === 'u' ? data : toBytes(data, { bytes, isBig: endian === '>', isSigned: kind === 'i' }, where);
  return { shape, values: isFortran && shape.length > 1 ? toRows(values, shape) : values };
}

/** Whole numbers and floats that `readNpyNumbers` reads, by kind and bytes. */
const readers: Partial<Record<string, (view: DataView, at: number, isLittle: boolean) => number>> = {
  f4: (view, at, isLittle) => view.getFloat32(at, isLittle),
  f8: (view, at, isLittle) => view.getFloat64(at, isLittle),
  i1: (view, at) => view.getInt8(at),
  u1: (view, at) => view.getUint8(at),
  i2: (view, at, isLittle) => view.getInt16(at, isLittle),
  u2: (view, at, isLittle) => view.getUint16(at, isLittle),
  i4: (view, at, isLittle) => view.getInt32(at, isLittle),
  u4: (view, at, isLittle) => view.getUint32(at, isLittle),
  i8: (view, at, isLittle) => Number(view.getBigInt64(at, isLittle)),
  u8: (view, at, isLittle) => Number(view.getBigUint64(at, isLittle)),
};

/** Numbers of a NumPy array in C order. `at`: the value at a place of the flat array. */
export interface NpyNumbers {
  shape: readonly number[];
  /** Whether they are whole by their type. */
  isWhole: boolean;
  at(index: number): number;
}

/** Reads an array of any numbers but float16 and complex ones. @throws UserError `data-set.npy-*` */
export function readNpyNumbers(file: Buffer, where: string): NpyNumbers {
  const { descr, isFortran, shape, data } = readHeader(file, where);
  const [, endian = '', type = ''] = /^([<>|=])([a-z]\d{1,2})$/.exec(descr) ?? [];
  const read = readers[type];
  if (!read) {
    const what = `This array has values of type ${typeNames[type] ?? JSON.stringify(descr)}, which are not read`;
    throw dataError('npy-type', what, where, 'Save it as float32, float64 or whole numbers. Pickles are never loaded.');
  }
  if (isFortran && shape.length > 1) {
    const what = 'This array is in Fortran order';
    throw dataError('npy-type', what, where, 'Save it with np.save(file, np.ascontiguousarray(array)).');
  }
  const bytes = Number(type.slice(1));
  checkLength({ shape, data }, bytes, where);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return { shape, isWhole: !type.startsWith('f'), at: (index) => read(view, index * bytes, endian !== '>') };
}

/** The shape alone, of an array of any type. @throws UserError `data-set.npy-*` */
export const npyShape = (file: Buffer, where: string): readonly number[] => readHeader(file, where).shape;

interface Header {
  descr: string;
  isFortran: boolean;
  shape: number[];
  data: Uint8Array;
}

function readHeader(file: Buffer, where: string): Header {
  const damaged = (detail: string): UserError =>
    dataError('npy-damaged', `This is not a NumPy array: ${detail}`, where, 'Save it again with np.savez.');
  const version = file[6] ?? 0;
  if (file.toString('latin1', 0, 6) !== '\x93NUMPY' || version < 1 || version > 3) {
    throw damaged('it does not begin as one');
  }
  const start = version === 1 ? 10 : 12;
  if (file.length < start) throw damaged('it is cut short');
  const end = start + (version === 1 ? file.readUInt16LE(8) : file.readUInt32LE(8));
  // NumPy itself refuses headers of more than 10,000 characters.
  if (end > file.length || end - start > 10_000) throw damaged('its header is cut short');
  const text = file.toString('latin1', start, end).trim();
  if (/'descr'\s*:\s*\[/.test(text)) {
    const what = 'This array has named fields, not numbers';
    throw dataError('npy-type', what, where, 'Save images and labels as arrays of their own.');
  }
  const found = [entries.descr, entries.order, entries.shape].map((pattern) => pattern.exec(text));
  const [descr, order, shape] = found.map((match) => match?.[1]);
  const rest = found.reduce((left, match) => left.replace(match?.[0] ?? '', ''), text);
  if (descr === undefined || order === undefined || shape === undefined || !/^\{\s*\}$/.test(rest)) {
    throw damaged('its header is not understood');
  }
  const sides = shape.split(',').flatMap((side) => (side.trim() === '' ? [] : [Number(side)]));
  if (sides.length > 8 || sides.some((side) => !Number.isSafeInteger(side)))
    throw damaged('its shape is not understood');
  return { descr, isFortran: order === 'True', shape: sides, data: file.subarray(end) };
}

/** @param bytes of a value @throws UserError `data-set.npy-damaged` */
function checkLength({ shape, data }: Pick<Header, 'shape' | 'data'>, bytes: number, where: string): void {
  const count = shape.reduce((product, side) => product * side, 1);
  if (data.length === count * bytes) return;
  const what = `This array is cut short or damaged: its header says ${count} values, and ${Math.floor(data.length / bytes)} follow`;
  throw dataError('npy-damaged', what, where, 'Copy or save the file again.');
}

interface WholeNumbers {
  bytes: number;
  isBig: boolean;
  isSigned: boolean;
}

/** Labels of any whole type as bytes. */
function toBytes(data: Uint8Array, { bytes, isBig, isSigned }: WholeNumbers, where: string): Uint8Array {
  const values = new Uint8Array(data.length / bytes);
  for (let k = 0; k < values.length; k++) {
    const lowest = k * bytes + (isBig ? bytes - 1 : 0);
    let others = 0;
    for (let b = k * bytes; b < (k + 1) * bytes; b++) if (b !== lowest) others |= data[b] as number;
    const value = data[lowest] as number;
    if (others !== 0 || (isSigned && bytes === 1 && value > 127)) {
      const remedy = 'Labels are the index of the class, counted from 0.';
      throw dataError('npy-range', `Label ${k + 1} is not a number from 0 to 255`, where, remedy);
    }
    values[k] = value;
  }
  return values;
}

/** From the first index fastest to the last index fastest. */
function toRows(values: Uint8Array, shape: readonly number[]): Uint8Array {
  const rows = new Uint8Array(values.length);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, side) => product * side, 1));
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < rows.length; to++) {
    rows[to] = values[from] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [side, stride] = [shape[axis] as number, strides[axis] as number];
      from += stride;
      const next = (index[axis] as number) + 1;
      if (next < side) {
        index[axis] = next;
        break;
      }
      from -= side * stride;
      index[axis] = 0;
    }
  }
  return rows;
}
