import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import { analysisCacheFolder } from '../../files/places.ts';
import { reportFolder } from '../tools/workbench.ts';
import type { LabelingService } from './service.ts';
import { findStudy } from '../tools/find.ts';
import { findSession } from '../labels/find.ts';
import { labelsHash } from '../labels/people.ts';
import { refusals } from '../labels/refusals.ts';
import type { LabelerRecord } from '../../storage/index.ts';

/** A file that still contains data of a person who withdrew. */
interface Remains {
  path: string;
  why: string;
}

/**
 * Deletes all data of a person: rows, their bytes in the database and its journal, and backups that contain them. A lock
 * is renewed without the person; a lock whose hash no longer matched is opened. Returns files that it cannot change.
 * @throws UserError `labeling.no-session`, `storage.*`
 */
export function withdrawSession(service: LabelingService, id: number): Remains[] {
  const { storage, now } = service.workbench;
  const session = findSession(service.workbench, id);
  return withdraw(service, session, () => storage.labeling.withdrawals.withdraw(session, now()));
}

/**
 * The same for a labeler without a session in the study. In a copy of a study, the labeler may have a session in the
 * original, which is then withdrawn. @throws UserError `study.not-found`, `labeling.no-session`, `storage.*`
 */
export function withdrawLabeler(service: LabelingService, studyName: string, labelerId: number): Remains[] {
  const { storage, now } = service.workbench;
  const study = findStudy(service.workbench, studyName);
  const labeler = otherLabelers(service, study.id).find(({ id }) => id === labelerId);
  if (!labeler) throw refusals.noSession(`labeler ${labelerId}`);
  const session = storage.labeling.sessions.findByLabeler(labeler.id);
  if (session) return withdrawSession(service, session.id);
  const person = { studyId: study.id, labelerId: labeler.id };
  return withdraw(service, person, () => storage.labeling.withdrawals.withdrawLabeler(study.id, labeler, now()));
}

/** Labelers of a study without a session in it. */
export function otherLabelers({ workbench: { storage } }: LabelingService, studyId: number): LabelerRecord[] {
  const own = new Set(storage.labeling.sessions.ofStudy(studyId).map(({ labelerId }) => labelerId));
  return storage.labelers.ofStudy(studyId).filter(({ id }) => !own.has(id));
}

/** A copy of a study has the same people, so their labels are deleted there too. */
function withdraw(
  service: LabelingService,
  { studyId, labelerId }: { studyId: number; labelerId: number },
  forget: () => void,
): Remains[] {
  const { storage, now } = service.workbench;
  const studies = [...new Set([studyId, ...storage.labelers.allStudies(labelerId)])];
  storage.transaction(() => {
    const locks = studies.flatMap((id) => {
      const lock = storage.labeling.locks.current(id);
      return lock ? [{ id, held: lock.hash === labelsHash(service.workbench, id).hash }] : [];
    });
    forget();
    for (const { id, held } of locks) {
      // Renewing a lock that did not match would confirm labels that it never covered.
      if (held) storage.labeling.locks.set(id, { ...labelsHash(service.workbench, id), reason: 'withdrawal' }, now());
      else storage.labeling.locks.unlock(id, now());
    }
  });
  // Uploaded tables and files offered for download may contain the person.
  service.uploads.clear();
  service.downloads.forgetFiles();
  service.notifyLabels();
  const written = studies.flatMap((id) => reports(storage.folder, storage.studies.get(id)?.name ?? ''));
  return [...scrub(service), ...written, ...damagedDatabases(storage.folder)];
}

/** Overwrites deleted bytes. The rows are already deleted; if the disk is too full for this, returns what to do. */
function scrub({ workbench: { storage } }: LabelingService): Remains[] {
  try {
    if (storage.eraseDeleted()) return [];
    const why = 'Another process was reading the database. The next start overwrites what was deleted.';
    return [{ path: join(storage.folder, 'workbench.sqlite'), why }];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const why = `${error.message}; the next start cleans them up. ${error.remedy}`;
    return ['workbench.sqlite', 'backups'].map((name) => ({ path: join(storage.folder, name), why }));
  } finally {
    // Cached results are computed again without the person.
    rmSync(analysisCacheFolder(), { recursive: true, force: true });
  }
}

function reports(folder: string, studyName: string): Remains[] {
  const path = reportFolder(folder, studyName);
  if (!existsSync(path)) return [];
  return [{ path, why: 'This report was written before the withdrawal. Write it again to replace it.' }];
}

function damagedDatabases(folder: string): Remains[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('workbench.sqlite.damaged-'))
    .map((name) => ({
      path: join(folder, name),
      why: 'This damaged database may contain earlier answers. Delete the file if you do not need it.',
    }));
}
