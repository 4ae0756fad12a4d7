import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { callProtocol } from '../../contract/wire/bridge.ts';

/** What one browser was given when its user opened an address. */
export interface Keys {
  /** Value of the cookie. Browsers send it to every port of this machine, so on its own it only loads the page. */
  readonly cookie: string;
  /** Kept by the page in the storage of its origin, and sent with every call and upload. */
  readonly secret: string;
}

/** What the host keeps of `Keys`: hashes, and what they give access to. */
export interface Grant {
  readonly cookie: string;
  readonly secret: string;
  /** Hash of the token of the labeling session that the browser is limited to; null: everything. */
  readonly desk: string | null;
  /** Id of the study of that session; null: none, or unknown for a desk of an earlier version. */
  readonly study: number | null;
  /** When it was given: milliseconds since 1970. */
  readonly since: number;
}

/** Keeps the grants of labeling desks, so that a desk goes on after a restart of the host. */
export interface DeskMemory {
  load(): readonly Grant[];
  /** Called with all of them, the newest last. */
  save(desks: readonly Grant[]): void;
}

/** An address that grants one browser access, once. */
export interface Invitation {
  readonly address: string;
  /** Resolves when the address no longer works. */
  readonly ended: Promise<void>;
}

interface Token {
  readonly purpose: 'printed' | 'opened';
  end(): void;
}

/** Decides which requests the browser host accepts. */
export class Access {
  readonly #tokens = new Map<string, Token>();
  /** By the hash of the cookie, the newest last. */
  readonly #grants: Map<string, Grant>;
  readonly #memory: DeskMemory;
  #onRevoke: (grant: Grant) => void = () => undefined;
  #port = 0;

  constructor(memory: DeskMemory) {
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
  invite(purpose: Token['purpose'], lasts: number): Invitation {
    for (const token of this.#tokens.values()) if (token.purpose === purpose) token.end();
    const token = newSecret();
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = (): void => {
      this.#tokens.delete(hash(token));
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, lasts);
    timer.unref();
    this.#tokens.set(hash(token), { purpose, end });
    return { address: `http://127.0.0.1:${this.#port}/?token=${token}`, ended: promise };
  }

  /** What the address of a token was made for; null: it does not work. */
  purposeOf(token: string): Token['purpose'] | null {
    return this.#tokens.get(hash(token))?.purpose ?? null;
  }

  /**
   * Exchanges the token of an address, which no longer works then. Null: it does not work.
   * @param before what the browser had until now
   */
  enter(token: string, before: Grant | null): Keys | null {
    const found = this.#tokens.get(hash(token));
    if (!found) return null;
    found.end();
    return this.#replace(before, null, null);
  }

  /** Whether a grant has not ended. */
  isValid(grant: Grant): boolean {
    return this.#grants.get(grant.cookie) === grant;
  }

  /** Limits a browser to one labeling session. What it had before ends. */
  openDesk(before: Grant, session: string, study: number): Keys {
    return this.#replace(before, hash(session), study);
  }

  /** Gives the browser of a labeling session access to everything again. */
  leaveDesk(before: Grant): Keys {
    return this.#replace(before, null, null);
  }

  #replace(before: Grant | null, desk: string | null, study: number | null): Keys {
    const keys = { cookie: newSecret(), secret: newSecret() };
    const grant = { cookie: hash(keys.cookie), secret: hash(keys.secret), desk, study, since: Date.now() };
    if (before) this.#grants.delete(before.cookie);
    this.#grants.set(grant.cookie, grant);
    if (desk !== null || before?.desk != null) {
      this.#memory.save([...this.#grants.values()].filter((each) => each.desk !== null));
    }
    if (before) this.#onRevoke(before);
    return keys;
  }

  /** Scripts cannot read it and other sites do not send it. Its name contains the port. */
  cookieHeader({ cookie }: Keys): string {
    return `${this.#cookieName}=${cookie}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Refuses DNS rebinding: a foreign name that resolves to this machine appears in the Host header. */
  isOwnHost({ headers }: IncomingMessage): boolean {
    return headers.host === `127.0.0.1:${this.#port}` || headers.host === `localhost:${this.#port}`;
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

/** 256 random bits. */
const newSecret = (): string => randomBytes(32).toString('base64url');

/** Secrets are compared by their hashes, so the time that it takes reveals nothing. */
export const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex');
