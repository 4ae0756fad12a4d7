import type { DataSetSource } from '../../../contract/studies/index.ts';
import { at, countLabels } from '../../../domain/numbers/index.ts';
import { imageLength, sizeOf } from '../../../domain/data/index.ts';
import type { Inspection } from '../contract/inspection.ts';
import { titleOf } from './kinds.ts';
import { maxRows, picturesOf, previewCounts, rowLength } from './pictures.ts';
import type { FoundImages } from './source.ts';

type Whole = Pick<FoundImages, 'size' | 'classes' | 'train' | 'test' | 'leftOut' | 'notes'>;

/** Inspects a source that is read completely within seconds. @param read gives all its images */
export async function inspectWhole(source: DataSetSource, read: () => Promise<Whole> | Whole): Promise<Inspection> {
  const began = performance.now();
  const found = await read();
  const { size, classes, train, test, leftOut, notes } = found;
  const length = imageLength(size);
  const [inTrain, inTest] = [countLabels(train.labels, classes.length), countLabels(test.labels, classes.length)];
  const shown: number[][] = classes.map(() => []);
  for (const [index, label] of train.labels.entries()) {
    const row = shown[label];
    if (row && row.length < rowLength && label < maxRows) row.push(index);
  }
  const inRow = previewCounts(
    shown.slice(0, maxRows).map((row) => row.length),
    length,
    rowLength,
  );
  const rows = shown.map((row, label) => row.slice(0, inRow[label] ?? 0));
  const { pixels, labels } = picturesOf(train.images, rows, length);
  return {
    source,
    kind: titleOf(source),
    isSplit: false,
    notes,
    leftOut,
    hasCoarseLabels: false,
    classes: classes.map((name, label) => ({ name, train: at(inTrain, label), test: at(inTest, label) })),
    sizes: [{ width: size.width, height: size.height }],
    looked: null,
    isColored: size.channels === 3,
    preview: {
      images: { ...sizeOf(size), count: labels.length, pixels },
      labels,
    },
    seconds: (1.5 * (performance.now() - began)) / 1000,
    bytes: (train.count + test.count) * (length + 1),
  };
}
