import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { portChannel } from '../../../main/contract/wire/bridge.ts';
import type { RemoteCalls } from '../../calls.ts';
import { portPair, type StandInPort } from './stand-in-port.ts';
import type { StandInWindow } from './stand-in-window.ts';
import type { ElectronStandIn } from './stand-in.ts';

/** A window loads the page at an address, which hands a port over as the preload script does. */
export function loadPage(
  electron: ElectronStandIn,
  { webContents }: StandInWindow,
  url: string,
): { client: RemoteCalls; port: StandInPort } {
  webContents.mainFrame.url = url;
  webContents.emit('did-navigate', {}, url);
  const pair = portPair();
  const event = { sender: webContents, senderFrame: webContents.mainFrame, ports: [pair.main] };
  electron.ipc.emit(portChannel, event, null);
  return { client: createORPCClient(new RPCLink({ port: pair.page })), port: pair.main };
}
