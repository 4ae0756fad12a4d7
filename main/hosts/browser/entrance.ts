import { accessKey } from '../../contract/bridge.ts';
import { pageHeaders } from '../page/headers.ts';
import { plain } from '../page/respond.ts';
import type { Access, Grant } from './access.ts';

export const howToEnter = 'Press Enter in the terminal of the workbench, and open the address that it prints.';

/**
 * Answers the two requests that let a browser in; null: another request. The address loads a page whose script is the
 * exchange itself. So a program that only fetches the address (e.g. for a preview) does not use it up, and the secret is in
 * no address and no history.
 */
export function enter(url: URL, access: Access, grant: Grant | null): Response | null {
  const token = url.searchParams.get('token');
  if (token === null || (url.pathname !== '/' && url.pathname !== '/enter.js')) return null;
  if (!access.isToken(token)) {
    // E.g. a tab that is opened again with the address of before.
    if (grant !== null && url.pathname === '/') return seeOther('/');
    return plain(403, `This address was used before, or is too old. ${howToEnter}`);
  }
  if (url.pathname === '/') return new Response(entrancePage(token), { headers: freshHeaders('text/html') });
  const keys = access.enter(token, grant);
  if (!keys) return plain(403, howToEnter);
  const headers = { ...freshHeaders('text/javascript'), 'Set-Cookie': access.cookieHeader(keys) };
  return new Response(keepSecret(keys.secret), { headers });
}

function seeOther(path: string): Response {
  const answer = plain(303, 'Access granted');
  answer.headers.set('Location', path);
  return answer;
}

/** @param token one that works, so it needs no escapes */
const entrancePage = (token: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Boundary Workbench</title>
<p>Opening the workbench …</p>
<p>If this page stays, press Enter in the terminal of the workbench, and open the address that it prints.</p>
<script src="/enter.js?token=${token}"></script>
</html>
`;

const keepSecret = (secret: string): string =>
  `localStorage.setItem(${JSON.stringify(accessKey)}, ${JSON.stringify(secret)});\nlocation.replace('/');\n`;

const freshHeaders = (type: string): Record<string, string> => ({
  ...pageHeaders(`${type}; charset=utf-8`),
  'Cache-Control': 'no-store',
});
