import type { App, Session } from 'electron';
import { isOwnAddress, isOwnFile, isPage } from './app-protocol.ts';

/** For every page that ever comes to be: it stays where it is, opens nothing and embeds nothing. */
export function confinePages(app: Pick<App, 'on'>): void {
  app.on('web-contents-created', (_event, contents) => {
    const stay = (event: { preventDefault(): void; url: string }) => {
      if (!isPage(event.url)) event.preventDefault();
    };
    contents.on('will-navigate', stay);
    // What a frame holds by `srcdoc` comes from the page itself, under the page's own policy.
    contents.on('will-frame-navigate', (event) => event.url === 'about:srcdoc' || stay(event));
    contents.on('will-redirect', stay);
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

/** Charts and tables can be copied; that is all that the page may do beyond its own window. */
const permitted = 'clipboard-sanitized-write';

/** No other permission of any kind, no device, no request that leaves our own scheme, and no download but of our files. */
export function confineSession(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, decide) => {
    decide(permission === permitted && isPage(contents.getURL()));
  });
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === permitted && isOwnAddress(origin),
  );
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, decide) => decide({}));
  session.on('will-download', (event, item) => {
    // Without a path of ours, Electron has the system ask the user for one.
    if (isOwnFile(item.getURL())) item.setSaveDialogOptions({ defaultPath: item.getFilename() });
    else event.preventDefault();
  });
  session.webRequest.onBeforeRequest(({ url }, decide) => {
    decide({ cancel: !staysHere(url) });
  });
}

/** Images that the page holds in itself (`data:`, `blob:`) ask nobody for anything. */
function staysHere(url: string): boolean {
  if (isOwnAddress(url) || url.startsWith('blob:app://workbench/') || url.startsWith('data:image/')) return true;
  return url.startsWith('devtools://');
}
