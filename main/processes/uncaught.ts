export interface UncaughtHandlers {
  /** A promise that nobody awaits rejected. Everything else is as it was, so the process can continue. */
  onRejection(error: unknown): void;
  /** An error reached the top: what its code was changing may be half done, so the process should end. */
  onException(error: unknown): void;
}

/** Handles the errors of this process that no code of it handled. */
export function watchUncaught({ onRejection, onException }: UncaughtHandlers): void {
  process.on('unhandledRejection', onRejection).on('uncaughtException', onException);
}

/** Milliseconds that a process has to end in order after such an error, which may have left something that never ends. */
export const endsWithin = 15_000;
