import { crc32, inflateSync } from 'node:zlib';
import { messageOf, UserError } from '../../../contract/wire/index.ts';
import { changeChannels, type Channels, hasColor } from '../../../domain/data/index.ts';
import { largest, type PixelImage } from '../../../files/index.ts';

/**
 * The pixels of a PNG of any kind, with 8 bits:
 * - in the channels that are wanted: changed by `changeChannels`. `as-is`: RGB if any
 *   pixel has color, else gray, however the file stores it;
 * - 16-bit samples become round(v / 257), fewer bits are spread to 0 ... 255;
 * - gamma and color profiles are ignored; opaque alpha is dropped.
 *
 * The file is checked before libvips (sharp) decodes it: libvips accepts missing ends, colors outside the palette and
 * more data than the header announces. It gets the checked header and image data only, never profiles or texts.
 * @param where names the file in errors
 * @throws UserError `png.*`: not a PNG, damaged, larger than `largest.pngSide`, interlaced, or with transparent pixels.
 */
export async function decodePng(bytes: Uint8Array, where: string, wanted: Channels | 'as-is'): Promise<PixelImage> {
  if (!signature.equals(bytes.subarray(0, signature.length))) {
    throw pngError('not-png', 'This is not a PNG image', where, 'Save the image as PNG.');
  }
  try {
    const chunks = readChunks(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    const { width, height, interlaced } = chunks.header;
    if (width < 1 || height < 1 || width > largest.pngSide || height > largest.pngSide) {
      const what = `The image has ${width} x ${height} pixels; at most ${largest.pngSide} x ${largest.pngSide} are read`;
      throw pngError('too-large', what, where, 'Scale the image down.');
    }
    if (interlaced) throw pngError('interlaced', 'The image is interlaced', where, 'Save it without interlacing.');
    const opaque = toOpaque(chunks, await decodeSamples(chunks));
    if (opaque === 'transparent') {
      const remedy = 'Save it without transparency, on a background.';
      throw pngError('transparent', 'The image has transparent pixels', where, remedy);
    }
    const channels = wanted === 'as-is' ? (opaque.channels === 3 && hasColor(opaque.pixels) ? 3 : 1) : wanted;
    return { width, height, channels, pixels: changeChannels(opaque.pixels, opaque.channels, channels) };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const detail = messageOf(error);
    const remedy = 'Copy it again, or save the image again.';
    throw pngError('damaged', `This PNG is damaged: ${detail}`, where, remedy, error);
  }
}

/** Header of a PNG (PNG specification 11.2.1). */
interface PngHeader {
  width: number;
  height: number;
  /** Bits a sample: 1, 2, 4, 8 or 16. */
  depth: number;
  color: ColorType;
  interlaced: boolean;
}

interface PngChunks {
  header: PngHeader;
  /** All compressed image data. */
  packed: Buffer;
  /** Bytes of PLTE: red, green and blue of each color. Empty if there is none. */
  palette: Buffer;
  /** Bytes of tRNS (11.3.1.1), or null if there is none. */
  transparency: Buffer | null;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** What the pixels need. Everything else (profiles, texts, times) is skipped: it may be a bomb. */
const neededChunks = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);

type ColorType = 0 | 2 | 3 | 4 | 6;
/** By color type: its depths and the samples of a pixel. 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGB and alpha. */
const colorTypes: Record<ColorType, { depths: readonly number[]; samples: number }> = {
  0: { depths: [1, 2, 4, 8, 16], samples: 1 },
  2: { depths: [8, 16], samples: 3 },
  3: { depths: [1, 2, 4, 8], samples: 1 },
  4: { depths: [8, 16], samples: 2 },
  6: { depths: [8, 16], samples: 4 },
};

/** The chunks of a PNG, without unpacking them. @throws Error in words, if a needed chunk is damaged or missing */
function readChunks(file: Buffer): PngChunks {
  const packed: Buffer[] = [];
  let header: PngHeader | undefined;
  let palette = Buffer.alloc(0);
  let transparency: Buffer | null = null;
  for (let offset = signature.length; ; ) {
    if (offset + 12 > file.length) throw new Error('it is cut short');
    const end = offset + 12 + file.readUInt32BE(offset);
    if (end > file.length) throw new Error('it is cut short');
    const type = file.toString('latin1', offset + 4, offset + 8);
    const data = file.subarray(offset + 8, end - 4);
    if (!header && type !== 'IHDR') throw new Error('it does not begin with a header');
    if (neededChunks.has(type) && crc32(file.subarray(offset + 4, end - 4)) !== file.readUInt32BE(end - 4)) {
      throw new Error(`the checksum of its part ${type} is wrong`);
    }
    if (type === 'IHDR') header = parseHeader(data);
    if (type === 'PLTE') palette = Buffer.from(data);
    if (type === 'tRNS') transparency = data;
    if (type === 'IDAT') packed.push(data);
    if (type === 'IEND' && header) return { header, packed: Buffer.concat(packed), palette, transparency };
    offset = end;
  }
}

function parseHeader(data: Buffer): PngHeader {
  if (data.length !== 13) throw new Error('its header has a wrong length');
  const [depth, color] = [data.readUInt8(8), data.readUInt8(9)];
  if (!isColor(color) || !colorTypes[color].depths.includes(depth)) {
    throw new Error(`color type ${color} with ${depth} bits is not PNG`);
  }
  const interlaced = data.readUInt8(12) !== 0;
  return { width: data.readUInt32BE(0), height: data.readUInt32BE(4), depth, color, interlaced };
}

const isColor = (type: number): type is ColorType => type in colorTypes;

interface Samples {
  /** 1 gray or index into the palette, 2 gray and alpha, 3 RGB, 4 RGB and alpha. */
  channels: number;
  /** uint8 [height, width, channels]. Fewer than 8 bits are spread to 0 ... 255, indices into a palette included. */
  values: Uint8Array;
}

/**
 * The samples of an image. One with a palette is decoded as if its indices were gray, so that an index without a color
 * shows.
 * @throws Error in words, if there are too few or too many data or they are damaged.
 */
async function decodeSamples({ header, packed }: PngChunks): Promise<Samples> {
  const { width, height, depth, color } = header;
  const { samples } = colorTypes[color];
  const expected = height * (1 + Math.ceil((width * samples * depth) / 8));
  if (inflateSync(packed, { maxOutputLength: expected }).length !== expected) {
    throw new Error('its image data are cut short');
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([depth, color === 3 ? 0 : color], 8);
  const chunks = [makeChunk('IHDR', head), makeChunk('IDAT', packed), makeChunk('IEND', Buffer.alloc(0))];
  const sharp = await loadSharp();
  const image = sharp(Buffer.concat([signature, ...chunks]), {
    failOn: 'warning',
    limitInputPixels: largest.pngSide ** 2,
  });
  if (depth === 16) {
    const { data, info } = await image
      .toColourspace(samples < 3 ? 'grey16' : 'rgb16')
      .raw({ depth: 'ushort' })
      .toBuffer({ resolveWithObject: true });
    const values = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
    return { channels: info.channels, values: Uint8Array.from(values, (value) => Math.round(value / 257)) };
  }
  // As 'b-w', sharp would drop the alpha: gray with alpha becomes RGB with alpha.
  const { data, info } = await image
    .toColourspace(samples === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { channels: info.channels, values: data };
}

/** Loads libvips with the first image: that takes 100 ms, and most processes read none. Small images need one thread. */
async function loadSharp(): Promise<typeof import('sharp').default> {
  const { default: sharp } = await import('sharp');
  sharp.concurrency(1);
  return sharp;
}

function makeChunk(type: string, data: Uint8Array): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), 8 + data.length);
  return chunk;
}

