import { UserError } from '../../contract/wire/errors.ts';

/** The error for a file whose reading ended the process that read it. @param where name of the file */
export const unreadable = (why: string, isHung: boolean, where: string): UserError =>
  new UserError(
    'labeling.unreadable',
    /out of memory/.test(why)
      ? 'This file needs more memory than is allowed for one'
      : isHung
        ? `This file is damaged or made to block programs: a process that reads it stood still (${why})`
        : `The process that reads files ended: ${why}`,
    where,
    'Nothing was stored. Ask for the original file; do not trust a file of unknown origin.',
  );
