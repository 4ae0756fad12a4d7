import { readFile, realpath } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { pageHeaders } from './headers.ts';

const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** A file of the page below `root`; null if there is none. `/` is index.html. */
export async function staticFile(root: string, urlPath: string): Promise<Response | null> {
  const path = urlPath === '/' ? '/index.html' : urlPath;
  const type = mediaTypes[extname(path)];
  const file = type === undefined ? undefined : await fileBelow(root, path);
  if (file === undefined || type === undefined) return null;
  return new Response(await readFile(file), { headers: pageHeaders(type, path.startsWith('/assets/')) });
}

/** The real path of a file below `root`, after following links; undefined if there is none. */
async function fileBelow(root: string, urlPath: string): Promise<string | undefined> {
  const path = decodePath(urlPath);
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

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
