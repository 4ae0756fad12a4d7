import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { hashSchema } from '../../contract/recipes/recipes.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { safeFileName } from '../../domain/data/file-names.ts';
import type { BlobStore } from '../../files/blobs.ts';

/** Milliseconds for which an offered file can be fetched. */
const offeredFor = 10 * 60_000;

export interface Download {
  name: string;
  type: string;
  content: { path: string } | { bytes: Uint8Array } | { stream: () => Readable };
  /** Called when it can't be fetched any more, e.g. to remove a temporary file. */
  release?: () => void;
}

/** Files that pages may fetch below `/files/`: what was offered to them, and images by the hash of their bytes. */
export class Downloads {
  readonly #blobs: BlobStore;
  readonly #offers = new Map<string, { download: Download; timer: NodeJS.Timeout }>();

  constructor(blobs: BlobStore) {
    this.#blobs = blobs;
  }

  /** Gives the address at which the file can be fetched for ten minutes, under a name that every system takes. */
  offer(offered: Download): string {
    const download = { ...offered, name: safeFileName(offered.name) };
    const id = randomUUID();
    const timer = setTimeout(() => this.#withdraw(id), offeredFor);
    timer.unref();
    this.#offers.set(id, { download, timer });
    return `/files/${id}/${encodeURIComponent(download.name)}`;
  }

  /** Address of the PNG image with this hash. Its content never changes, so pages may cache it for ever. */
  static imageAddress(hash: string): string {
    return `/files/image/${hash}.png`;
  }

  /** The file at a path below `/files/`; null if there is none, or none any longer. */
  find(path: string): (Download & { size: number | null; unchanging: boolean }) | null {
    const image = /^\/files\/image\/([0-9a-f]{64})\.png$/.exec(path)?.[1];
    if (image !== undefined) return this.#image(image);
    const id = /^\/files\/([0-9a-f-]{36})\//.exec(path)?.[1];
    const download = id === undefined ? undefined : this.#offers.get(id)?.download;
    return download ? { ...download, size: downloadSize(download), unchanging: false } : null;
  }

  /** Withdraws files that exist already. Streams are made from current data when they are fetched, so they stay. */
  forgetFiles(): void {
    for (const [id, { download }] of this.#offers) if (!('stream' in download.content)) this.#withdraw(id);
  }

  close(): void {
    for (const id of [...this.#offers.keys()]) this.#withdraw(id);
  }

  #image(hash: string): (Download & { size: number; unchanging: boolean }) | null {
    if (!hashSchema.safeParse(hash).success || !this.#blobs.has(hash)) return null;
    const bytes = this.#blobs.get(hash);
    // The store holds weights too, but serves only images here.
    if (!bytes.subarray(0, 8).equals(pngSignature)) return null;
    return { name: `${hash}.png`, type: 'image/png', content: { bytes }, size: bytes.length, unchanging: true };
  }

  #withdraw(id: string): void {
    const offer = this.#offers.get(id);
    if (!offer) return;
    clearTimeout(offer.timer);
    this.#offers.delete(id);
    offer.download.release?.();
  }
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function downloadSize({ content, name }: Download): number | null {
  if ('bytes' in content) return content.bytes.length;
  if ('stream' in content) return null;
  try {
    return statSync(content.path).size;
  } catch (cause) {
    throw new UserError('download.gone', `The file ${name} no longer exists`, content.path, 'Export it again.', {
      cause,
    });
  }
}
