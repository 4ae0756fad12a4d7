import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../contract/wire/errors.ts';
import { emptyBelowSync } from '../../files/below.ts';
import { analysisCacheFolder, cacheFolder } from '../../files/places.ts';
import { reportFolder } from '../workbench/workbench.ts';
import type { LabelingService } from './service.ts';
import { findStudy } from '../workbench/find.ts';
import { findSession } from '../labels/find.ts';
import { withLabelsHash } from '../labels/people.ts';
import type { Erasure } from '../workbench/removals.ts';
import { refusals } from '../labels/refusals.ts';
import type { LabelerRecord } from '../../storage/labelers.ts';

/** A file that still contains data of a person who withdrew. */
interface Remains {
  path: string;
  why: string;
}

/**
 * Deletes all data of a person: rows, their bytes in the database and its journal, and backups that contain them. A lock
 * is renewed without the person; a lock whose hash no longer matched is opened. Returns files that it cannot change.
 * @param onHidden is called once nothing that reads the database finds the person any more
 * @throws UserError `labeling.no-session`, `storage.*`
 */
export function withdrawSession(service: LabelingService, id: number, onHidden: () => void): Promise<Remains[]> {
  const { storage, now } = service.workbench;
  const find = () => findSession(service.workbench, id);
  return withdraw(service, { ...find(), onHidden }, () => storage.labeling.withdrawals.withdraw(find(), now()));
}

/**
 * `withdrawSession` for a labeler without a session in the study. In a copy of a study, the labeler may have a session in the
 * original, which is then withdrawn. @throws UserError `study.not-found`, `labeling.no-session`, `storage.*`
 */
export async function withdrawLabeler(
  service: LabelingService,
  { study: studyName, labeler: labelerId }: { study: string; labeler: number },
  onHidden: () => void,
): Promise<Remains[]> {
  const { storage, now } = service.workbench;
  const study = findStudy(service.workbench, studyName);
  const find = (): LabelerRecord => {
    const labeler = otherLabelers(service, study.id).find(({ id }) => id === labelerId);
    if (!labeler) throw refusals.noSession(`labeler ${labelerId}`);
    return labeler;
  };
  const { name } = storage.importedNames.origins()(find());
  const session = storage.labeling.sessions.findByLabeler(find().id);
  if (session) return withdrawSession(service, session.id, onHidden);
  return withdraw(service, { studyId: study.id, labelerId, onHidden }, () =>
    storage.labeling.withdrawals.withdrawLabeler(study.id, find(), now(), name),
  );
}

/** Labelers of a study, and people with other answers, without a session in it. */
export function otherLabelers({ workbench: { storage } }: LabelingService, studyId: number): LabelerRecord[] {
  const own = new Set(storage.labeling.sessions.ofStudy(studyId).map(({ labelerId }) => labelerId));
  const labelers = [...storage.labelers.ofStudy(studyId), ...storage.otherAnswers.people(studyId)];
  const others = new Map(labelers.filter(({ id }) => !own.has(id)).map((labeler) => [labeler.id, labeler]));
  return [...others.values()];
}

/** A copy of a study has the same people, so their labels are deleted there too. */
async function withdraw(
  service: LabelingService,
  { studyId, labelerId, onHidden }: { studyId: number; labelerId: number; onHidden: () => void },
  hide: () => void,
): Promise<Remains[]> {
  const { storage, now } = service.workbench;
  const { locks } = storage.labeling;
  const studies = [...new Set([studyId, ...storage.labelers.allStudies(labelerId)])];
  const locked = studies.filter((id) => locks.current(id));
  await withLabelsHash(service.workbench, { studies: locked, without: labelerId }, (hashes) => {
    hide();
    for (const id of studies) {
      const hashed = hashes.get(id);
      // Renewing a lock that did not match would confirm labels that it never covered.
      if (hashed && locks.current(id)?.hash === hashed.all.hash)
        locks.set(id, { ...hashed.others, reason: 'withdrawal' }, now());
      else locks.unlock(id, now());
    }
  });
  // Uploaded tables and files offered for download may contain the person.
  service.uploads.clear();
  service.downloads.forgetFiles();
  onHidden();
  service.notifyLabels();
  const written = studies.flatMap((id) => reports(storage.folder, storage.studies.get(id)?.name ?? ''));
  return [
    ...(await scrub(service)),
    ...damagedNames(storage.importedNames.damagedFile),
    ...written,
    ...exportsOf(storage.folder),
    ...damagedDatabases(storage.folder),
  ];
}

/** Why the database file is not rewritten yet. */
const postponed: Record<Exclude<Erasure, 'complete'>, string> = {
  reader:
    'Another process was reading the database. What was deleted is overwritten later, at the latest after the next start.',
  quiet:
    'The answers are overwritten, and backups are replaced. While people label or models train, the file is not rewritten; ' +
    'unused parts of it may still have copies. They are overwritten when nothing was stored for a while, or after the next start.',
};

/**
 * Deletes rows and overwrites their bytes. Nothing shows the person any more; if the disk is too full for this, returns
 * what to do.
 */
async function scrub({ workbench: { storage }, removals }: LabelingService): Promise<Remains[]> {
  try {
    await removals.complete();
    const erasure = await removals.erase();
    if (erasure === 'complete') return [];
    return [{ path: join(storage.folder, 'workbench.sqlite'), why: postponed[erasure] }];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const why = `${error.message}; the next start cleans them up. ${error.remedy}`;
    return ['workbench.sqlite', 'backups'].map((name) => ({ path: join(storage.folder, name), why }));
  } finally {
    // Cached results are computed again without the person.
    emptyBelowSync(cacheFolder(), analysisCacheFolder());
  }
}

function reports(folder: string, studyName: string): Remains[] {
  const path = reportFolder(folder, studyName);
  if (!existsSync(path)) return [];
  return [{ path, why: 'This report was written before the withdrawal. Write it again to replace it.' }];
}

/** Files that are being made for a page, and what could not be deleted. */
function exportsOf(dataFolder: string): Remains[] {
  const folder = join(dataFolder, 'exports');
  if (!existsSync(folder)) return [];
  const why =
    'This file for a download may contain earlier answers. The next start deletes it, if nothing does before.';
  return readdirSync(folder).map((name) => ({ path: join(folder, name), why }));
}

function damagedNames(path: string | null): Remains[] {
  if (path === null) return [];
  return [{ path, why: 'This list of names cannot be read, and may still have the name. Restore or delete the file.' }];
}

function damagedDatabases(folder: string): Remains[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('workbench.sqlite.damaged-'))
    .map((name) => ({
      path: join(folder, name),
      why: 'This damaged database may contain earlier answers. Delete the file if you do not need it.',
    }));
}
