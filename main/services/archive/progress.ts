import { setImmediate } from 'node:timers/promises';

/** How far an export or import is, told as it goes; and whether it is to stop. */
export interface ArchiveProgress {
  /** @param share 0 to 1 */
  tell(share: number, note: string): void;
  readonly signal: AbortSignal;
}

/** For those who need not know. */
export const untold: ArchiveProgress = { tell: () => undefined, signal: new AbortController().signal };

/** Does the pieces one after another, and lets others work between them. @throws the signal's reason */
export async function inPieces(pieces: Iterable<void>, signal?: AbortSignal): Promise<void> {
  for (const _ of pieces) {
    await setImmediate();
    signal?.throwIfAborted();
  }
}
