import { accessKey } from '../../contract/wire/bridge.ts';
import { pageHeaders } from '../page/headers.ts';
import { plain } from '../page/respond.ts';
import type { Access, Grant } from './access.ts';

export const howToEnter = 'Press Enter in the terminal of the workbench, and open the address that it prints.';

/**
 * Answers the requests that let a browser in; null: another request. The address loads a page whose script is the
 * exchange itself. So a program that only fetches the address (e.g. for a preview) does not use it up, and the secret is in
 * no address and no history. A browser at a labeling desk stays there: an address that the program opened by itself leads
 * back to the desk, and a printed one asks first.
 */
export function enter(url: URL, access: Access, grant: Grant | null): Response | null {
  const token = url.searchParams.get('token');
  if (token === null || (url.pathname !== '/' && url.pathname !== '/enter.js')) return null;
  const purpose = access.purposeOf(token);
  if (purpose === null) {
    // E.g. a tab that is opened again with the address of before.
    if (grant !== null && url.pathname === '/') return seeOther('/');
    return plain(403, `This address was used before, or is too old. ${howToEnter}`);
  }
  const endsDesk = url.searchParams.has('end');
  const isAtDesk = grant !== null && grant.desk !== null && !endsDesk;
  if (url.pathname === '/') {
    if (isAtDesk && purpose === 'opened') return seeOther('/');
    const page = isAtDesk ? askingPage(token) : entrancePage(token, endsDesk);
    return new Response(page, { headers: freshHeaders('text/html') });
  }
  if (isAtDesk) {
    // A page elsewhere, e.g. the file that a browser opens, led to the entrance: browsers send the cookie only now.
    const to = purpose === 'opened' ? '/' : `/?token=${token}`;
    return new Response(`location.replace(${JSON.stringify(to)});\n`, { headers: freshHeaders('text/javascript') });
  }
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
const entrancePage = (token: string, endsDesk: boolean): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Boundary Workbench</title>
<p>Opening the workbench …</p>
<p>If this page stays, press Enter in the terminal of the workbench, and open the address that it prints.</p>
<script src="/enter.js?token=${token}${endsDesk ? '&amp;end' : ''}"></script>
</html>
`;

/** @param token one that works */
const askingPage = (token: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Labeling</title>
<style>
  body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1.5rem }
  a { display: inline-block; margin: 0.5rem 1rem 0 0; padding: 0.5rem 1rem; border: 1px solid; border-radius: 0.4rem }
  a { color: inherit; text-decoration: none }
</style>
<main>
<h1>A labeling session is in progress in this browser</h1>
<p>Ending it opens the workbench here. Stored answers are kept, and the session can continue later.</p>
<a href="/">Continue the session</a>
<a href="/?token=${token}&amp;end">End it and open the workbench</a>
</main>
</html>
`;

const keepSecret = (secret: string): string =>
  `localStorage.setItem(${JSON.stringify(accessKey)}, ${JSON.stringify(secret)});\nlocation.replace('/');\n`;

const freshHeaders = (type: string): Record<string, string> => ({
  ...pageHeaders(`${type}; charset=utf-8`),
  'Cache-Control': 'no-store',
});
