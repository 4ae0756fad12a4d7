import { csvRow } from '../../files/tables/csv-writer.ts';
import { findStudy } from '../workbench/find.ts';
import type { LabelingService } from './service.ts';
import { otherLabelers } from './withdraw.ts';

/** Labelers without a session in the study, with what is known of where they come from. */
export function listOthers(service: LabelingService, studyId: number) {
  const origin = service.workbench.storage.importedNames.origins();
  return otherLabelers(service, studyId).map(({ id, ...about }) => ({ labeler: id, ...about, ...origin(about) }));
}

/** Offers the names of a study's imported people with their pseudonyms as a CSV file; gives its address. */
export function offerNames(service: LabelingService, studyName: string): string {
  const people = listOthers(service, findStudy(service.workbench, studyName).id).filter(({ name }) => name !== null);
  const rows = people.map(({ pseudonym, name, file }) => csvRow([pseudonym, name ?? '', file ?? '']));
  const bytes = Buffer.from([csvRow(['labeler', 'name', 'file']), ...rows].join(''));
  return service.downloads.offer({ name: `${studyName}-names.csv`, type: 'text/csv', content: { bytes } });
}

/** Deletes the names and file names of all tables that the study's labelers come from. @throws UserError `file.*` */
export function deleteNames(service: LabelingService, studyName: string): void {
  const { storage } = service.workbench;
  const people = otherLabelers(service, findStudy(service.workbench, studyName).id);
  storage.importedNames.forget(new Set(people.map(({ source }) => source)));
  // A list of names that waits for its download.
  service.downloads.forgetFiles();
  service.notify();
}
