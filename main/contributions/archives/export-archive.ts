import { renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../../contract/wire/index.ts';
import { fileError, makeFolder, temporaryName } from '../../files/index.ts';
import type { Launcher } from '../../processes/index.ts';
import { isDrawnPseudonym } from '../../domain/labeling/index.ts';
import { panelsOf } from '../answers/storage/panels.ts';
import type { Storage } from '../../storage/index.ts';
import { findStudy, placesOf, type Workbench } from '../../services/workbench/index.ts';
import { noProgress, type WorkProgress } from '../../services/tools/index.ts';
import { withArchiveProcess } from './archive-process.ts';

interface ExportOptions {
  study: string;
  /** Path of the archive. An existing file is replaced. */
  path: string;
  /** Without weights an archive is small: everything shows, and nothing that needs a network computes. */
  weights: boolean;
  /** Time of export, milliseconds since 1970. Default: now. */
  at?: number;
  /** Called in the same turn as the last check for withdrawals, so that a later withdrawal finds the archive on offer. */
  offer?: () => void;
  launcher?: Launcher;
}

interface ExportOutcome {
  files: number;
  bytes: number;
  omitted: number;
  sessions: number;
  /** People who have the name of their table instead of a pseudonym. */
  names: number;
}

/**
 * Writes a study as one archive, completely or not at all, in a process of its own.
 * @throws UserError `study.not-found`, `archive.*`, `file.*`; the signal's reason
 */
export async function exportArchive(
  workbench: Workbench,
  { offer, launcher, ...options }: ExportOptions,
  { signal, update }: WorkProgress = noProgress,
): Promise<ExportOutcome> {
  const { storage, now } = workbench;
  const { study, weights, at = now() } = options;
  const { id } = findStudy(workbench, study);
  const withdrawals = (): number => storage.labeling.withdrawals.datesOfStudy(id).length;
  const before = withdrawals();
  const refuseWithdrawn = (): void => {
    if (withdrawals() !== before) throw withdrew(study);
  };
  let path = temporaryName(options.path);
  try {
    makeFolder(dirname(options.path));
    const request = { ...placesOf(workbench), study, path, weights, at };
    const outcome = await withArchiveProcess({ path: options.path, launcher, signal, update }, (client) =>
      client.ask('write', request, { signal, onEvent: ({ share, note }) => update(share, note) }),
    );
    refuseWithdrawn();
    renameSync(path, options.path);
    path = options.path;
    // Another process may have been quicker than the line above.
    refuseWithdrawn();
    offer?.();
    return { ...outcome, names: countKeptNames(storage, id) };
  } catch (error) {
    rmSync(path, { force: true });
    throw fileError(error, options.path);
  }
}

const withdrew = (study: string): UserError =>
  new UserError(
    'archive.withdrawn',
    'Somebody withdrew while the archive was made',
    `study ${study}`,
    'Export the study again. The new archive contains no data of this person.',
  );

/** People whom the study has or had under the name of their table, which may be a real one. */
const countKeptNames = (storage: Storage, studyId: number): number =>
  storage.labelers.allPeople(studyId).filter(({ pseudonym }) => !isDrawnPseudonym(pseudonym)).length -
  panelsOf(storage).people(studyId, false).length;
