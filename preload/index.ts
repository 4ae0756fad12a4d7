import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { type DesktopBridge, desktopBridge, portChannel, portMessage } from '../main/contract/wire/bridge.ts';

/**
 * The bridge: passes one message port of the page to the program. The page gets no `ipcRenderer` and no channel name. It
 * makes the calls of the contract through the port, and the program validates them.
 */
function forwardPort(event: MessageEvent): void {
  if (event.source !== window || event.origin !== window.location.origin || event.data !== portMessage) return;
  const [port, ...others] = event.ports;
  if (!port || others.length > 0) return;
  window.removeEventListener('message', forwardPort);
  ipcRenderer.postMessage(portChannel, null, [port]);
}

window.addEventListener('message', forwardPort);

/** The only function that the page gets: folders that the user drops are read where they lie, without a copy of them. */
const desktop: DesktopBridge = {
  pathForFile(file) {
    try {
      return webUtils.getPathForFile(file);
    } catch {
      // Not a file.
      return '';
    }
  },
};
contextBridge.exposeInMainWorld(desktopBridge, desktop);
