/** A value of a setting that would be refused, and the nearest one that is not. Null: the setting is left out. */
export interface NearestValue {
  readonly path: string;
  readonly from: string | number | null;
  readonly to: string | number | null;
}

/**
 * An error that a user can fix: every problem of files, commands or the machine. All other errors are defects of the
 * program. Hosts print its three parts, and a stack trace for defects only.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** Stable, machine-readable code, e.g. `csv.label-out-of-range`. */
  readonly code: string;
  /** File, row, setting or run that is meant, e.g. `humans.csv, row 17`. */
  readonly where: string;
  /** What the reader can do about it, one sentence. */
  readonly remedy: string;
  /** What a form can offer in place of what was refused. */
  readonly nearest: readonly NearestValue[];

  /** @param what went wrong, in one sentence */
  constructor(
    code: string,
    what: string,
    where: string,
    remedy: string,
    options?: ErrorOptions & { nearest?: readonly NearestValue[] },
  ) {
    super(what, options);
    this.nearest = options?.nearest ?? [];
    this.code = code;
    // A name that was asked for may be blank.
    this.where = where.trim() === '' ? JSON.stringify(where) : where;
    this.remedy = remedy;
  }

  format(): string {
    return `${this.message}\n  where: ${this.where}\n  fix:   ${this.remedy}`;
  }
}

/** What went wrong, in the words of whatever threw it. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What a message says of what went wrong, without what follows: where, how to fix it, or a stack. */
export const firstLine = (message: string): string => message.split('\n', 1)[0] ?? '';

/** What a message that may come from `format` says: what went wrong, where, and how to fix it; null: nothing. No full stops. */
export function problemIn(message: string): {
  what: string;
  where: string | null;
  remedy: string | null;
} {
  const [first = '', ...rest] = message.trim().split(/\s*\n\s*/);
  const bare = (text: string): string => text.trim().replace(/\.+$/, '');
  const part = (name: string): string | null => {
    const line = rest.find((each) => each.startsWith(name));
    return line === undefined ? null : bare(line.slice(name.length));
  };
  const remedy = part('fix:');
  const what = bare(remedy === null ? [first, ...rest].map(bare).join('; ') : first);
  return { what, where: remedy === null ? null : part('where:'), remedy };
}

/** What an answer says in place of a result that there is not. @throws anything but a UserError */
export function problemOf(error: unknown): { what: string; where: string; remedy: string } {
  if (!(error instanceof UserError)) throw error;
  return { what: error.message, where: error.where, remedy: error.remedy };
}

/** @param id as it was asked for */
export const runNotFound = (id: number | string): UserError =>
  new UserError(
    'run.not-found',
    'There is no such run',
    `run ${id}`,
    'Choose a run from the table of models, or list the runs with `boundary runs list`.',
  );

/** What `read` gives; null where it is refused with this code. */
export function nullIf<T>(code: string, read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError && error.code === code) return null;
    throw error;
  }
}
