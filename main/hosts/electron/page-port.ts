import type { IpcMain, IpcMainEvent, MessagePortMain, WebContents } from 'electron';
import { portChannel } from '../../contract/wire/bridge.ts';
import { isPage } from './app-protocol.ts';

/** A window of ours, and what takes the port of its page, whose address it also gets. */
export interface PortWindow {
  /** Undefined while there is no such window. */
  readonly contents: WebContents | undefined;
  readonly take: (port: MessagePortMain, address: string) => void;
}

/**
 * Accepts the ports through which the pages in our windows make their calls. Only the main frame of our own page in a window
 * of ours may send one, and exactly one port; all other ports are closed.
 */
export function takePorts(ipc: Pick<IpcMain, 'on'>, windows: () => readonly PortWindow[]): void {
  ipc.on(portChannel, (event) => {
    const [port, ...others] = event.ports;
    const window = windows().find((each) => isTrusted(event, each));
    if (port && others.length === 0 && window) {
      window.take(port, event.senderFrame?.url ?? '');
      port.start();
    } else for (const refused of event.ports) refused.close();
  });
}

function isTrusted({ sender, senderFrame }: IpcMainEvent, { contents }: PortWindow): boolean {
  if (contents === undefined || sender !== contents || senderFrame === null) return false;
  return senderFrame === contents.mainFrame && isPage(senderFrame.url);
}
