import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { callProtocol } from '../../contract/wire/bridge.ts';
import type { KeptLimit } from '../../services/workbench/limited-pages.ts';

/** What one browser was given when its user opened an address. */
export interface Keys {
  /** Value of the cookie. Browsers send it to every port of this machine, so on its own it only loads the page. */
  readonly cookie: string;
  /** Kept by the page in the storage of its origin, and sent with every call and upload. */
  readonly secret: string;
}

/** What the host keeps of `Keys`: hashes, and what they give access to. */
export interface Grant extends Omit<KeptLimit, 'page'> {
  /** Hash of the token of the page that the browser is limited to; null: everything. */
  readonly page: string | null;
}

/** Keeps the grants of limited pages, so that these stay limited after a restart of the host. */
export interface LimitMemory {
  load(): readonly KeptLimit[];
  /** Called with all of them, the newest last. */
  save(limits: readonly KeptLimit[]): void;
}

/** An address that grants one browser access, once. */
export interface Invitation {
  readonly address: string;
  /** Resolves when the address no longer works. */
  readonly ended: Promise<void>;
}

/** What a window of its own is let in to. */
export interface OwnWindow {
  /** Token of the page. */
  readonly page: string;
  readonly study: number;
  /** What is handed to the page (`handing`). */
  readonly handed: string;
}

interface Token {
  readonly purpose: 'printed' | 'opened' | 'window';
  /** Null: everything. */
  readonly window: OwnWindow | null;
  end(): void;
}

/**
 * The names of this machine in addresses. Browsers keep cookies and storage apart for each name, so a tab that has
 * everything and a window that has one page can be open in one browser.
 */
const names = { everything: '127.0.0.1', windows: 'localhost' } as const;

/** Milliseconds that a browser has to open the address that it was given, also when it has to start first. */
export const openingTime = 120_000;

/** Decides which requests the browser host accepts. */
export class Access {
  readonly #tokens = new Map<string, Token>();
  /** By the hash of the cookie, the newest last. */
  readonly #grants: Map<string, Grant>;
  readonly #memory: LimitMemory;
  #onRevoke: (grant: Grant) => void = () => undefined;
  #port = 0;

  constructor(memory: LimitMemory) {
    this.#memory = memory;
    this.#grants = new Map(memory.load().map((grant) => [grant.cookie, grant]));
  }

  /** `listener` is called when a grant ends. */
  onRevoke(listener: (grant: Grant) => void): void {
    this.#onRevoke = listener;
  }

  /** Call it once the port is known: cookies and addresses contain it. */
  setPort(port: number): void {
    this.#port = port;
  }

  /**
   * A new address, which replaces an earlier one with the same purpose.
   * @param lasts milliseconds
   */
  invite(purpose: 'printed' | 'opened', lasts: number): Invitation {
    return this.#invite(purpose, null, lasts);
  }

  /** A new address that lets a browser in to one page only, and replaces an earlier one for this page. @param lasts milliseconds */
  inviteWindow(window: OwnWindow, lasts: number): Invitation {
    return this.#invite('window', window, lasts);
  }

  #invite(purpose: Token['purpose'], window: OwnWindow | null, lasts: number): Invitation {
    for (const earlier of this.#tokens.values())
      if (earlier.purpose === purpose && earlier.window?.page === window?.page) earlier.end();
    const token = newSecret();
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = (): void => {
      this.#tokens.delete(hash(token));
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, lasts);
    timer.unref();
    this.#tokens.set(hash(token), { purpose, window, end });
    return { address: `${this.#origin(window)}/?token=${token}`, ended: promise };
  }

  #origin(window: OwnWindow | null): string {
    return `http://${window ? names.windows : names.everything}:${this.#port}`;
  }

  /** What the address of a token was made for, and the origin of that address; null: it does not work. */
  invitationOf(token: string): (Pick<Token, 'purpose' | 'window'> & { origin: string }) | null {
    const found = this.#tokens.get(hash(token));
    return found ? { ...found, origin: this.#origin(found.window) } : null;
  }

  /**
   * Exchanges the token of an address, which no longer works then. Null: it does not work.
   * @param before what the browser had until now
   */
  enter(token: string, before: Grant | null): Keys | null {
    const found = this.#tokens.get(hash(token));
    if (!found) return null;
    found.end();
    return this.#replace(before, found.window, found.window !== null);
  }

  /** Whether a grant has not ended. */
  isValid(grant: Grant): boolean {
    return this.#grants.get(grant.cookie) === grant;
  }

  /** Limits a browser to one page. What it had before ends. @param page its token */
  limit(before: Grant, page: string, study: number): Keys {
    return this.#replace(before, { page, study }, false);
  }

  /** Gives a limited browser access to everything again; null: it was a window of its own, which now has none. */
  endLimit(before: Grant): Keys | null {
    if (!before.isWindow) return this.#replace(before, null, false);
    this.#change(before, null);
    return null;
  }

  /** @param limit null: everything */
  #replace(before: Grant | null, limit: Pick<OwnWindow, 'page' | 'study'> | null, isWindow: boolean): Keys {
    const keys = { cookie: newSecret(), secret: newSecret() };
    const hashes = { cookie: hash(keys.cookie), secret: hash(keys.secret), page: limit && hash(limit.page) };
    this.#change(before, { ...hashes, study: limit?.study ?? null, since: Date.now(), isWindow });
    return keys;
  }

  /** @param before ends @param grant is given instead; null: nothing */
  #change(before: Grant | null, grant: Grant | null): void {
    if (before) this.#grants.delete(before.cookie);
    if (grant) this.#grants.set(grant.cookie, grant);
    if (grant?.page != null || before?.page != null) {
      this.#memory.save([...this.#grants.values()].filter(isLimited));
    }
    if (before) this.#onRevoke(before);
  }

  /** Scripts cannot read it and other sites do not send it. Its name contains the port. */
  cookieHeader({ cookie }: Keys): string {
    return `${this.#cookieName}=${cookie}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Refuses DNS rebinding: a foreign name that resolves to this machine appears in the Host header. */
  isOwnHost({ headers }: IncomingMessage): boolean {
    return Object.values(names).some((name) => headers.host === `${name}:${this.#port}`);
  }

  /** Browsers send the origin of a page with every change and every socket; only our own page is accepted. */
  isOwnOrigin({ headers }: IncomingMessage): boolean {
    return headers.origin === `http://${headers.host}`;
  }

  /** The grant that the cookie of a request belongs to; null: none. */
  grantOf({ headers }: IncomingMessage): Grant | null {
    for (const cookie of (headers.cookie ?? '').split(/;\s*/)) {
      const [name, value = ''] = cookie.split('=', 2);
      const grant = name === this.#cookieName ? this.#grants.get(hash(value)) : undefined;
      if (grant) return grant;
    }
    return null;
  }

  /** Whether a request also proves to come from the page that the grant was given to. */
  hasSecret({ headers }: IncomingMessage, grant: Grant): boolean {
    const [protocol, ofSocket] = (headers['sec-websocket-protocol'] ?? '').split(/,\s*/);
    const secret = protocol === callProtocol ? ofSocket : /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
    return secret !== undefined && hash(secret) === grant.secret;
  }

  get #cookieName(): string {
    return `workbench-${this.#port}`;
  }
}

const isLimited = (grant: Grant): grant is KeptLimit => grant.page !== null;

/** 256 random bits. */
const newSecret = (): string => randomBytes(32).toString('base64url');

/** Secrets are compared by their hashes, so the time that it takes reveals nothing. */
export const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex');
