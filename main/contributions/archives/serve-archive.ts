import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { productGenerators } from './format.ts';
import { BlobStore, checkRoom, newFileMode } from '../../files/index.ts';
import type { CallContext } from '../../processes/index.ts';
import { openStorage, type Storage } from '../../storage/index.ts';
import type { ArchivePiece } from './storage/pieces.ts';
import { readShipped } from '../../services/generators/index.ts';
import type { WorkProgress } from '../../services/tools/index.ts';
import { piecesOf } from './pieces.ts';
import { type CheckedArchive, readArchive } from './read-archive.ts';
import { ArchiveWriter, type WriteOptions } from './write-archive.ts';
import { loadSections, loadStoredModels, type Places, reading } from '../../services/workbench/index.ts';
import { kindsOf } from './check-models.ts';

let archive: CheckedArchive | undefined;
/** Database of the data folder that an import goes to. */
let database: Storage | undefined;
let pieces: AsyncIterator<ArchivePiece[]> | undefined;

/** Reads or writes one archive in this process. It never changes a row of the database: the host stores them. */
export const archiveHandlers = {
  /** Checks all of an archive, before anything is stored. */
  check: async (
    { path, storedModels, sections }: Pick<Places, 'storedModels' | 'sections'> & { path: string },
    context: Progressing,
  ) => {
    const kinds = kindsOf(await loadStoredModels(storedModels));
    archive = await readArchive(path, progressOf(context), { kinds, sections: await loadSections(sections) });
    return { runs: archive.runKeys.length, sessions: archive.sessionCount };
  },
  /** Stores its files, named by their hash. `missing`: files that neither the archive nor the data folder has. */
  storeFiles: (where: Pick<Places, 'dataFolder' | 'resources'>, context: Progressing) =>
    storeFiles(checked(), where, progressOf(context)),
  /** The next pieces of its records, some hundred rows; null: none are left. */
  next: async () => {
    pieces ??= piecesOf(checked());
    const next = await pieces.next();
    return next.done === true ? null : next.value;
  },
  /** Moves the database's journal, which the host fills with the records. */
  moveJournal: ({ dataFolder }: Pick<Places, 'dataFolder'>) => {
    database ??= openStorage(dataFolder, { beside: true });
    database.moveJournal();
  },
  /** Writes a study as an archive to `path`, and syncs it. */
  write: ({ path, ...options }: Places & WriteOptions & { path: string }, context: Progressing) =>
    reading(options, async (workbench) => {
      const file = await open(path, 'wx', newFileMode(dirname(path)));
      try {
        const outcome = await new ArchiveWriter(workbench, options, progressOf(context), file).write();
        await file.sync();
        return outcome;
      } finally {
        await file.close();
      }
    }),
};
export type ArchiveHandlers = typeof archiveHandlers;

function checked(): CheckedArchive {
  if (!archive) throw new Error('no archive has been checked');
  return archive;
}

type Progressing = CallContext<{ share: number; note: string }>;

const progressOf = ({ signal, emit }: Progressing): WorkProgress => {
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

/** What an import that fails leaves of the files is unreferenced, and cleaned up later. */
async function storeFiles(
  { blobs: names, size, store, manifest }: CheckedArchive,
  { dataFolder, resources }: Pick<Places, 'dataFolder' | 'resources'>,
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
