import type { KitPayload } from '../../main/contract/labeling/kit.ts';
import { bytesOf } from '../ui/pixel-image.tsx';

/** Bytes of the counter before each image. */
const counterBytes = 16;

/** The images of a kit, which are not readable as they lie in its file. */
export class KitImages {
  readonly #images: readonly string[];
  readonly #key: Promise<CryptoKey>;

  constructor({ images, imageKey }: Pick<KitPayload, 'images' | 'imageKey'>) {
    this.#images = images;
    this.#key = crypto.subtle.importKey('raw', Uint8Array.from(bytesOf(imageKey)), 'AES-CTR', false, ['decrypt']);
    // Whoever opens an image hears of it.
    this.#key.catch(() => undefined);
  }

  /** uint8 [height, width] of an image by its index. */
  async open(index: number): Promise<ArrayBuffer> {
    const bytes = Uint8Array.from(bytesOf(this.#images[index] ?? ''));
    const way = { name: 'AES-CTR', counter: bytes.subarray(0, counterBytes), length: 128 };
    return crypto.subtle.decrypt(way, await this.#key, bytes.subarray(counterBytes));
  }
}
