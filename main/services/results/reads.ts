import { createHash } from 'node:crypto';
import { serialize } from 'node:v8';
import { z } from 'zod';
import type { Storage } from '../../storage/open.ts';

/** One look at what is stored: the function that looked, what it was given, and the hash of what it gave. */
const readSchema = z.strictObject({ of: z.string(), given: z.array(z.json()), gave: z.string() });
export const readsSchema = z.array(readSchema);
export type Read = z.infer<typeof readSchema>;

/** A function of what is stored, given nothing but values that JSON has. */
type Look = (storage: Storage, ...given: never[]) => unknown;
type Rest<Of> = Of extends (storage: Storage, ...given: infer Given) => unknown ? Given : never;

/** What says in less time whether a function of storage gives the same as before. */
const insteadOf: Readonly<Record<string, Look>> = {
  // A log only ever grows.
  'responses.current': (storage, setHash: string, labeler: number) => storage.responses.latestEntryId(setHash, labeler),
  // A frozen set never changes; one that was deleted and frozen again may have other true classes.
  'stimulusSets.get': (storage, hash: string) => storage.stimulusSets.frozenAt(hash),
  // Answers once stored never change, but for people who withdraw.
  'otherAnswers.readWithPeople': (storage, id: number) => storage.otherAnswers.get(id),
  // Blobs are named by their content.
  'blobs.get': () => null,
};

/** What reads are noted by while an answer is made; null: one of them gave two things, or cannot be looked up again. */
type Notes = Map<string, Read | null>;

/**
 * The storage that answers are made from. It notes each look at it, so that the notes say what an answer depends on: it
 * holds for as long as they do (`hold`). What is noted is the result of a function of storage, or of `looks`, which are
 * narrower: what they read is noted as their result alone.
 */
export class RecordedReads<Looks extends Readonly<Record<string, Look>>> {
  /** Looks at it are noted. */
  readonly storage: Storage;
  /** Looks at it are not, for what never changes. */
  readonly unnoted: Storage;
  readonly #looks: Looks;
  #notes: Notes | null = null;

  constructor(storage: Storage, looks: Looks) {
    this.unnoted = storage;
    this.#looks = looks;
    this.storage = this.#noting(storage, '') as Storage;
  }

  look<Name extends keyof Looks & string>(name: Name, ...given: Rest<Looks[Name]>): ReturnType<Looks[Name]> {
    const result = this.#looks[name]!(this.unnoted, ...(given as never[]));
    this.#note(name, given, () => result);
    return result as ReturnType<Looks[Name]>;
  }

  /** What `work` gives, and what it read for it; null: that changed meanwhile, or cannot be looked up again. */
  record<Output>(work: () => Output): { output: Output; reads: Read[] | null } {
    const notes: Notes = new Map();
    this.#notes = notes;
    try {
      const output = work();
      const reads = [...notes.values()];
      return { output, reads: reads.includes(null) ? null : (reads as Read[]) };
    } finally {
      this.#notes = null;
    }
  }

  /** Whether all of it would be read again. */
  hold(reads: readonly Read[]): boolean {
    return reads.every(({ of, given, gave }) => hashOf(() => this.#lookAgain(of, given)) === gave);
  }

  #note(of: string, given: readonly unknown[], result: () => unknown): void {
    if (!this.#notes) return;
    const known = insteadOf[of];
    const gave = hashOf(known ? () => known(this.unnoted, ...(given as never[])) : result);
    const asked = z.array(z.json()).safeParse(given).data;
    const key = JSON.stringify([of, given]);
    const earlier = this.#notes.get(key);
    const isLost = gave === null || asked === undefined || (earlier !== undefined && earlier?.gave !== gave);
    this.#notes.set(key, isLost ? null : { of, given: asked, gave });
  }

  #lookAgain(of: string, given: readonly unknown[]): unknown {
    const look = insteadOf[of] ?? this.#looks[of];
    if (look) return look(this.unnoted, ...(given as never[]));
    const path = of.split('.');
    const name = path.pop() ?? '';
    const table = path.reduce<unknown>((part, step) => (part as Record<string, unknown>)[step], this.unnoted);
    return (table as Record<string, (...values: unknown[]) => unknown>)[name]?.(...given);
  }

  /** A proxy of the object that notes calls by their path. */
  #noting(target: object, path: string): object {
    const known = new Map<string | symbol, unknown>();
    return new Proxy(target, {
      get: (_, name) => {
        if (known.has(name)) return known.get(name);
        const value: unknown = Reflect.get(target, name, target);
        const of = `${path}${String(name)}`;
        if (typeof value === 'function') {
          const noted = (...given: unknown[]): unknown => {
            const result: unknown = Reflect.apply(value, target, given);
            this.#note(of, given, () => result);
            return result;
          };
          known.set(name, noted);
          return noted;
        }
        if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
        const noted = this.#noting(value, `${of}.`);
        known.set(name, noted);
        return noted;
      },
    });
  }
}

/** Null: it is nothing that can be compared, such as an iterator. What a function refuses is compared by its message. */
function hashOf(result: () => unknown): string | null {
  let bytes: Uint8Array;
  try {
    bytes = serialize(result());
  } catch (error) {
    if (error instanceof Error && error.name === 'DataCloneError') return null;
    bytes = Buffer.from(String(error));
  }
  return createHash('sha256').update(bytes).digest('base64url');
}
