import { UserError } from '../../contract/errors.ts';
import type { StudyRecord } from '../../storage/index.ts';
import type { Workbench } from './workbench.ts';

/** @throws UserError `study.not-found` */
export function findStudy({ storage }: Pick<Workbench, 'storage'>, name: string): StudyRecord {
  const study = storage.studies.byName(name);
  if (study) return study;
  throw new UserError({
    code: 'study.not-found',
    what: `There is no study "${name}" in this data folder`,
    where: storage.folder,
    remedy: 'List the studies with `boundary study list`, or run it first.',
  });
}
