import type { StudyArchive } from '../../contract/archive.ts';
import { productGenerators } from '../../contract/archive.ts';
import { archiveError } from '../../files/zip/reader.ts';
import { readShipped } from '../generators/shipped.ts';
import { freeName } from '../tools/study-names.ts';
import { labelsHash } from '../labeling/lock.ts';
import type { Workbench } from '../tools/workbench.ts';
import type { ImportOutcome } from './outcome.ts';
import type { ArchiveProgress } from './progress.ts';
import { inPieces, untold } from './progress.ts';
import { readArchive } from './read-archive.ts';
import type { CheckedArchive } from './read-archive.ts';

/**
 * Takes a study out of an archive: all of it, or nothing. Everything is checked before anything is stored. A run that
 * is here already, known by its key, is used as it is. Works in pieces of some milliseconds, beside whatever else runs.
 * @throws UserError `archive.*`, `stimuli.conflict`, `labeler.conflict`, `labels.conflict`, `file.*`; the signal's reason
 */
export async function importArchive(
  bench: Workbench,
  path: string,
  progress: ArchiveProgress = untold,
): Promise<ImportOutcome> {
  await undoUnfinished(bench);
  const archive = await readArchive(path, progress);
  try {
    return await store(bench, archive, progress);
  } catch (error) {
    await undoUnfinished(bench);
    throw error;
  } finally {
    archive.close();
  }
}

/** What an import left that was cut off: the program ended, or the machine. */
export async function undoUnfinished({ storage, now }: Workbench): Promise<void> {
  await inPieces(storage.archives.undo(now()));
}

async function store(bench: Workbench, archive: CheckedArchive, progress: ArchiveProgress): Promise<ImportOutcome> {
  const { storage, now } = bench;
  const missing = await storeBlobs(bench, archive, progress);
  let added = 0;
  for (const [index, key] of archive.runKeys.entries()) {
    progress.signal.throwIfAborted();
    progress.tell(0.8 + (0.2 * index) / archive.runKeys.length, `run ${index + 1} of ${archive.runKeys.length}`);
    if (storage.archives.known(key)) continue;
    await inPieces(storage.archives.addRun(await archive.run(key), now()), progress.signal);
    added += 1;
  }
  const name = freeName(storage, archive.study.name);
  const { sets, responses, labeling } = archive;
  const imported = { study: renamed(archive.study, name), sets, responses, labeling, sessions: archive.sessions() };
  const labels = storage.transaction(() => {
    const { id, ...told } = storage.archives.finish(imported, now());
    return { ...told, lock: checkLock(bench, id) };
  });
  return { name, added, reused: archive.runKeys.length - added, missing, ...labels };
}

/** A lock holds only where the labels are those that it names: they are not where people were left out. */
function checkLock({ storage, now }: Workbench, studyId: number): ImportOutcome['lock'] {
  const lock = storage.labeling.locks.current(studyId);
  if (!lock) return null;
  if (labelsHash({ storage }, studyId).hash === lock.hash) return 'held';
  storage.labeling.locks.open(studyId, now());
  return 'opened';
}

/** Files first, named by their hash: what an import that fails leaves of them is unreferenced, and tidied up later. */
async function storeBlobs(bench: Workbench, archive: CheckedArchive, progress: ArchiveProgress): Promise<number> {
  const { blobs } = bench.storage;
  for (const [index, hash] of archive.blobs.entries()) {
    progress.signal.throwIfAborted();
    progress.tell(0.5 + (0.3 * index) / archive.blobs.length, `file ${index + 1} of ${archive.blobs.length}`);
    const stored = await blobs.putInPieces(await archive.blob(hash));
    if (stored !== hash)
      throw archiveError('wrong-hash', `blobs/${hash} changed while it was read`, bench.storage.folder);
  }
  const own = productGenerators.map((name) => readShipped(bench.resources, name));
  let missing = 0;
  for (const { hash } of archive.manifest.omitted) {
    const shipped = own.find(({ provenance }) => provenance.weights.sha256 === hash);
    if (shipped) await blobs.putInPieces(shipped.bytes);
    else if (!blobs.has(hash)) missing += 1;
  }
  return missing;
}

const renamed = (study: StudyArchive, name: string): StudyArchive => ({
  ...study,
  name,
  specs: study.specs.map(({ spec, at }) => ({ at, spec: { ...spec, name } })),
});
