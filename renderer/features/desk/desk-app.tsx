import { useMemo } from 'react';
import type { Connection } from '../../client/client.ts';
import { callPort } from './call-port.ts';
import { DeskView } from './desk-view.tsx';

/** The token of the session that an address names, or null: `#/desk/<token>`. */
export function deskToken(hash: string): string | null {
  return /^#\/desk\/([A-Za-z0-9_-]{22})$/.exec(hash)?.[1] ?? null;
}

/**
 * The page of a labeling session on this screen. It stands alone: no frame, no feed of changes, nothing that knows of
 * studies.
 */
export function DeskApp({ connection, token }: { connection: Connection; token: string }) {
  const port = useMemo(() => callPort(connection.client, token, crypto.randomUUID()), [connection, token]);
  return <DeskView port={port} onLeave={leave} />;
}

/** Back to the studies: main.tsx loads the page anew, so that nothing of the session stays in memory. */
function leave(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  window.location.hash = '#/studies';
}