type Opaque = Pick<PixelImage, 'channels' | 'pixels'>;

function toOpaque({ header, palette, transparency }: PngChunks, samples: Samples): Opaque | 'transparent' {
  const { width, height, color, depth } = header;
  const { channels, values } = samples;
  if (values.length !== width * height * channels) throw new Error('its image data are cut short');
  if (color === 3) return fromPalette(values, 255 / (2 ** depth - 1), palette, transparency);
  if (transparency) return 'transparent';
  if (channels === 1 || channels === 3) return { channels, pixels: values };
  // The last channel is alpha.
  const kept = channels === 2 ? 1 : 3;
  const pixels = new Uint8Array(width * height * kept);
  for (let from = 0, to = 0; from < values.length; from += channels, to += kept) {
    if (values[from + channels - 1] !== 255) return 'transparent';
    for (let k = 0; k < kept; k++) pixels[to + k] = values[from + k] as number;
  }
  return { channels: kept, pixels };
}

/** @param factor by which the indices are spread */
function fromPalette(
  indices: Uint8Array,
  factor: number,
  palette: Buffer,
  transparency: Buffer | null,
): Opaque | 'transparent' {
  const pixels = new Uint8Array(3 * indices.length);
  for (const [k, spread] of indices.entries()) {
    const index = spread / factor;
    const color = palette.subarray(3 * index, 3 * index + 3);
    if (color.length < 3) throw new Error('a color is not in its palette');
    if ((transparency?.[index] ?? 255) !== 255) return 'transparent';
    pixels.set(color, 3 * k);
  }
  return { channels: 3, pixels };
}

function pngError(code: string, what: string, where: string, remedy: string, cause?: unknown): UserError {
  return new UserError(`png.${code}`, what, where, remedy, { cause });
}
