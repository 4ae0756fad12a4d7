import { UserError } from '../../contract/wire/errors.ts';
import type { Study } from '../../contract/studies/study.ts';
import { refuseTaken } from '../workbench/find.ts';
import type { Tools } from '../tools/tools.ts';

/** Stores a study that was declared just now under its name, and gives it. @throws UserError `study.name-taken` */
export function storeNewStudy(
  { workbench: { storage, now }, changes }: Pick<Tools, 'workbench' | 'changes'>,
  study: Study,
): string {
  refuseTaken(storage, study.name);
  storage.studies.put(study.name, study, now());
  changes.publish('studies');
  return study.name;
}

/** A name that no study can have. */
export const badName = (name: string): UserError =>
  new UserError(
    'study.bad-name',
    `A study cannot be called "${name.slice(0, 64)}"`,
    'the name',
    'Use letters, digits, space, dot, dash and underscore, beginning with a letter or digit; 64 at most.',
  );
