import { useMemo } from 'react';
import type { Connection } from '../../client/client.ts';
import { refusalOf } from '../../client/context.tsx';
import { callPort } from './call-port.ts';
import { DeskView } from './desk-view.tsx';
import { leaveDesk } from './kept-desk.ts';

/**
 * The page of a labeling session on this screen. It stands alone: no frame, no feed of changes, nothing that knows of
 * studies.
 */
export function DeskApp({ connection, token }: { connection: Connection; token: string }) {
  const port = useMemo(() => callPort(connection.client, token, crypto.randomUUID()), [connection, token]);
  return <DeskView port={port} onLeave={leave} isGone={isGone} />;
}

const isGone = (error: unknown): boolean => refusalOf(error).code === 'labeling.no-session';

function leave(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  leaveDesk();
}
