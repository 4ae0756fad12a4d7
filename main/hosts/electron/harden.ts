import type { App, Session, WebContents } from 'electron';
import { isOwnAddress, isOwnFile, isPage } from './app-protocol.ts';

/**
 * Applies to every page: it cannot navigate away, open windows or embed anything.
 * @param onOpen called with the address that a page tried to open in a new window
 */
export function confinePages(app: Pick<App, 'on'>, onOpen: (from: WebContents, address: string) => void): void {
  app.on('web-contents-created', (_event, contents) => {
    const stay = (event: { preventDefault(): void; url: string }) => {
      if (!isPage(event.url)) event.preventDefault();
    };
    contents.on('will-navigate', stay);
    // The content of a `srcdoc` frame comes from the page itself, under the page's own policy.
    contents.on('will-frame-navigate', (event) => event.url === 'about:srcdoc' || stay(event));
    contents.on('will-redirect', stay);
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      onOpen(contents, url);
      return { action: 'deny' };
    });
  });
}

/** The only permission of the page: copying charts and tables. */
const permitted = 'clipboard-sanitized-write';

/**
 * Denies all other permissions, devices, requests outside our scheme, and downloads other than our own files.
 * @param hasDevTools whether Chromium's developer tools may load their own files
 */
export function confineSession(session: Session, hasDevTools: boolean): void {
  session.setPermissionRequestHandler((contents, permission, decide) => {
    decide(permission === permitted && isPage(contents.getURL()));
  });
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === permitted && isOwnAddress(origin),
  );
  denyDevices(session);
  session.on('will-download', (event, item) => {
    // Without a path, Electron lets the system ask the user for one.
    if (isOwnFile(item.getURL())) item.setSaveDialogOptions({ defaultPath: item.getFilename() });
    else event.preventDefault();
  });
  session.webRequest.onBeforeRequest(({ url }, decide) => {
    decide({ cancel: !isLocal(url) && !(hasDevTools && url.startsWith('devtools://')) });
  });
}

/** Denies a session that prints everything except the pages that are printed, which contain all that they need. */
export function confinePrinting(session: Session, isPrinted: (url: string) => boolean): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  denyDevices(session);
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest(({ url }, decide) => {
    decide({ cancel: !isPrinted(url) && !url.startsWith('data:image/') });
  });
}

function denyDevices(session: Session): void {
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, decide) => decide({}));
}

/** Images inside the page (`data:`, `blob:`) cause no network request. */
function isLocal(url: string): boolean {
  return isOwnAddress(url) || url.startsWith('blob:app://workbench/') || url.startsWith('data:image/');
}
