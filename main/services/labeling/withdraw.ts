import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import { analysisCacheFolder } from '../../files/places.ts';
import { reportFolder } from '../report/places.ts';
import type { LabelingDesk } from './desk.ts';
import { findSession } from './find.ts';
import { labelsHash } from './lock.ts';

/** A file that still holds something of a person who withdrew. */
export interface Remains {
  path: string;
  why: string;
}

/**
 * Deletes all that a person gave: rows, the bytes they had in the database and its journal, and backups that hold them.
 * A lock is renewed without them. Gives what this cannot reach.
 * @throws UserError `labeling.no-session`, `storage.*`
 */
export function withdrawSession(desk: LabelingDesk, id: number): Remains[] {
  const { bench } = desk;
  const { storage, now } = bench;
  const session = findSession(bench, id);
  const studyName = storage.studies.get(session.studyId)?.name ?? '';
  storage.transaction(() => {
    storage.labeling.withdrawals.withdraw(session, now());
    if (!storage.labeling.locks.current(session.studyId)) return;
    const content = labelsHash(bench, session.studyId);
    storage.labeling.locks.set(session.studyId, { ...content, reason: 'withdrawal' }, now());
  });
  desk.tell();
  desk.changes.tell('studies');
  return [...scrub(desk), ...reports(storage.folder, studyName), ...setAside(storage.folder)];
}

/** The rows are gone by now; where the disk is too full to be tidied, the user hears what has to be done. */
function scrub({ bench: { storage } }: LabelingDesk): Remains[] {
  try {
    const isClean = storage.labeling.withdrawals.scrub();
    // A new backup takes the place of all that were made before the withdrawal.
    storage.backUp();
    // Answers about results are worked out again without the person.
    rmSync(analysisCacheFolder(), { recursive: true, force: true });
    if (isClean) return [];
    const why = 'Another process was reading the database. What was deleted is overwritten when the workbench ends.';
    return [{ path: join(storage.folder, 'workbench.sqlite'), why }];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const why = `${error.message}; it is tidied with the next backup. ${error.remedy}`;
    return [{ path: join(storage.folder, 'backups'), why }];
  }
}

function reports(folder: string, studyName: string): Remains[] {
  const path = reportFolder(folder, studyName);
  if (!existsSync(path)) return [];
  return [{ path, why: 'The report was written before. Write it again to replace it.' }];
}

function setAside(folder: string): Remains[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('workbench.sqlite.damaged-'))
    .map((name) => ({
      path: join(folder, name),
      why: 'A damaged database that was set aside may hold earlier answers. Delete it by hand if you do not need it.',
    }));
}
