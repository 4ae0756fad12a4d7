import { kept } from '../../domain/numbers/index.ts';
import { randomUUID } from 'node:crypto';
import { totalmem } from 'node:os';
import { z } from 'zod';
import { entryModule, parser } from '../../files/index.ts';
import { type Checks, type Launcher, ProcessClient } from '../../processes/index.ts';
import { unreadable } from '../../services/tools/index.ts';
import type { Lab } from '../../services/lab/index.ts';
import { type KitResultPayload, kitResultPayloadSchema, type SittingPart } from './kit-format.ts';
import type { KitHandlers } from './serve-kits.ts';

/** A result of which kit and session are known. Its signature is checked, and the rest of it parsed, once the key is known. */
export interface OpenedResult {
  kit: string;
  session: string;
  read(key: Uint8Array): Promise<KitResultPayload>;
}

const { kit: kitId, session: token } = kitResultPayloadSchema.shape;

const checks: Checks<KitHandlers> = {
  open: { output: z.strictObject({ kit: kitId, session: token }) },
  read: { output: kitResultPayloadSchema.omit({ sittings: true }) },
  // Checked by the process that sends them: checking them again would hold up the host.
  nextSittings: { output: z.custom<SittingPart[]>((value) => Array.isArray(value)).nullable() },
};

/** Reads results of kits in a process of its own, so that no file can hold up or end this one. */
export class KitReader {
  readonly #client: ProcessClient<KitHandlers>;
  #file = '';

  /** @param idleFor milliseconds without a question after which the process ends */
  constructor({ launcher, idleFor = 60_000 }: { launcher: Launcher; idleFor?: number }) {
    this.#client = new ProcessClient<KitHandlers>({
      checks,
      launcher,
      entry: entryModule('contributions/offline/kit-child'),
      idleFor,
      patience: () => parser.patience,
      tries: 1,
      heapLimit: Math.min(parser.heap, totalmem() / 2),
      died: (why, hungAfter) => unreadable(why, hungAfter !== null, this.#file),
      failed: (_, detail) => new Error(`the process that reads results of kits failed: ${detail}`),
    });
  }

  /** @throws UserError `labeling.kit-file`, `labeling.unreadable` */
  async open({ path, name }: { path: string; name: string }): Promise<OpenedResult> {
    const id = randomUUID();
    this.#file = name;
    const { kit, session } = await this.#client.ask('open', { id, path, name });
    const read = async (key: Uint8Array): Promise<KitResultPayload> => {
      this.#file = name;
      const head = await this.#client.ask('read', { id, key: Buffer.from(key).toString('base64') });
      const sittings = new Map<string, SittingPart>();
      for (;;) {
        const parts = await this.#client.ask('nextSittings', { id });
        if (!parts) return { ...head, sittings: [...sittings.values()] };
        for (const part of parts) {
          const known = sittings.get(part.key);
          known?.events.push(...part.events);
          known?.notes.push(...part.notes);
          if (!known) sittings.set(part.key, part);
        }
      }
    };
    return { kit, session, read };
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

const readers = new WeakMap<Lab, KitReader>();

/** The reader of an open data folder. */
export const kitReaderOf = (lab: Lab): KitReader => kept(readers, lab, () => new KitReader(lab));

/** Ends the process of the reader, if there is one. */
export const closeKitReader = async (lab: Lab): Promise<void> => readers.get(lab)?.close();
