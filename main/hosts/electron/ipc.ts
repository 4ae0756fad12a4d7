import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron';
import { callChannel } from '../../contract/calls.ts';
import type { CallHandlers } from '../../contract/calls.ts';
import { answerCall } from './answer.ts';
import { isOwnAddress } from './app-protocol.ts';

/**
 * Answers calls from the main frame of our own page in our own window; every other sender gets an error and learns
 * nothing.
 * @param window the window's contents, or undefined while there is none
 */
export function answerWindow(
  ipc: Pick<IpcMain, 'handle'>,
  handlers: CallHandlers,
  window: () => WebContents | undefined,
  log: (error: unknown) => void,
): void {
  ipc.handle(callChannel, (event, name: unknown, input: unknown) => {
    if (!isTrusted(event, window())) throw new Error('This page may not call the workbench.');
    return answerCall(handlers, name, input, log);
  });
}

function isTrusted({ sender, senderFrame }: IpcMainInvokeEvent, window: WebContents | undefined): boolean {
  if (window === undefined || sender !== window || senderFrame === null) return false;
  return senderFrame === window.mainFrame && isOwnAddress(senderFrame.url);
}
