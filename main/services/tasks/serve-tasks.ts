import { setTimeout as wait } from 'node:timers/promises';
import type { DataSetSource } from '../../contract/studies/study.ts';
import { endWithParent } from '../../processes/end-with-parent.ts';
import { parentPort } from '../../processes/parent-port.ts';
import type { ChildMessage } from '../../processes/protocol.ts';
import { serve } from '../../processes/serve.ts';
import { BlobStore } from '../../files/blobs.ts';
import { openStorage, type Storage } from '../../storage/open.ts';
import { drawRealImages } from '../../training/generator/real-grid.ts';
import { describeDataSet } from '../declaration/describe-data-set.ts';
import { refusing } from './task-events.ts';

const port = parentPort<ChildMessage>();

type InFolder = { dataFolder: string };

/** Tasks that would hold up the host: each is done in a process of its own. UserErrors about data sets go on as they are. */
const handlers = {
  /** @param replaceOthers whether all other backups are deleted */
  backUp: ({ dataFolder, replaceOthers }: InFolder & { replaceOthers: boolean }) =>
    refusing(() => backUp(dataFolder, replaceOthers)),
  /** Looks for rows that contradict their indexes; null: there are none. */
  findContradiction: ({ dataFolder }: InFolder) =>
    refusing(() =>
      inDatabase({ dataFolder, readOnly: true }, (storage) => storage.findContradiction()?.message ?? null),
    ),
  /** Rewrites the database without deleted rows, and holds its write lock meanwhile. */
  rewrite: ({ dataFolder }: InFolder) => refusing(() => rewrite(dataFolder)),
  /** Empties the database's journal. False: other processes were reading. */
  emptyJournal: ({ dataFolder }: InFolder) =>
    refusing(() => inDatabase({ dataFolder, readOnly: false }, (storage) => emptyJournal(storage))),
  /** Reads a data set: a fifth of a second for MNIST. */
  describeDataSet: ({ source, folder }: { source: DataSetSource; folder: string }) => describeDataSet(source, folder),
  /** Stores a picture of some images of a data set, and gives its hash: see `drawRealImages`. */
  drawRealImages: ({ source, hash, blobs }: { source: DataSetSource; hash: string | null; blobs: string }) =>
    drawRealImages(source, hash, new BlobStore(blobs)),
};
export type TaskHandlers = typeof handlers;

export const serveTasks = (): void => serve(handlers, port);

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
