import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { productGenerators } from '../../contract/archive.ts';
import { newFileMode } from '../../files/atomic.ts';
import { BlobStore } from '../../files/blobs.ts';
import { checkRoom } from '../../files/file-errors.ts';
import { type CallContext, serve } from '../../processes/serve.ts';
import { type ArchivePiece, openStorage, type Storage } from '../../storage/index.ts';
import { readShipped } from '../generators/shipped.ts';
import type { WorkProgress } from '../tools/jobs.ts';
import { openWorkbench, type Workbench } from '../tools/workbench.ts';
import { archiveCalls } from './archive-calls.ts';
import { piecesOf } from './pieces.ts';
import { type CheckedArchive, readArchive } from './read-archive.ts';
import { ArchiveWriter } from './write-archive.ts';
import type { Places } from '../tools/places.ts';

let archive: CheckedArchive | undefined;
/** Database of the data folder that an import goes to. */
let database: Storage | undefined;
let pieces: AsyncIterator<ArchivePiece[]> | undefined;

/** Reads or writes one archive in this process. It never changes a row of the database: the host stores them. */
export const serveArchive = (): void =>
  serve(archiveCalls, {
    check: async ({ path }, context) => {
      archive = await readArchive(path, progressOf(context));
      return { runs: archive.runKeys.length, sessions: archive.sessionCount };
    },
    storeFiles: (where, context) => storeFiles(checked(), where, progressOf(context)),
    next: async () => {
      pieces ??= piecesOf(checked());
      const next = await pieces.next();
      return next.done === true ? null : next.value;
    },
    moveJournal: ({ dataFolder }) => {
      database ??= openStorage(dataFolder, { beside: true });
      database.moveJournal();
    },
    write: ({ environment, path, ...options }, context) =>
      reading(options, async (workbench) => {
        const file = await open(path, 'wx', newFileMode(dirname(path)));
        try {
          const writer = new ArchiveWriter({ ...workbench, environment }, options, progressOf(context), file);
          const outcome = await writer.write();
          await file.sync();
          return outcome;
        } finally {
          await file.close();
        }
      }),
  });

function checked(): CheckedArchive {
  if (!archive) throw new Error('no archive has been checked');
  return archive;
}

type Progressing = CallContext<(typeof archiveCalls)['check']>;

const progressOf = ({ signal, emit }: Pick<Progressing, 'signal' | 'emit'>): WorkProgress => {
  let last = 0;
  return {
    signal,
    update: (share, note) => {
      const now = performance.now();
      if (now - last < 100) return;
      last = now;
      emit({ share, note });
    },
  };
};

async function reading<T>(places: Places, work: (workbench: Workbench) => T): Promise<Awaited<T>> {
  const workbench = openWorkbench({ ...places, readOnly: true });
  try {
    return await work(workbench);
  } finally {
    workbench.storage.close();
  }
}

/** What an import that fails leaves of the files is unreferenced, and cleaned up later. */
async function storeFiles(
  { blobs: names, size, store, manifest }: CheckedArchive,
  { dataFolder, resources }: Places,
  progress: WorkProgress,
): Promise<{ missing: number }> {
  const blobs = new BlobStore(join(dataFolder, 'blobs'));
  const needed = names.reduce((sum, hash) => sum + (blobs.has(hash) ? 0 : size(hash)), 0);
  checkRoom(dataFolder, needed);
  for (const [index, hash] of names.entries()) {
    progress.update(0.5 + (0.1 * index) / names.length, `file ${index + 1} of ${names.length}`);
    await store(hash, blobs);
  }
  const own = productGenerators.map((name) => readShipped(resources, name));
  let missing = 0;
  for (const { hash } of manifest.omitted) {
    const shipped = own.find(({ provenance }) => provenance.weights.sha256 === hash);
    if (shipped) await blobs.putInPieces(shipped.bytes);
    else if (!blobs.has(hash)) missing += 1;
  }
  return { missing };
}
