import { productGenerators, type StudyArchive } from '../../contract/archive.ts';
import { formatNames } from '../../domain/format.ts';
import { archiveError } from '../../files/zip/reader.ts';
import { readShipped } from '../generators/shipped.ts';
import { labelsHash } from '../labels/people.ts';
import { freeName } from '../tools/find.ts';
import type { Workbench } from '../tools/workbench.ts';
import { type WorkProgress, runInPieces, noProgress } from '../tools/jobs.ts';
import { type CheckedArchive, readArchive } from './read-archive.ts';

/**
 * Takes a study out of an archive: all of it, or nothing. Everything is checked before anything is stored. A run that
 * exists already, known by its key, is used as it is. Works in pieces of some milliseconds beside other work.
 * @throws UserError `archive.*`, `stimuli.conflict`, `labeler.conflict`, `labels.conflict`, `file.*`; the signal's reason
 */
export async function importArchive(
  workbench: Workbench,
  path: string,
  progress: WorkProgress = noProgress,
): Promise<ImportOutcome> {
  await undoUnfinished(workbench);
  const archive = await readArchive(path, progress);
  try {
    return await store(workbench, archive, progress);
  } catch (error) {
    await undoUnfinished(workbench);
    throw error;
  } finally {
    archive.close();
  }
}

async function undoUnfinished({ storage, now }: Workbench): Promise<void> {
  await runInPieces(storage.archives.removeUnfinished(now()));
}

async function store(workbench: Workbench, archive: CheckedArchive, progress: WorkProgress): Promise<ImportOutcome> {
  const { storage, now } = workbench;
  const missing = await storeBlobs(workbench, archive, progress);
  let added = 0;
  for (const [index, key] of archive.runKeys.entries()) {
    progress.signal.throwIfAborted();
    progress.update(0.8 + (0.2 * index) / archive.runKeys.length, `run ${index + 1} of ${archive.runKeys.length}`);
    if (storage.archives.findRun(key)) continue;
    await runInPieces(storage.archives.addRun(await archive.run(key), now()), progress.signal);
    added += 1;
  }
  const name = freeName(storage, archive.study.name);
  const { sets, responses, labeling } = archive;
  const imported = { study: renamed(archive.study, name), sets, responses, labeling, sessions: archive.sessions() };
  const labels = storage.transaction(() => {
    const { id, ...outcome } = storage.archives.finish(imported, now());
    return { ...outcome, lock: checkLock(workbench, id) };
  });
  return { name, added, reused: archive.runKeys.length - added, missing, ...labels };
}

/** A lock holds only where the labels are those that it names: they are not where people were left out. */
function checkLock({ storage, now }: Workbench, studyId: number): ImportOutcome['lock'] {
  const lock = storage.labeling.locks.current(studyId);
  if (!lock) return null;
  if (labelsHash({ storage }, studyId).hash === lock.hash) return 'held';
  storage.labeling.locks.unlock(studyId, now());
  return 'opened';
}

/** Files first, named by their hash: what an import that fails leaves of them is unreferenced, and tidied up later. */
async function storeBlobs(workbench: Workbench, archive: CheckedArchive, progress: WorkProgress): Promise<number> {
  const { blobs } = workbench.storage;
  for (const [index, hash] of archive.blobs.entries()) {
    progress.signal.throwIfAborted();
    progress.update(0.5 + (0.3 * index) / archive.blobs.length, `file ${index + 1} of ${archive.blobs.length}`);
    const stored = await blobs.putInPieces(await archive.blob(hash));
    if (stored !== hash)
      throw archiveError('wrong-hash', `blobs/${hash} changed while it was read`, workbench.storage.folder);
  }
  const own = productGenerators.map((name) => readShipped(workbench.resources, name));
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

export interface ImportOutcome {
  /** Name of the imported study, which differs from the archive's where that is taken. */
  name: string;
  added: number;
  reused: number;
  /** Files that neither the archive nor this data folder has, other than the product's own. */
  missing: number;
  /** Labeling sessions: added; left out as they are in another study here; left out as the person withdrew. */
  sessions: { added: number; here: number; withdrawn: number };
  /** People who withdrew where the archive was made, and are in other studies here. */
  stillHere: { pseudonym: string; studies: string[] }[];
  /** What became of the lock on the labels; null: there is none. `opened`: the labels are not those that were locked. */
  lock: 'held' | 'opened' | null;
}

/** What became of sessions and lock, in sentences, each with a space before it; '' where there is nothing to say. */
export function sessionWords({
  sessions,
  lock,
  stillHere,
}: Pick<ImportOutcome, 'sessions' | 'lock' | 'stillHere'>): string {
  const { added, here, withdrawn } = sessions;
  return [
    added > 0 ? ` ${counted(added)} came with all that was answered.` : '',
    here > 0
      ? ` ${counted(here)} ${here === 1 ? 'is' : 'are'} in another study here: of ${here === 1 ? 'it' : 'them'} the labels only.`
      : '',
    withdrawn > 0 ? ` ${withdrawn} left out, as the person withdrew.` : '',
    lock === 'held' ? ' Its labels are locked, and are those that its lock names.' : '',
    lock === 'opened' ? ' Its labels are not those that were locked, so the lock is open.' : '',
    stillHereWords(stillHere),
  ].join('');
}

function stillHereWords(people: ImportOutcome['stillHere']): string {
  if (people.length === 0) return '';
  const [who, them] = people.length === 1 ? ['1 person', 'the person'] : [`${people.length} people`, 'them'];
  const named = people.map(({ pseudonym, studies }) => `${pseudonym} (${studies.join(', ')})`);
  return ` ${who} withdrew where the archive was made, and ${people.length === 1 ? 'is' : 'are'} still here: ${formatNames(named)}. Withdraw ${them} here too.`;
}

const counted = (count: number): string => `${count} labeling ${count === 1 ? 'session' : 'sessions'}`;

/** What an archive contains about people, as a sentence with a space before it; '' for nothing. */
export const privacyWords = (sessions: number): string =>
  sessions > 0 ? ` It holds every answer of ${counted(sessions)}, with its time, under pseudonyms.` : '';
