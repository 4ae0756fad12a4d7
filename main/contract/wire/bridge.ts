/** The message that a page posts to its own window with the port for the preload script to pass on. */
export const portMessage = 'workbench:port';

/** The only IPC channel between the preload script and the program; it carries the port. */
export const portChannel = 'workbench:port';

/** Where the preload script puts `DesktopBridge` for the page in our window. A page in a browser has none. */
export const desktopBridge = 'boundaryDesktop';

export interface DesktopBridge {
  /** Where a file that the user dropped or chose lies on this computer; empty for one that a page made. */
  pathForFile(file: File): string;
}

/** A page acknowledges each message from its port with this one, so streams wait for slow pages. */
export const portAcknowledgement = 'workbench:taken';

/** Protocol of the web socket for calls. The page names the secret of its origin after it. */
export const callProtocol = 'workbench';

/**
 * Where a page in a browser keeps its access, in `localStorage`: the secret of its origin, and after a space the token of the
 * page that it is limited to.
 */
export const accessKey = 'workbench:access';

/** What the address of a window of its own hands to its page, which has a storage of its own: digits and points. */
export const handed = { parameter: 'handed', pattern: /^[\d.]{1,20}$/ } as const;

/** The search of such an address. @param value '' or another one that does not fit: there is none */
export const handing = (value: string): string => (handed.pattern.test(value) ? `?${handed.parameter}=${value}` : '');

/** What an address hands over; '': nothing. */
export function handedIn(search: string): string {
  const value = new URLSearchParams(search).get(handed.parameter) ?? '';
  return handed.pattern.test(value) ? value : '';
}
