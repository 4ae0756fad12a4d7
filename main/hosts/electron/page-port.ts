import type { IpcMain, IpcMainEvent, MessagePortMain, WebContents } from 'electron';
import { portChannel } from '../../contract/wire/bridge.ts';
import { isPage } from './app-protocol.ts';

/**
 * Accepts the port through which the page in our window makes its calls. Only the main frame of our own page in our own
 * window may send one, and exactly one port; all other ports are closed.
 * @param window the contents of the window; undefined while there is none
 * @param answer also gets the address of the page
 */
export function takePort(
  ipc: Pick<IpcMain, 'on'>,
  window: () => WebContents | undefined,
  answer: (port: MessagePortMain, address: string) => void,
): void {
  ipc.on(portChannel, (event) => {
    const [port, ...others] = event.ports;
    if (port && others.length === 0 && isTrusted(event, window())) {
      answer(port, event.senderFrame?.url ?? '');
      port.start();
    } else for (const refused of event.ports) refused.close();
  });
}

function isTrusted({ sender, senderFrame }: IpcMainEvent, window: WebContents | undefined): boolean {
  if (window === undefined || sender !== window || senderFrame === null) return false;
  return senderFrame === window.mainFrame && isPage(senderFrame.url);
}
