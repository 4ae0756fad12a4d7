import { createHash } from 'node:crypto';
import type { Findings } from '../../contract/results/index.ts';
import { at, countLabels } from '../../domain/numbers/index.ts';
import { isTestOnly, type PreparedSource, sourceName } from '../../domain/data/index.ts';
import type { BlobStore } from '../../files/index.ts';
import { checkedStatistics, type DataSet, dataSetHeader, hashDataSet } from '../../training/data/index.ts';
import { findDuplicates } from './duplicates.ts';
import { findImages } from './sources/readers.ts';
import { dataError, type ReadContext } from './sources/source.ts';

/** What a prepared data set is, and what was found while its images were read. */
export interface PreparedDataSet extends Omit<DataSet, 'train' | 'test'> {
  trainCount: number;
  testCount: number;
  findings: Findings;
  /** See `FoundImages`. */
  testFiles: readonly string[] | null;
}

/**
 * Reads the images of a source and stores them as one blob, which is exactly what the data set's hash is of: the header
 * line, training pixels, training labels, test pixels, test labels. Nothing is stored unless all was read.
 * @param source with absolute paths
 * @throws UserError `data-set.*`, `file.*`; the signal's reason
 */
export async function prepareDataSet(
  source: PreparedSource,
  blobs: BlobStore,
  context: ReadContext,
): Promise<PreparedDataSet> {
  const where = source.path;
  const found = await findImages(source, context);
  const { classes, train, test, size } = found;
  checkCounts(found, where, isTestOnly(source));
  context.progress(0, null, 'duplicates');
  const duplicates = findDuplicates(found);
  context.signal.throwIfAborted();
  const statistics = checkedStatistics(train.count > 0 ? train.images : test.images, size.channels, where);
  const set = { classes, ...size, train, test };
  const hash = hashDataSet(set);
  context.progress(0, null, 'bytes to store');
  await blobs.putStream(hash, async (take) => {
    const sum = createHash('sha256');
    const parts = [Buffer.from(dataSetHeader(set), 'ascii'), train.images, train.labels, test.images, test.labels];
    for (const part of parts) {
      for (let from = 0; from < part.length; from += pieceBytes) {
        context.signal.throwIfAborted();
        const piece = part.subarray(from, from + pieceBytes);
        sum.update(piece);
        await take(piece);
      }
    }
    return sum.digest('hex');
  });
  const [inTrain, inTest] = [countLabels(train.labels, classes.length), countLabels(test.labels, classes.length)];
  const findings: Findings = {
    classes: classes.map((name, label) => ({ name, train: at(inTrain, label), test: at(inTest, label) })),
    leftOut: found.leftOut,
    ...duplicates,
    notes: found.notes,
  };
  const name = sourceName(source);
  const counts = { trainCount: train.count, testCount: test.count };
  return { hash, name, classes, ...size, ...statistics, ...counts, findings, testFiles: found.testFiles ?? null };
}

const pieceBytes = 4 * 2 ** 20;

/** Neither classifiers nor generators can learn a class without examples, and accuracy needs test images. */
function checkCounts(
  { classes, train, test }: Pick<DataSet, 'classes' | 'train' | 'test'>,
  where: string,
  isAlone: boolean,
): void {
  const present = new Set(train.labels);
  const empty = isAlone ? undefined : classes.find((_, label) => !present.has(label));
  if (empty !== undefined) {
    const remedy = 'Add images of it, or leave out the class.';
    throw dataError('empty-class', `No training image is of the class “${empty}”`, where, remedy);
  }
  if (test.count === 0) throw dataError('no-test-images', 'There are no test images', where, 'Add test images.');
}
