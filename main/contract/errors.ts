/**
 * An error that a person can act on: what is wrong, where it is, and how to fix it.
 *
 * Everything that a user's file, command or machine can get wrong is thrown as a `UserError`; every other error is a
 * defect of the program. Hosts print the three parts; a stack trace is shown for defects only.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** Stable, machine-readable code, e.g. `csv.label-out-of-range`. */
  readonly code: string;
  /** File, row, setting or run that is meant, e.g. `humans.csv, row 17`. */
  readonly where: string;
  /** What the reader can do about it, one sentence. */
  readonly remedy: string;

  constructor(details: { code: string; what: string; where: string; remedy: string; cause?: unknown }) {
    super(details.what, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.where = details.where;
    this.remedy = details.remedy;
  }

  /** The three parts on lines of their own, for a terminal or a log. */
  format(): string {
    return `${this.message}\n  where: ${this.where}\n  fix:   ${this.remedy}`;
  }
}
