import { inflateSync } from 'node:zlib';
import { type DecodedPng, decode, encode } from 'fast-png';
import { UserError } from '../contract/errors.ts';
import { isPng, type PngChunks, readPngChunks, unpackedBytes } from './png-chunks.ts';

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
 * Nothing larger than what the header announces is unpacked, and the header may announce `maxPngSide` a side.
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
  attempt(where, () => checkPacked(chunks));
  const image = attempt(where, () => decode(chunks.bare));
  const samples = eightBit(image);
  if (colour !== 3 && chunks.hasTransparencyChunk) throw transparent(where);
  const pixels = colour === 3 ? fromPalette(samples, image, where) : fromChannels(samples, image.channels, where);
  return { width, height, pixels };
}

/** The decoder takes short data for black, and any length for good: so it is given only what fits exactly. */
function checkPacked(chunks: PngChunks): void {
  const expected = unpackedBytes(chunks.header);
  const unpacked = inflateSync(chunks.packed, { maxOutputLength: expected });
  if (unpacked.length !== expected) throw new Error('its image data are cut short');
}

/** One byte a sample, rows without padding. Indices into a palette stay as they are. */
function eightBit({ data, depth, width, height, channels, palette }: DecodedPng): Uint8Array {
  if (depth === 8) return Uint8Array.from(data);
  if (depth === 16) return Uint8Array.from(data, (value) => Math.round(value / 257));
  const samplesPerByte = 8 / depth;
  const rowBytes = Math.ceil((width * channels) / samplesPerByte);
  const highest = 2 ** depth - 1;
  const factor = palette ? 1 : 255 / highest;
  return Uint8Array.from({ length: width * height }, (_, k) => {
    const [x, y] = [k % width, Math.floor(k / width)];
    const byte = data[y * rowBytes + Math.floor(x / samplesPerByte)] as number;
    return ((byte >> (8 - depth * ((x % samplesPerByte) + 1))) & highest) * factor;
  });
}

function fromPalette(samples: Uint8Array, { palette = [] }: DecodedPng, where: string): Uint8Array {
  return samples.map((index) => {
    const [red, green, blue, alpha = 255] = palette[index] ?? [];
    if (red === undefined || green === undefined || blue === undefined) {
      throw pngError('damaged', 'This PNG is damaged: a colour is not in its palette', where, 'Save the image again.');
    }
    if (alpha !== 255) throw transparent(where);
    return luminance(red, green, blue);
  });
}

function fromChannels(samples: Uint8Array, channels: number, where: string): Uint8Array {
  const hasAlpha = channels === 2 || channels === 4;
  return Uint8Array.from({ length: samples.length / channels }, (_, k) => {
    const first = k * channels;
    const at = (channel: number): number => samples[first + channel] as number;
    if (hasAlpha && at(channels - 1) !== 255) throw transparent(where);
    return channels < 3 ? at(0) : luminance(at(0), at(1), at(2));
  });
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
