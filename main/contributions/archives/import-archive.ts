import { setImmediate } from 'node:timers/promises';
import { formatNames } from '../../domain/numbers/index.ts';
import type { Launcher } from '../../processes/index.ts';
import { runInBatches } from '../../storage/index.ts';
import { freeName, importHidden, placesOf, type Workbench } from '../../services/workbench/index.ts';
import { archivesOf } from './storage/archives.ts';
import type { ImportedStudy, StudyImport } from './storage/import-study.ts';
import type { ArchivePiece } from './storage/pieces.ts';
import { withLabelsHash } from '../../services/labels/index.ts';
import { noProgress, type WorkProgress } from '../../services/tools/index.ts';
import { type ArchiveClient, withArchiveProcess } from './archive-process.ts';

export interface ImportOutcome extends ImportedStudy {
  /** Name of the imported study, which differs from the archive's where that is taken. */
  name: string;
  /** Files that neither the archive nor this data folder has, other than the product's own. */
  missing: number;
}

/**
 * Takes a study out of an archive: all of it, or nothing. A process of its own checks everything before anything is
 * stored, and stores the files; this process stores the rows, in transactions of some milliseconds beside other work.
 * The last one makes the study visible. A run that exists already, known by its key, is used as it is.
 * @throws UserError `archive.*`, `stimuli.conflict`, `labeler.conflict`, `labels.conflict`, `file.*`; the signal's reason
 */
export function importArchive(
  workbench: Workbench,
  path: string,
  progress: WorkProgress = noProgress,
  launcher?: Launcher,
): Promise<ImportOutcome> {
  return importHidden(workbench, () => store(workbench, path, progress, launcher));
}

async function store(
  workbench: Workbench,
  path: string,
  { signal, update }: WorkProgress,
  launcher: Launcher | undefined,
): Promise<ImportOutcome> {
  const { storage, now } = workbench;
  const asking = { signal, onEvent: ({ share, note }: { share: number; note: string }) => update(share, note) };
  return withArchiveProcess({ path, launcher, signal, update }, async (client) => {
    const { storedModels, sections } = placesOf(workbench);
    const { runs, sessions } = await client.ask('check', { path, storedModels, sections }, asking);
    const { missing } = await client.ask('storeFiles', placesOf(workbench), asking);
    const study = archivesOf(storage).startImport(now());
    await storage.leaveJournal(() => storePieces(workbench, study, client, { runs, sessions }, { signal, update }));
    signal.throwIfAborted();
    const finish = (hash: string | null): ImportOutcome => {
      const name = freeName(storage, study.name);
      return { name, missing, ...study.finish(name, hash) };
    };
    const { studyId } = study;
    const outcome = study.isLocked
      ? await withLabelsHash(workbench, { studies: [studyId] }, (hashes) =>
          finish(hashes.get(studyId)?.all.hash ?? null),
        )
      : storage.transaction(() => finish(null));
    for (const runId of outcome.completed) storage.runs.announceEnded(runId);
    return outcome;
  });
}

/** Messages of pieces after which their journal is moved: 10 to 20 MB. */
const messagesPerJournal = 16;

async function storePieces(
  { storage }: Workbench,
  study: StudyImport,
  client: ArchiveClient,
  { runs, sessions }: { runs: number; sessions: number },
  { signal, update }: WorkProgress,
): Promise<void> {
  const moveJournal = () => client.ask('moveJournal', { dataFolder: storage.folder }, { signal });
  const seen = { message: 0, run: 0, session: 0 };
  let coming = client.ask('next', undefined, { signal });
  for (;;) {
    const pieces = await coming;
    if (!pieces) break;
    coming = client.ask('next', undefined, { signal });
    // Reported by the next turn, unless storing these pieces fails first.
    coming.catch(() => undefined);
    await runInBatches(stepsOf(study, pieces), { transaction: storage.transaction, signal });
    seen.message += 1;
    for (const { kind } of pieces) if (kind === 'run' || kind === 'session') seen[kind] += 1;
    const at = seen.session > 0 ? `session ${seen.session} of ${sessions}` : `run ${seen.run} of ${runs}`;
    update(0.6 + (0.4 * (seen.run + seen.session)) / (runs + sessions + 1), at);
    if (seen.message % messagesPerJournal === 0) await moveJournal();
    await setImmediate();
  }
  await moveJournal();
}

function* stepsOf(study: StudyImport, pieces: readonly ArchivePiece[]): Generator<void, void> {
  for (const piece of pieces) {
    yield* study.steps(piece);
    yield;
  }
}

/** What became of sessions and lock, in sentences, each with a space before it; '' where there is nothing to say. */
export function sessionWords({
  sessions,
  lock,
  stillHere,
}: Pick<ImportOutcome, 'sessions' | 'lock' | 'stillHere'>): string {
  const { added, here, withdrawn } = sessions;
  return [
    added > 0 ? ` ${counted(added)} imported with all answers.` : '',
    here > 0
      ? ` ${counted(here)} ${here === 1 ? 'is' : 'are'} in another study already: only the labels were imported.`
      : '',
    withdrawn > 0 ? ` ${withdrawn} left out, as the person withdrew.` : '',
    lock === 'held' ? ' Its labels are locked and unchanged.' : '',
    lock === 'opened' ? ' Its labels differ from those that were locked, so they are unlocked.' : '',
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
export const privacyWords = ({ sessions, names }: { sessions: number; names: number }): string =>
  [
    sessions > 0 ? ` It holds every answer of ${counted(sessions)}, with its time, under pseudonyms.` : '',
    names > 0 ? ` ${keptNames(names)}` : '',
  ].join('');

const keptNames = (names: number): string =>
  names === 1 ? 'It names 1 person as an imported table does.' : `It names ${names} people as imported tables do.`;
