import { existsSync } from 'node:fs';
import { UserError } from '../../contract/wire/index.ts';
import type { Findings } from '../../contract/results/index.ts';
import type { DataSetSource } from '../../contract/studies/index.ts';
import { type PreparedSource, sourceName, uploadedFile } from '../../domain/data/index.ts';
import { formatCount, formatInteger, formatMoment } from '../../domain/numbers/index.ts';
import type { Launcher } from '../../processes/index.ts';
import type { DataSetRecord, Progress } from '../../contract/api/index.ts';
import type { PreparedRecord } from '../../storage/index.ts';
import type { TaskEvent } from '../../services/tasks/index.ts';
import type { Workbench } from '../../services/workbench/index.ts';
import { askReader } from './process.ts';

type Tools = Pick<Workbench, 'storage' | 'now'>;

interface PrepareOptions {
  launcher: Launcher;
  onProgress: (progress: Progress) => void;
  /** Ends the process; nothing is stored then. */
  signal: AbortSignal;
  /** Whether all images are read even if none of their files seems to have changed. Default: no. */
  again?: boolean;
  /** Whether images that are stored without the names of their files are read again, to know these. Default: no. */
  namesFiles?: boolean;
  /** The source under which they are stored, by their hash. Default: that which is read. */
  storedAs?: (hash: string) => DataSetSource;
}

export interface StoredImages {
  record: DataSetRecord;
  /** Null: the images came with an archive. */
  findings: Findings | null;
  /** When they were read, in milliseconds since 1970; 0: elsewhere, they came with an archive; null: just now. */
  preparedAt: number | null;
  /** Whether there is nothing any more where they were read from, so that nobody can say whether it changed. */
  areFilesGone: boolean;
}

/** `was prepared earlier, 2026-11-28 10:15 UTC`, for what is stored. */
export const whenPrepared = (preparedAt: number): string =>
  preparedAt === 0 ? 'came with an archive' : `was prepared earlier, ${formatMoment(preparedAt)}`;

/** What is stored of a source, and kept for an hour more; undefined: it has to be read. */
export function storedImages(
  { storage: { dataSets, blobs } }: Pick<Tools, 'storage'>,
  source: DataSetSource,
): PreparedRecord | undefined {
  const prepared = dataSets.prepared(source);
  return prepared && blobs.touch(prepared.record.hash) ? prepared : undefined;
}

/**
 * The images of a source, as they are stored where its files have not changed since they were read, or are gone. Otherwise
 * a process of its own reads them, and they are stored with what was found.
 * @param source with absolute paths
 * @throws UserError `data-set.*`, `file.*`, `machine.ended`; the signal's reason
 */
export async function prepareSource(
  workbench: Tools,
  source: PreparedSource,
  { launcher, onProgress, signal, again = false, namesFiles = false, storedAs = () => source }: PrepareOptions,
): Promise<StoredImages> {
  const { storage, now } = workbench;
  const stored = again ? undefined : storedImages(workbench, source);
  if (uploadedFile(source) !== null) {
    if (stored) return { ...stored, areFilesGone: true };
    throw uploadNotKept(source);
  }
  const isUnnamed = namesFiles && stored !== undefined && lacksNames(workbench, stored.record);
  const input = { source, blobs: storage.blobs.folder, known: isUnnamed ? null : (stored?.fingerprint ?? null) };
  const onEvent = (event: TaskEvent): void => {
    if (event.type === 'progress') onProgress(event);
  };
  let areFilesGone = false;
  const read = await askReader(launcher, 'prepare', input, { signal, onEvent }).catch((error: unknown) => {
    areFilesGone = isGone(source, error);
    if (stored && areFilesGone) return null;
    throw error;
  });
  if (read === null) {
    if (stored) return { ...stored, areFilesGone };
    throw new Error('nothing was read, and nothing is stored');
  }
  const { record: asRead, ...found } = read;
  const record = { ...asRead, source: storedAs(asRead.hash) };
  storage.transaction(() => storage.dataSets.putPrepared(record, found, now()));
  return { record, findings: found.findings, preparedAt: null, areFilesGone };
}

/** Whether images were files once and nobody knows what these were called, as in everything that earlier versions read. */
export const lacksNames = ({ storage }: Pick<Tools, 'storage'>, { hash, source }: DataSetRecord): boolean =>
  source.source === 'folder' && storage.dataSets.testFiles(hash, source) === null;

/** Whether an error says that there is nothing at the source's path; a file that went while it was read is another thing. */
export function isGone({ path }: PreparedSource, error: unknown): boolean {
  return error instanceof UserError && error.code === 'file.not-found' && error.where === path && !existsSync(path);
}

const uploadNotKept = (source: DataSetSource): UserError =>
  new UserError(
    'data-set.not-here',
    `The images came in the uploaded file “${uploadedFile(source) ?? ''}” and are not in this data folder`,
    sourceName(source),
    'Import the study from an archive that was exported with weights, which holds the images, or change the path of its data set to where the file is.',
  );

/** What a person should know before a study runs on these images, a sentence each. */
export function remarks({ leftOut, sameInTest, nearInTest, inTwoClasses, comparedAll, notes }: Findings): string[] {
  const found: string[] = leftOut.map(({ reason, count, examples }) => {
    const [first = ''] = examples;
    const many = count > 1 ? `, and ${formatCount(count - 1, 'more file')} like it` : '';
    return `Left out: ${first}${many}: ${reason}.`;
  });
  const pairs = ({ examples: [first] }: Findings['sameInTest']): string =>
    first ? `, e.g. ${first.second} and ${first.first}` : '';
  if (sameInTest.count > 0) {
    found.push(
      `${formatCount(sameInTest.count, 'test image')} also ${sameInTest.count === 1 ? 'is a' : 'are'} training ${sameInTest.count === 1 ? 'image' : 'images'}${pairs(sameInTest)}: accuracy is overstated.`,
    );
  }
  if (nearInTest.count > 0) {
    const many = nearInTest.count === 1 ? 'is nearly a training image' : 'are nearly training images';
    found.push(`${formatCount(nearInTest.count, 'test image')} ${many}${pairs(nearInTest)}.`);
  }
  if (inTwoClasses.count > 0) {
    const [first] = inTwoClasses.examples;
    const others = inTwoClasses.count > 1 ? ` So are ${formatInteger(inTwoClasses.count - 1)} others.` : '';
    found.push(`The same image is in two classes: ${first?.first ?? ''} and ${first?.second ?? ''}.${others}`);
  }
  if (!comparedAll) found.push('There are too many images to find all near-duplicates.');
  return [...found, ...notes];
}

/** @param where the path that was named */
export const notNeeded = (where: string): UserError =>
  new UserError(
    'data-set.read-directly',
    'These images need no preparation: every training reads their files',
    where,
    'Start the study.',
  );
