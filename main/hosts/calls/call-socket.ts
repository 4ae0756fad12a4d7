import type { EncodedMessage } from '@orpc/standard-server-peer';

/** The connection of a page, whatever its transport. */
export interface CallSocket {
  /** Resolves when the page can take more, so streams wait for slow pages. */
  send(message: EncodedMessage): Promise<void>;
  /** Null: something else than a text, or too large. */
  onMessage(listener: (text: string | null) => void): void;
  onClose(listener: () => void): void;
  /** Stops reading from the page, and reads again. Does nothing where the transport cannot. */
  pause(): void;
  resume(): void;
  /** Ends the connection, because the page sent what no page of ours sends. */
  refuse(): void;
}
