import { crc32, inflateSync } from 'node:zlib';
import { encode } from 'fast-png';
import { UserError } from '../contract/errors.ts';

/** Longest side of an image that is read. */
export const maxPngSide = 1024;

export interface GrayImage {
  width: number;
  height: number;
  /** uint8 [height, width]; 0 is black. */
  pixels: Uint8Array;
}

/** An 8-bit grayscale PNG. The same pixels give the same bytes. */
export function encodeGrayPng({ width, height, pixels }: GrayImage): Uint8Array {
  return encode({ width, height, data: pixels, depth: 8, channels: 1 }, { zlib: { level: 9 } });
}

/**
 * The pixels of a PNG of any kind, as 8-bit gray:
 * - colours become luminance by ITU-R 601, (19595 R + 38470 G + 7471 B + 32768) >> 16, as Pillow's `convert("L")` does;
 * - 16-bit samples become round(v / 257), fewer bits are spread to 0 ... 255;
 * - gamma and colour profiles are ignored; opaque alpha is dropped.
 *
 * Nothing larger than what the header announces is unpacked, and the header may announce `maxPngSide` a side. fast-png
 * is not used for reading: it takes missing data for black, ignores checksums, and unpacks without limit.
 * @param where names the file in errors
 * @throws UserError `png.*`: not a PNG, damaged, too large, interlaced, or with transparent pixels.
 */
export function decodeGrayPng(bytes: Uint8Array, where: string): GrayImage {
  if (!isPng(bytes)) throw pngError('not-png', 'This is not a PNG image', where, 'Save the image as PNG.');
  const chunks = attempt(where, () => readPngChunks(bytes));
  const { width, height, interlaced, colour } = chunks.header;
  if (width < 1 || height < 1 || width > maxPngSide || height > maxPngSide) {
    const what = `The image has ${width} x ${height} pixels; at most ${maxPngSide} x ${maxPngSide} are read`;
    throw pngError('too-large', what, where, 'Scale the image down.');
  }
  if (interlaced) throw pngError('interlaced', 'The image is interlaced', where, 'Save it without interlacing.');
  const samples = attempt(where, () => eightBit(chunks));
  const pixels = colour === 3 ? fromPalette(samples, chunks, where) : fromChannels(samples, chunks, where);
  return { width, height, pixels };
}

/** One byte a sample, rows without padding. Indices into a palette stay as they are. */
function eightBit(chunks: PngChunks): Uint8Array {
  const { header } = chunks;
  const { rowBytes, rows } = readPngRows(chunks);
  if (header.depth === 8) return rows;
  if (header.depth === 16) {
    return Uint8Array.from({ length: rows.length / 2 }, (_, k) => Math.round(rows.readUInt16BE(2 * k) / 257));
  }
  return spread(header, rowBytes, rows);
}

/** Depths below 8 have one sample a pixel; the first pixel is in the highest bits. */
function spread({ width, height, depth, colour }: PngHeader, rowBytes: number, rows: Uint8Array): Uint8Array {
  const pixelsPerByte = 8 / depth;
  const highest = 2 ** depth - 1;
  const factor = colour === 3 ? 1 : 255 / highest;
  return Uint8Array.from({ length: width * height }, (_, k) => {
    const [x, y] = [k % width, Math.floor(k / width)];
    const byte = rows[y * rowBytes + Math.floor(x / pixelsPerByte)] as number;
    return ((byte >> (8 - depth * ((x % pixelsPerByte) + 1))) & highest) * factor;
  });
}

function fromPalette(indices: Uint8Array, { palette, transparency }: PngChunks, where: string): Uint8Array {
  return indices.map((index) => {
    const [red, green, blue] = palette.subarray(3 * index, 3 * index + 3);
    if (red === undefined || green === undefined || blue === undefined) {
      throw pngError('damaged', 'This PNG is damaged: a colour is not in its palette', where, 'Save the image again.');
    }
    if ((transparency?.[index] ?? 255) !== 255) throw transparent(where);
    return luminance(red, green, blue);
  });
}

function fromChannels(samples: Uint8Array, { header, transparency }: PngChunks, where: string): Uint8Array {
  if (transparency) throw transparent(where);
  const channels = samplesPerPixel(header);
  if (channels === 1) return samples;
  const hasAlpha = channels === 2 || channels === 4;
  const pixels = new Uint8Array(samples.length / channels);
  for (let k = 0; k < pixels.length; k++) {
    const at = (channel: number): number => samples[k * channels + channel] as number;
    if (hasAlpha && at(channels - 1) !== 255) throw transparent(where);
    pixels[k] = channels < 3 ? at(0) : luminance(at(0), at(1), at(2));
  }
  return pixels;
}

const luminance = (red: number, green: number, blue: number): number =>
  (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16;

function attempt<T>(where: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw pngError(
      'damaged',
      `This PNG is damaged: ${detail}`,
      where,
      'Copy it again, or save the image again.',
      error,
    );
  }
}

const transparent = (where: string): UserError =>
  pngError('transparent', 'The image has transparent pixels', where, 'Save it without transparency, on a background.');

function pngError(code: string, what: string, where: string, remedy: string, cause?: unknown): UserError {
  return new UserError({ code: `png.${code}`, what, where, remedy, cause });
}

/** What the header of a PNG says (PNG specification 11.2.1). */
export interface PngHeader {
  width: number;
  height: number;
  /** Bits a sample: 1, 2, 4, 8 or 16. */
  depth: number;
  /** 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGB and alpha. */
  colour: number;
  interlaced: boolean;
}

