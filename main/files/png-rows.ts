import { inflateSync } from 'node:zlib';
import { type PngChunks, samplesPerPixel } from './png-chunks.ts';

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
