import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Who may speak with the browser host, and how that is shown. */
export class Access {
  /** In the first address, which only the user of this machine sees. */
  readonly token = randomBytes(24).toString('base64url');
  readonly #secret = randomBytes(32).toString('base64url');
  #port = 0;

  /** To be called once the port is known: cookies and addresses name it. */
  at(port: number): void {
    this.#port = port;
  }

  /** The address that lets a browser in. */
  get address(): string {
    return `http://127.0.0.1:${this.#port}/?token=${this.token}`;
  }

  /** Script cannot read it, other sites do not send it, and other ports have other names for theirs. */
  get cookie(): string {
    return `${this.#cookieName}=${this.#secret}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** A name that leads elsewhere but was made to point here (DNS rebinding) shows in the Host header. */
  isOwnHost({ headers }: IncomingMessage): boolean {
    return headers.host === `127.0.0.1:${this.#port}` || headers.host === `localhost:${this.#port}`;
  }

  /** Pages say where they come from whenever they change something or open a socket; only our own may. */
  isOwnOrigin({ headers }: IncomingMessage): boolean {
    return headers.origin === `http://${headers.host}`;
  }

  /** Whether the token of an address is the right one. */
  isToken(token: string): boolean {
    return same(token, this.token);
  }

  hasCookie({ headers }: IncomingMessage): boolean {
    const cookies = (headers.cookie ?? '').split(/;\s*/);
    return cookies.some((cookie) => {
      const [name, value = ''] = cookie.split('=', 2);
      return name === this.#cookieName && same(value, this.#secret);
    });
  }

  get #cookieName(): string {
    return `workbench-${this.#port}`;
  }
}

/** Takes as long whether the first or the last character differs. */
function same(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
