import { createCipheriv, randomBytes, randomInt } from 'node:crypto';
import type { SessionRecord } from '../../storage/index.ts';
import type { LabelingDesk } from './desk.ts';
import { imageReader } from './volunteer.ts';

/**
 * The images of a kit. A look at its file tells nothing of them: they lie in an order drawn by chance, those that a
 * session shows twice (hidden repeats, clear images) are there as often, and equal ones differ in every byte, as each is
 * written under a counter of its own. Sessions share images, so the file does not grow with the people.
 */
export class KitImages {
  /** 32 bytes in base64. */
  readonly key: string;
  /** Places of the copies of an image, by its name. */
  readonly #places = new Map<string, number[]>();
  readonly #images: string[];
  readonly #desk: LabelingDesk;

  constructor(desk: LabelingDesk, sessions: readonly SessionRecord[]) {
    this.#desk = desk;
    const key = randomBytes(32);
    this.key = key.toString('base64');
    const [copies, pixels] = [new Map<string, number>(), new Map<string, () => Uint8Array>()];
    for (const session of sessions) {
      const image = imageReader(desk, session);
      for (const { name, id, copy } of this.#shown(session)) {
        copies.set(name, Math.max(copies.get(name) ?? 0, copy + 1));
        pixels.set(name, () => image(id));
      }
    }
    const names = shuffled([...copies].flatMap(([name, count]) => new Array<string>(count).fill(name)));
    this.#images = names.map((name, place) => {
      this.#places.set(name, [...(this.#places.get(name) ?? []), place]);
      return hidden(pixels.get(name)?.() ?? new Uint8Array(), key);
    });
  }

  /** Where the image of each trial lies; no place comes twice. */
  indexes(session: SessionRecord): number[] {
    return this.#shown(session).map(({ name, copy }) => this.#places.get(name)?.[copy] ?? 0);
  }

  all(): string[] {
    return this.#images;
  }

  /** The image of each trial, and how often it was shown before in the session. */
  #shown(session: SessionRecord): { name: string; id: number; copy: number }[] {
    const before = new Map<string, number>();
    return this.#desk.bench.storage.labeling.sessions.trials(session.id).map(({ image: id }) => {
      const name = `${session.setHash} ${id}`;
      const copy = before.get(name) ?? 0;
      before.set(name, copy + 1);
      return { name, id, copy };
    });
  }
}

function hidden(pixels: Uint8Array, key: Buffer): string {
  const counter = randomBytes(16);
  const cipher = createCipheriv('aes-256-ctr', key, counter);
  return Buffer.concat([counter, cipher.update(pixels), cipher.final()]).toString('base64');
}

function shuffled(names: string[]): string[] {
  for (let last = names.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [names[last], names[other]] = [names[other] ?? '', names[last] ?? ''];
  }
  return names;
}
