import { accessKey, handing } from '../../contract/wire/bridge.ts';
import type { LimitedPages } from '../../services/workbench/limited-pages.ts';
import { pageHeaders } from '../page/headers.ts';
import { plain } from '../page/respond.ts';
import { type Access, type Grant, hash } from './access.ts';

export const howToEnter = 'Press Enter in the terminal of the workbench, and open the address that it prints.';

/** What decides who is let in, and where the page opens then. */
export interface Entrance {
  access: Access;
  grant: Grant | null;
  pages: LimitedPages | null;
  place: () => string | null;
  /** Whether a page of a browser is open. */
  isOpen: (grant: Grant) => boolean;
}

/**
 * Answers the requests that let a browser in; null: another request. The address loads a page whose script is the
 * exchange itself. So a program that only fetches the address (e.g. for a preview) does not use it up, and the secret is in
 * no address and no history. A browser that is limited to a page stays there: an address that the program opened by itself
 * leads back to the page, and a printed one asks first. Addresses of windows of their own work under another name of this
 * machine than all others: nobody is let in to everything there. One that was closed makes room for the next one.
 */
export function enter(url: URL, { access, grant, pages, place, isOpen }: Entrance): Response | null {
  const token = url.searchParams.get('token');
  if (token === null || (url.pathname !== '/' && url.pathname !== '/enter.js')) return null;
  const invitation = access.invitationOf(token);
  if (invitation === null) {
    // E.g. a tab that is opened again with the address of before.
    if (grant !== null && url.pathname === '/') return seeOther('/');
    return outside('This address was used before, or is too old.');
  }
  const { purpose, window, origin } = invitation;
  if (url.origin !== origin) {
    return url.pathname === '/' ? seeOther(`${origin}${url.pathname}${url.search}`) : plain(403, howToEnter);
  }
  const endsLimit = window === null && url.searchParams.has('end');
  const own = window && `${handing(window.handed)}${pages?.address}${window.page}`;
  const there = `/${own ?? ''}`;
  const staysThere = purpose === 'opened' || (window !== null && hash(window.page) === grant?.page);
  const wasClosed = window !== null && grant?.isWindow === true && !staysThere && !isOpen(grant);
  const isLimited = pages !== null && grant !== null && grant.page !== null && !endsLimit && !wasClosed;
  if (url.pathname === '/') {
    if (isLimited && staysThere) return seeOther(there);
    const asks = isLimited && (window ? otherWindowPage(pages) : askingPage(pages, token));
    return new Response(asks || entrancePage(token, endsLimit), { headers: freshHeaders('text/html') });
  }
  if (isLimited) {
    // A page elsewhere, e.g. the file that a browser opens, led to the entrance: browsers send the cookie only now.
    const to = staysThere ? there : `/?token=${token}`;
    return new Response(`location.replace(${JSON.stringify(to)});\n`, { headers: freshHeaders('text/javascript') });
  }
  const keys = access.enter(token, grant);
  if (!keys) return plain(403, howToEnter);
  const headers = { ...freshHeaders('text/javascript'), 'Set-Cookie': access.cookieHeader(keys) };
  const kept = window ? `${keys.secret} ${window.page}` : keys.secret;
  return new Response(keepSecret(kept, own ?? place()), { headers });
}

function seeOther(address: string): Response {
  const answer = plain(303, 'Go there');
  answer.headers.set('Location', address);
  return answer;
}

/** @param token one that works, so it needs no escapes */
const entrancePage = (token: string, endsLimit: boolean): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Boundary Workbench</title>
<p>Opening the workbench …</p>
<p>If this page stays, press Enter in the terminal of the workbench, and open the address that it prints.</p>
<script src="/enter.js?token=${token}${endsLimit ? '&amp;end' : ''}"></script>
</html>
`;

/** What a browser without access sees. @param why a sentence, of HTML */
export function outside(why: string): Response {
  const text = `${why} ${howToEnter} It opens where you were.`;
  const page = sheet('Boundary Workbench', `<h1>This browser has no access to the workbench</h1>\n<p>${text}</p>`);
  return new Response(page, { status: 403, headers: freshHeaders('text/html') });
}

/** @param token one that works */
const askingPage = ({ words: { title, inBrowser } }: LimitedPages, token: string): string =>
  sheet(
    title,
    `<h1>${inBrowser.title}</h1>
<p>${inBrowser.text}</p>
<a href="/">${inBrowser.stay}</a>
<a href="/?token=${token}&amp;end">${inBrowser.end}</a>`,
  );

const otherWindowPage = ({ words: { title, otherWindow } }: LimitedPages): string =>
  sheet(title, `<h1>${otherWindow.title}</h1>\n<p>${otherWindow.text}</p>\n<a href="/">${otherWindow.stay}</a>`);

/** A page of one sheet. Both are HTML. */
const sheet = (title: string, content: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>
  body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1.5rem }
  h1 { font-size: 1.4rem; line-height: 1.3 }
  a { display: inline-block; margin: 0.5rem 1rem 0 0; padding: 0.5rem 1rem; border: 1px solid; border-radius: 0.4rem }
  a { color: inherit; text-decoration: none }
</style>
<main>
${content}
</main>
</html>
`;

/** @param secret with the token of the page that it is limited to @param place address within the page at which it opens; null: its first screen */
const keepSecret = (secret: string, place: string | null): string =>
  `localStorage.setItem(${JSON.stringify(accessKey)}, ${JSON.stringify(secret)});\nlocation.replace(${JSON.stringify(`/${place ?? ''}`)});\n`;

const freshHeaders = (type: string): Record<string, string> => ({
  ...pageHeaders(`${type}; charset=utf-8`),
  'Cache-Control': 'no-store',
});
