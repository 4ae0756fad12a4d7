import { UserError } from '../../contract/errors.ts';
import type { Findings } from '../../contract/findings.ts';
import type { DataSetSource } from '../../contract/study.ts';
import { formatCount, formatInteger } from '../../domain/format.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { DataSetRecord } from '../../storage/index.ts';
import { runTask } from '../machine/tasks.ts';
import type { Workbench } from '../tools/workbench.ts';

/** `share` 0 to 1; null: not known. */
export interface PreparationProgress {
  share: number | null;
  note: string;
}

interface PrepareOptions {
  launcher: Launcher;
  onProgress: (progress: PreparationProgress) => void;
  /** Ends the process; nothing is stored then. */
  signal: AbortSignal;
}

/** What is stored of a source, and kept for an hour more; null: it has to be read. */
export function storedImages(
  { storage: { dataSets, blobs } }: Workbench,
  source: DataSetSource,
): { record: DataSetRecord; findings: Findings } | null {
  const [record, findings] = [dataSets.bySource(source), dataSets.findings(source)];
  return record && findings && blobs.touch(record.hash) ? { record, findings } : null;
}

/**
 * Reads the images of a source in a process of its own, and stores them and what was found. Reads them again if they are
 * stored already.
 * @param source with absolute paths
 * @throws UserError `data-set.*`, `file.*`, `machine.ended`; the signal's reason
 */
export async function prepareSource(
  { storage, now }: Workbench,
  source: DataSetSource,
  { launcher, onProgress, signal }: PrepareOptions,
): Promise<{ record: DataSetRecord; findings: Findings }> {
  const input = { source, blobs: storage.blobs.folder };
  const prepared = await runTask(launcher, 'prepareDataSet', input, {
    signal,
    onEvent: (event) => {
      if (event.type === 'progress') onProgress(event);
    },
  });
  storage.transaction(() => storage.dataSets.putPrepared(prepared.record, prepared.findings, now()));
  return prepared;
}

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
  if (!comparedAll) found.push('There are too many images to look for all near-duplicates.');
  return [...found, ...notes];
}

/** @param where the path that was named */
export const notNeeded = (where: string): UserError =>
  new UserError({
    code: 'data-set.read-directly',
    what: 'These images need no preparation: every training reads their files',
    where,
    remedy: 'Start the study.',
  });
