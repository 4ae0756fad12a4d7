import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../../contract/errors.ts';
import { fileError } from '../../files/file-errors.ts';
import { ParentLauncher } from '../../processes/parent-launcher.ts';
import { endWithParent } from '../../processes/end-with-parent.ts';
import { parentPort } from '../../processes/parent-port.ts';
import { serve } from '../../processes/serve.ts';
import { formatInteger } from '../../domain/format.ts';
import { BlobStore } from '../../files/blobs.ts';
import { keepStimuli, storeStimuli } from '../../files/stimuli/store-stimuli.ts';
import { openStorage, type Storage } from '../../storage/index.ts';
import { installTensorflow } from '../../training/engines/tensorflow/install/install.ts';
import { previewDataSet } from '../../training/data/preview.ts';
import { inspectSource } from '../../training/data/inspect.ts';
import { prepareDataSet } from '../../training/data/prepare.ts';
import { drawRealImages } from '../../training/generator/real-grid.ts';
import { sourceFingerprint } from '../../training/data/sources/index.ts';
import type { ReadContext } from '../../training/data/sources/source.ts';
import { describeDataSet } from '../declaration/describe-data-set.ts';
import { cleanUp, diskUse } from './disk.ts';
import { installReport } from './engines.ts';
import { machineCalls, refused, type TaskEvent } from './tasks.ts';

/** Does one machine task in this process: what would hold up the host, as reading folders and data sets or a backup. */
export function serveMachine(): void {
  const port = parentPort();
  const launcher = new ParentLauncher(port);
  serve(
    machineCalls,
    {
      diskUse: (folders) => refusing(() => diskUse(folders, Date.now())),
      cleanUp: (folders, { emit }) =>
        refusing(() =>
          cleanUp(folders, Date.now, (share) => emit({ type: 'progress', share, note: 'Removing unused files' })),
        ),
      backUp: ({ dataFolder, replaceOthers }) => refusing(() => backUp(dataFolder, replaceOthers)),
      findContradiction: ({ dataFolder }) =>
        refusing(() =>
          inDatabase({ dataFolder, readOnly: true }, (storage) => storage.findContradiction()?.message ?? null),
        ),
      rewrite: ({ dataFolder }) => refusing(() => rewrite(dataFolder)),
      emptyJournal: ({ dataFolder }) =>
        refusing(() => inDatabase({ dataFolder, readOnly: false }, (storage) => emptyJournal(storage))),
      describeDataSet: ({ source, folder }) => describeDataSet(source, folder),
      previewDataSet: ({ source, hash, blobs }) => previewDataSet(source, hash, new BlobStore(blobs)),
      drawRealImages: ({ source, hash, blobs }) => drawRealImages(source, hash, new BlobStore(blobs)),
      inspectDataSet: (input, { emit, signal }) => inspectSource(input, { progress: throttledProgress(emit), signal }),
      prepareDataSet: async ({ source, blobs, known }, { emit, signal }) => {
        // Before the images are read: what changes meanwhile is noticed the next time.
        const fingerprint = await sourceFingerprint(source);
        if (fingerprint === known) return null;
        const report = throttledProgress(emit);
        const prepared = await prepareDataSet(source, new BlobStore(blobs), { progress: report, signal });
        const { findings, classes, testFiles, ...others } = prepared;
        const files = testFiles && [...testFiles];
        return { record: { ...others, classes: [...classes], source }, findings, fingerprint, testFiles: files };
      },
      keepStimuli: ({ path, folder, ...wanted }, { emit }) =>
        keepStimuli(path, wanted, folder, throttledProgress(emit)),
      storeStimuli: ({ path, blobs, ...wanted }, { emit }) =>
        storeStimuli(path, wanted, new BlobStore(blobs), throttledProgress(emit)),
      install: ({ variant }, { emit }) =>
        refusing(async () => {
          const outcome = await installTensorflow({ variant, fullCheck: true, report: installReport(emit), launcher });
          if (!outcome.installed) throw refused(outcome.reason);
        }),
    },
    port,
  );
}

/** Milliseconds between two reports of progress. */
const progressInterval = 100;

function throttledProgress(emit: (event: TaskEvent) => void): ReadContext['progress'] {
  let last = 0;
  return (done, total, what) => {
    const now = performance.now();
    if (total !== null && done < total && now - last < progressInterval) return;
    last = now;
    const note = total === null ? what : `${formatInteger(done)} of ${formatInteger(total)} ${what}`;
    emit({ type: 'progress', share: total === null ? null : done / Math.max(1, total), note });
  };
}

/** A copy of a database that is in use can be made by whoever can read it. */
const backUp = (dataFolder: string, replaceOthers: boolean): Promise<void> =>
  inDatabase({ dataFolder, readOnly: true }, (storage) => {
    storage.backUp(replaceOthers);
  });

/** Works beside the process that writes the data folder. */
async function inDatabase<T>(
  { dataFolder, readOnly }: { dataFolder: string; readOnly: boolean },
  work: (storage: Storage) => T,
): Promise<Awaited<T>> {
  const storage = openStorage(dataFolder, readOnly ? { readOnly } : { beside: true });
  try {
    return await work(storage);
  } finally {
    storage.close();
  }
}

/** A host that was killed starts again at once, and must not find the database locked by this process. */
async function rewrite(dataFolder: string): Promise<void> {
  const release = endWithParent();
  try {
    await inDatabase({ dataFolder, readOnly: false }, (storage) => storage.rewrite());
  } finally {
    release();
  }
}

/** Tries for some seconds: other processes read for moments. */
async function emptyJournal(storage: Storage): Promise<boolean> {
  for (let tries = 0; tries < 50; tries++) {
    if (storage.emptyJournal()) return true;
    await wait(100);
  }
  return false;
}

/** What cannot be done is reported in one sentence that says what would help. @throws UserError `machine.refused` */
async function refusing<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const explained = fileError(error, 'this machine');
    if (!(explained instanceof UserError) || explained.code === 'machine.refused') throw explained;
    throw refused(`${explained.message} (${explained.where}). ${explained.remedy}`);
  }
}
