import type { UserError } from '../../contract/wire/errors.ts';
import type { Storage } from '../../storage/open.ts';

/** A page that a browser is limited to, as it is kept over restarts of the host. */
export interface KeptLimit {
  /** Hashes of what the browser was given. */
  readonly cookie: string;
  readonly secret: string;
  /** Hash of the token of its page. */
  readonly page: string;
  /** Id of the study of the page; null: unknown. */
  readonly study: number | null;
  /** When it was limited: milliseconds since 1970. */
  readonly since: number;
  /** Whether it was let in to this page only, beside a browser that has everything: leaving the page gives nothing. */
  readonly isWindow: boolean;
}

/**
 * Pages of a contribution that anybody may sit at. A host limits such a page to calls marked `limited` with its own token,
 * and to no files, until a call of it has released it.
 */
export interface LimitedPages {
  /** What comes after the address of the program's page, up to the token, e.g. `#/hello/`. */
  readonly address: string;
  /** What tokens are, from start to end. */
  readonly token: RegExp;
  /** Id of the study of a page; null: no page has this token. */
  readonly studyOf: (storage: Storage, token: string) => number | null;
  /** A refusal to open a page that does not exist. */
  readonly unknown: () => UserError;
  /** Kept with the data folder, so that a restart of the host leaves a browser limited. */
  readonly kept: (storage: Storage, now: number) => readonly KeptLimit[];
  /** Called with all of them, the newest last. @throws UserError `storage.*`, e.g. when the disk is full */
  readonly keep: (storage: Storage, limits: readonly KeptLimit[], now: number) => void;
  readonly words: LimitedPageWords;
}

/** What hosts say of such a page. */
interface LimitedPageWords {
  readonly title: string;
  /** To whoever wants to leave it, before how to enter again. */
  readonly whatEndsIt: string;
  /** To whoever opens the program in a browser that is limited. */
  readonly inBrowser: { readonly title: string; readonly text: string; readonly stay: string; readonly end: string };
  /** To whoever opens a window of its own for a page in a browser that has one for another page. */
  readonly otherWindow: { readonly title: string; readonly text: string; readonly stay: string };
  /** To whoever closes a window that is limited. */
  readonly inWindow: { readonly message: string; readonly detail: string };
}

/** The token of a limited page in the fragment of an address; null: it is another address. */
export function limitedToken(pages: LimitedPages | null, fragment: string): string | null {
  if (!pages || !fragment.startsWith(pages.address)) return null;
  const token = fragment.slice(pages.address.length);
  return pages.token.test(token) ? token : null;
}
