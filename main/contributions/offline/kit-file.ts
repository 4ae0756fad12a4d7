import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { kitResultFileSchema, type KitResultPayload, kitResultPayloadSchema, type SittingPart } from './kit-format.ts';
import { largest, listParts, parseJson } from '../../files/index.ts';
import { offlineRefusals } from './refusals.ts';

/** The result file of a kit. Until its signature has been checked, only the start of its payload is looked at. */
export class KitFile {
  readonly kit: string;
  readonly session: string;
  readonly #name: string;
  readonly #payload: string;
  readonly #signature: string;

  /** @param name for errors @throws UserError `labeling.kit-file` */
  constructor(path: string, name: string) {
    this.#name = name;
    if (statSync(path).size > largest.kitResult) throw tooLarge(name);
    const file = kitResultFileSchema.safeParse(parseJson(readFileSync(path, 'utf8')));
    if (!file.success) throw offlineRefusals.kitFile('This is not a result file of a labeling kit', name);
    this.#payload = file.data.payload;
    this.#signature = file.data.signature;
    const { kit, session } = kitResultPayloadSchema.shape;
    const start = this.#payload.slice(0, largest.kitHead);
    const stated = (key: string): string | undefined => new RegExp(`"${key}":"([^"\\\\]{1,100})"`).exec(start)?.[1];
    const [known, token] = [kit.safeParse(stated('kit')), session.safeParse(stated('session'))];
    if (!known.success || !token.success) throw damaged(name);
    this.kit = known.data;
    this.session = token.data;
  }

  /** @throws UserError `labeling.kit-file` */
  read(key: Uint8Array): { head: Omit<KitResultPayload, 'sittings'>; parts: Iterator<SittingPart[]> } {
    const expected = createHmac('sha256', key).update(this.#payload).digest();
    if (!timingSafeEqual(expected, Buffer.from(this.#signature, 'hex'))) {
      const what = 'This file was changed, or belongs to another person: its signature does not match';
      throw offlineRefusals.kitFile(what, this.#name);
    }
    const content = kitResultPayloadSchema.safeParse(parseJson(this.#payload));
    if (!content.success) throw damaged(this.#name);
    const { sittings, ...head } = content.data;
    if (head.kit !== this.kit || head.session !== this.session) throw damaged(this.#name);
    const events = sittings.reduce((sum, sitting) => sum + sitting.events.length + sitting.notes.length, 0);
    if (events > largest.kitEvents) throw tooLarge(this.#name);
    return { head, parts: listParts(sittings.flatMap((sitting) => [...sittingParts(sitting)])) };
  }
}

/** A sitting without events and notes, then its events and notes in parts. */
function* sittingParts({ events, notes, ...sitting }: SittingPart): Generator<SittingPart> {
  yield { ...sitting, events: [], notes: [] };
  for (const some of listParts(events)) yield { ...sitting, events: some, notes: [] };
  for (const some of listParts(notes)) yield { ...sitting, events: [], notes: some };
}

const damaged = (name: string) => offlineRefusals.kitFile('This result file is damaged', name);

const tooLarge = (name: string) =>
  offlineRefusals.kitFile(
    `This file is too large for a result of a kit: at most ${largest.kitResult / 2 ** 20} MiB and ${largest.kitEvents} events`,
    name,
  );