export interface PngChunks {
  header: PngHeader;
  /** All compressed image data. */
  packed: Buffer;
  /** Bytes of PLTE: red, green and blue of each colour. Empty if there is none. */
  palette: Buffer;
  /** Bytes of tRNS (11.3.1.1), or null if there is none. */
  transparency: Buffer | null;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** What the pixels need. All else (profiles, texts, times) is not looked at: it may be a bomb. */
const needed = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
/** Which depths each colour type may have; samples a pixel. */
const colours = new Map([
  [0, { depths: [1, 2, 4, 8, 16], samples: 1 }],
  [2, { depths: [8, 16], samples: 3 }],
  [3, { depths: [1, 2, 4, 8], samples: 1 }],
  [4, { depths: [8, 16], samples: 2 }],
  [6, { depths: [8, 16], samples: 4 }],
]);

/** Whether bytes begin as a PNG does. */
export const isPng = (bytes: Uint8Array): boolean => signature.equals(bytes.subarray(0, signature.length));

/**
 * Takes a PNG apart, without unpacking anything.
 * @throws Error in words, if a needed chunk is damaged or missing.
 */
export function readPngChunks(bytes: Uint8Array): PngChunks {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packed: Buffer[] = [];
  let header: PngHeader | undefined;
  let palette = Buffer.alloc(0);
  let transparency: Buffer | null = null;
  for (let offset = signature.length; ; ) {
    const { type, data, whole } = chunkAt(file, offset);
    offset += whole.length;
    if (!header && type !== 'IHDR') throw new Error('it does not begin with a header');
    if (needed.has(type) && crc32(whole.subarray(4, -4)) !== whole.readUInt32BE(whole.length - 4)) {
      throw new Error(`the checksum of its part ${type} is wrong`);
    }
    if (type === 'IHDR') header = parseHeader(data);
    if (type === 'PLTE') palette = Buffer.from(data);
    if (type === 'tRNS') transparency = data;
    if (type === 'IDAT') packed.push(data);
    if (type === 'IEND' && header) return { header, packed: Buffer.concat(packed), palette, transparency };
  }
}

function chunkAt(file: Buffer, offset: number): { type: string; data: Buffer; whole: Buffer } {
  if (offset + 12 > file.length) throw new Error('it is cut short');
  const length = file.readUInt32BE(offset);
  const end = offset + 12 + length;
  if (end > file.length) throw new Error('it is cut short');
  const type = file.toString('latin1', offset + 4, offset + 8);
  return { type, data: file.subarray(offset + 8, end - 4), whole: file.subarray(offset, end) };
}

function parseHeader(data: Buffer): PngHeader {
  if (data.length !== 13) throw new Error('its header has a wrong length');
  const [depth, colour] = [data.readUInt8(8), data.readUInt8(9)];
  const interlaced = data.readUInt8(12) !== 0;
  if (!colours.get(colour)?.depths.includes(depth))
    throw new Error(`colour type ${colour} with ${depth} bits is not PNG`);
  return { width: data.readUInt32BE(0), height: data.readUInt32BE(4), depth, colour, interlaced };
}

/** Samples of a pixel: channels, or 1 for an index into a palette. */
export const samplesPerPixel = ({ colour }: PngHeader): number => colours.get(colour)?.samples ?? 0;

/**
 * The rows of an image that is not interlaced, unpacked and unfiltered (PNG specification 9): `height` rows of
 * `rowBytes` bytes, samples packed as the header says. Never unpacks more than the header announces.
 * @throws Error in words, if there are too few or too many data or they are damaged.
 */
export function readPngRows({ header, packed }: PngChunks): { rowBytes: number; rows: Buffer } {
  const bitsPerPixel = samplesPerPixel(header) * header.depth;
  const rowBytes = Math.ceil((header.width * bitsPerPixel) / 8);
  const expected = header.height * (1 + rowBytes);
  const filtered = inflateSync(packed, { maxOutputLength: expected });
  if (filtered.length !== expected) throw new Error('its image data are cut short');
  const rows = Buffer.alloc(header.height * rowBytes);
  for (let y = 0; y < header.height; y++) {
    unfilterRow(filtered, y * (1 + rowBytes), rows, y * rowBytes, rowBytes, Math.max(1, bitsPerPixel >> 3));
  }
  return { rowBytes, rows };
}

/** `step`: bytes from one pixel to the next; what lies left of or above the image counts as 0. */
function unfilterRow(filtered: Buffer, from: number, rows: Buffer, to: number, rowBytes: number, step: number): void {
  const predict = predictors[filtered[from] as number];
  if (!predict) throw new Error(`it uses a filter ${filtered[from]}, which does not exist`);
  for (let k = 0; k < rowBytes; k++) {
    const above = to - rowBytes + k;
    const left = k >= step ? (rows[to + k - step] as number) : 0;
    const up = to > 0 ? (rows[above] as number) : 0;
    const upLeft = to > 0 && k >= step ? (rows[above - step] as number) : 0;
    rows[to + k] = (filtered[from + 1 + k] as number) + predict(left, up, upLeft);
  }
}

type Predictor = (left: number, up: number, upLeft: number) => number;

/** By number of the filter: none, sub, up, average, Paeth. */
const predictors: readonly Predictor[] = [
  () => 0,
  (left) => left,
  (_, up) => up,
  (left, up) => (left + up) >> 1,
  paeth,
];

function paeth(left: number, up: number, upLeft: number): number {
  const estimate = left + up - upLeft;
  const [toLeft, toUp, toUpLeft] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - upLeft)];
  if (toLeft <= toUp && toLeft <= toUpLeft) return left;
  return toUp <= toUpLeft ? up : upLeft;
}
