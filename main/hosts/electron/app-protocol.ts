import { readFile, realpath } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import type { Protocol } from 'electron';

const scheme = 'app';
const host = 'workbench';

/** The one page that the window shows. */
export const pageUrl = `${scheme}://${host}/index.html`;

/** Nothing from elsewhere, nothing inline, no frames, no forms. Bundled scripts and styles come from our own scheme. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Whether an address is inside our own scheme and host. `URL.origin` is 'null' for schemes that Node does not know. */
export function isOwnAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return url.protocol === `${scheme}:` && url.host === host && url.username === '' && url.password === '';
}

/** To be called before the app is ready: makes app:// a secure, standard scheme like https. */
export function declareAppScheme(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the files below `root`, and nothing else, at app://workbench/. */
export function serveApp(protocol: Pick<Protocol, 'handle'>, root: string): void {
  protocol.handle(scheme, (request) => respond(root, request));
}

async function respond(root: string, request: Request): Promise<Response> {
  if (request.method !== 'GET') return plain(405, 'Only GET');
  const type = mediaTypes[extname(new URL(request.url).pathname)];
  const path = isOwnAddress(request.url) ? await fileBelow(root, new URL(request.url).pathname) : undefined;
  if (path === undefined || type === undefined) return plain(404, 'Not found');
  return new Response(await readFile(path), { status: 200, headers: headers(type) });
}

/** The file that a URL's path names, or undefined if there is none or it is not below `root`, links followed. */
async function fileBelow(root: string, urlPath: string): Promise<string | undefined> {
  const path = decoded(urlPath);
  if (path === undefined || /[\\\0]/.test(path)) return undefined;
  const wanted = resolve(join(root, path));
  if (!wanted.startsWith(resolve(root) + sep)) return undefined;
  try {
    const [real, realRoot] = await Promise.all([realpath(wanted), realpath(root)]);
    return real.startsWith(realRoot + sep) ? real : undefined;
  } catch {
    return undefined;
  }
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function headers(type: string): Record<string, string> {
  return {
    'Content-Type': type,
    'Content-Security-Policy': contentSecurityPolicy,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cache-Control': 'no-cache',
  };
}

function plain(status: number, text: string): Response {
  return new Response(text, { status, headers: headers('text/plain; charset=utf-8') });
}
