import { z } from 'zod';
import { safeFileName } from '../../main/domain/data/file-names.ts';
import type { DesktopBridge } from '../../main/contract/wire/bridge.ts';
import { post } from './access.ts';

declare global {
  interface Window {
    readonly boundaryDesktop?: DesktopBridge;
  }
}

/** Where a dropped or chosen file lies on this computer; null in a browser, which does not tell. */
export const pathOnDisk = (file: File): string | null => window.boundaryDesktop?.pathForFile(file) || null;

/**
 * Uploads a file to the program; returns the id by which a call names it.
 * @throws ORPCError `REFUSED`
 */
export async function upload(file: File, signal?: AbortSignal): Promise<string> {
  const answered = await post(`/uploads?name=${encodeURIComponent(file.name)}`, file, signal);
  return z.object({ upload: z.string() }).parse(answered).upload;
}

/** Saves a file that the program offers at this address; `name`: left out, the program names it. */
export function download(address: string, name = ''): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

/** Saves content as a download of the browser, under a name that every system takes. */
export function saveFile(name: string, content: Blob | string, type = 'text/plain;charset=utf-8'): void {
  const blob = typeof content === 'string' ? new Blob([content], { type }) : content;
  const address = URL.createObjectURL(blob);
  download(address, safeFileName(name));
  // By then the download has started; the URL would keep the file in memory.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A file name from a title: `Loss, run 12` -> `loss-run-12`. */
export function fileName(title: string): string {
  const plain = title
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
  return plain.slice(0, 80) || 'boundary';
}
