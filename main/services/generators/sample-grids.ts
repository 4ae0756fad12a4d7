import { join } from 'node:path';
import { drawSheet } from '../../domain/sheet.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { encodeGrayPng } from '../../files/png.ts';
import type { JudgedSamples } from '../../training/generator/quality.ts';

/** Images in a row of either picture, and rows of the first one. */
const side = 10;

/**
 * Draws what a classifier judged: `samples.png`, the first hundred as they came; `classes.png`, a row a class, the
 * clearest ten from left to right.
 * @returns the two paths. @throws UserError `file.*`
 */
export function writeSampleGrids(judged: JudgedSamples, folder: string): string[] {
  const first = Array.from({ length: Math.min(side * side, judged.labels.length) }, (_, index) => index);
  const rows = Array.from({ length: Math.ceil(first.length / side) }, (_, row) =>
    first.slice(row * side, (row + 1) * side),
  );
  const clearest = judged.figures.classes.map((_, k) => clearestOf(judged, k));
  return [['samples.png', rows] as const, ['classes.png', clearest] as const].map(([name, indices]) => {
    const path = join(folder, name);
    writeFileAtomic(path, drawRows(judged, indices));
    return path;
  });
}

/** Indices of the samples that look most like a class, the clearest first; ties by index. */
function clearestOf({ labels, confidence }: JudgedSamples, classIndex: number): number[] {
  return [...labels.keys()]
    .filter((index) => labels[index] === classIndex)
    .sort((a, b) => (confidence[b] ?? 0) - (confidence[a] ?? 0) || a - b)
    .slice(0, side);
}

function drawRows({ size, pixels }: JudgedSamples, rows: readonly (readonly number[])[]): Uint8Array {
  const area = size * size;
  const chosen = Buffer.concat(rows.flat().map((index) => pixels.subarray(index * area, (index + 1) * area)));
  const sheet = drawSheet({ width: size, height: size, pixels: chosen, rows: rows.map((row) => row.length) });
  return encodeGrayPng(sheet);
}
