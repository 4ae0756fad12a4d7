import type { Protocol } from 'electron';
import { plain } from '../page/respond.ts';

const scheme = 'app';
const host = 'workbench';
const origin = `${scheme}://${host}`;

/** The one page that the window shows. */
export const pageUrl = `${origin}/index.html`;

/** Whether an address has our scheme and host. (`URL.origin` is 'null' for schemes that Node does not know.) */
export function isOwnAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return url.protocol === `${scheme}:` && url.host === host && url.username === '' && url.password === '';
}

/** Whether an address is the page, at any screen. */
export function isPage(address: string): boolean {
  return isOwnAddress(address) && address.replace(/[?#].*$/s, '') === pageUrl;
}

/** Whether the page may save the file at this address: a download of ours, or a file that the page created. */
export function isOwnFile(address: string): boolean {
  if (address.startsWith(`blob:${origin}/`)) return true;
  return isOwnAddress(address) && new URL(address).pathname.startsWith('/files/');
}

/** Makes app:// a secure, standard scheme like https. Call it before the app is ready. */
export function declareAppScheme(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true } },
  ]);
}

/** Answers requests for app://workbench/ and no other host of the scheme. */
export function serveApp(protocol: Pick<Protocol, 'handle'>, respond: (request: Request) => Promise<Response>): void {
  protocol.handle(scheme, (request) => (isOwnAddress(request.url) ? respond(request) : plain(404, 'Not found')));
}
