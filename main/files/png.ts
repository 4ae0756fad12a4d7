import { encode } from 'fast-png';
import { UserError } from '../contract/errors.ts';
import { isPng, type PngChunks, type PngHeader, readPngChunks, samplesPerPixel } from './png-chunks.ts';
import { readPngRows } from './png-rows.ts';

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
