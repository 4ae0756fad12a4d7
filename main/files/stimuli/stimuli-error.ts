import { UserError } from '../../contract/errors.ts';

/** An error about a stimulus set in files; `code` without its prefix `stimuli.`. */
export function stimuliError(code: string, what: string, where: string, remedy: string, cause?: unknown): UserError {
  return new UserError({ code: `stimuli.${code}`, what, where, remedy, cause });
}

/** `12,345,678 bytes` as `12 MiB`, for messages. */
export const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;
