import { KitFile } from './kit-file.ts';
import type { SittingPart } from './kit-format.ts';

/** Names what was opened, until its last part has been asked for. */
type Opened = { id: string };

const kits = new Map<string, KitFile>();
const sittings = new Map<string, Iterator<SittingPart[]>>();

/** Reads uploaded results of kits in this process. It stores nothing. */
export const kitHandlers = {
  /** Kit and session of a result, as its first bytes state them; its signature has not been checked yet. */
  open: ({ id, path, name }: Opened & { path: string; name: string }) => {
    const file = new KitFile(path, name);
    kits.set(id, file);
    return { kit: file.kit, session: file.session };
  },
  /** Checks the signature, and only then parses the result. `key` in base64. */
  read: ({ id, key }: Opened & { key: string }) => {
    const file = kits.get(id);
    if (!file) throw new Error('this result is not open');
    kits.delete(id);
    const { parts, head } = file.read(Buffer.from(key, 'base64'));
    sittings.set(id, parts);
    return head;
  },
  /** The next sittings or parts of them, which have the same key; null: none are left. */
  nextSittings: ({ id }: Opened) => {
    const next = sittings.get(id)?.next();
    if (next?.done === false) return next.value;
    sittings.delete(id);
    return null;
  },
};
export type KitHandlers = typeof kitHandlers;
