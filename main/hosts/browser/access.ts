import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Decides which requests the browser host accepts. */
export class Access {
  /** Part of the first address, which only the user of this machine sees. */
  readonly token = randomBytes(24).toString('base64url');
  readonly #secret = randomBytes(32).toString('base64url');
  #port = 0;

  /** Call it once the port is known: cookies and addresses contain it. */
  setPort(port: number): void {
    this.#port = port;
  }

  /** The address that grants a browser access. */
  get address(): string {
    return `http://127.0.0.1:${this.#port}/?token=${this.token}`;
  }

  /** Scripts cannot read it and other sites do not send it. Its name contains the port. */
  get cookie(): string {
    return `${this.#cookieName}=${this.#secret}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Refuses DNS rebinding: a foreign name that resolves to this machine appears in the Host header. */
  isOwnHost({ headers }: IncomingMessage): boolean {
    return headers.host === `127.0.0.1:${this.#port}` || headers.host === `localhost:${this.#port}`;
  }

  /** Browsers send the origin of a page with every change and every socket; only our own page is accepted. */
  isOwnOrigin({ headers }: IncomingMessage): boolean {
    return headers.origin === `http://${headers.host}`;
  }

  /** Whether the token of an address is correct. */
  isToken(token: string): boolean {
    return equalSecrets(token, this.token);
  }

  hasCookie({ headers }: IncomingMessage): boolean {
    const cookies = (headers.cookie ?? '').split(/;\s*/);
    return cookies.some((cookie) => {
      const [name, value = ''] = cookie.split('=', 2);
      return name === this.#cookieName && equalSecrets(value, this.#secret);
    });
  }

  get #cookieName(): string {
    return `workbench-${this.#port}`;
  }
}

/** Compares in constant time. */
function equalSecrets(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
