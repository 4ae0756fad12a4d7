import { crc32 } from 'node:zlib';

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
