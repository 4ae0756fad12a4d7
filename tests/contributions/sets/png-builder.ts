import { crc32, deflateSync } from 'node:zlib';

/** A chunk with a right checksum. */
export function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

export interface RawPng {
  width: number;
  height: number;
  depth: number;
  color: number;
  /** Rows, packed as PNG packs them, and the number of the filter that was applied to each (0: none). */
  rows: number[][];
  filters?: number[];
  interlace?: number;
  /** Chunks between header and image data. */
  between?: Buffer[];
}

/** A PNG made by hand, independent of the library that reads it. */
export function rawPng({
  width,
  height,
  depth,
  color,
  rows,
  filters = [],
  interlace = 0,
  between = [],
}: RawPng): Buffer {
  const data = deflateSync(Buffer.from(rows.flatMap((row, y) => [filters[y] ?? 0, ...row])));
  return assemble(header(width, height, depth, color, interlace), ...between, chunk('IDAT', data));
}

export function header(width: number, height: number, depth: number, color: number, interlace = 0): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, color, 0, 0, interlace], 8);
  return chunk('IHDR', data);
}

export function assemble(...chunks: Buffer[]): Buffer {
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, ...chunks, chunk('IEND', Buffer.alloc(0))]);
}
