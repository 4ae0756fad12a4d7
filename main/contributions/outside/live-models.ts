import { totalmem } from 'node:os';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Images } from '../../contract/api/index.ts';
import type { LiveVote } from './contract/live.ts';
import { UserError } from '../../contract/wire/index.ts';
import { mappingOf } from './contract/files.ts';
import { BlobStore } from '../../files/index.ts';
import type { OutsideModelRecord } from '../answers/models/outside-models.ts';
import { ModelProcess } from './model/model-process.ts';
import { type ModelTools, type PlacedFiles, placeStoredFiles, refuseDamaged, storedFileSpec } from './onnx-models.ts';

/** Models that predict at once: each has a process with a thread and memory of its own. */
const atOnce = 2;
/** Models that stay loaded for a while. */
const kept = 3;

interface Loaded {
  process: ModelProcess;
  place: PlacedFiles;
  /** Takes the answers, which are read at once and belong to no study. */
  answers: BlobStore;
  /** Resolves once the files are known to be intact. */
  intact: Promise<void>;
}

/**
 * Models of files that say at once what they see in images that a page shows. Each is a process with limits of its own;
 * the last ones stay loaded. Nothing is stored.
 */
export class LiveModels {
  readonly #tools: ModelTools;
  readonly #loaded: LRUCache<string, Loaded>;
  readonly #closing = new Set<Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  #free = atOnce;

  constructor(tools: ModelTools) {
    this.#tools = tools;
    // Models that predict were used last, so another one is disposed of.
    this.#loaded = new LRUCache({ max: kept, dispose: (loaded) => this.#unload(loaded) });
  }

  /** @throws UserError `outside.*`, `blob.*`; the signal's reason */
  async vote(model: OutsideModelRecord, images: Images, signal?: AbortSignal): Promise<Omit<LiveVote, 'id'>> {
    await this.#turn();
    try {
      signal?.throwIfAborted();
      return await this.#ask(model, images, signal);
    } catch (error) {
      // A new process next time; also after the files of this one were removed.
      if (!signal?.aborted) this.#loaded.delete(model.identity);
      throw error instanceof UserError ? named(error, model.name) : error;
    } finally {
      this.#next();
    }
  }

  async close(): Promise<void> {
    this.#loaded.clear();
    await Promise.all(this.#closing);
  }

  async #ask(model: OutsideModelRecord, { count: _, ...images }: Images, signal?: AbortSignal) {
    const spec = storedFileSpec(model);
    if (!spec) throw new Error('only models of files can be asked');
    const { process, answers, intact } = this.#load(model);
    await intact;
    const asked = { from: 'pixels' as const, ...images };
    const said = await process.predict(mappingOf(spec), asked, { ...(signal && { signal }) });
    const bytes = { softmax: answers.get(said.softmax), labels: answers.get(said.labels) };
    for (const hash of Object.values(said)) if (hash !== null) answers.remove(hash);
    return {
      softmax: bytes.softmax.toString('base64'),
      labels: [...new Uint16Array(Uint8Array.from(bytes.labels).buffer)],
    };
  }

  #load(model: OutsideModelRecord): Loaded {
    const known = this.#loaded.get(model.identity);
    if (known) return known;
    const { workbench, launcher } = this.#tools;
    const place = placeStoredFiles(workbench, model);
    const answers = new BlobStore(join(place.folder, 'answers'));
    const process = new ModelProcess({
      launcher,
      files: place.files,
      blobs: answers.folder,
      memory: Math.min(4 * 2 ** 30, totalmem() / 4),
    });
    const intact = refuseDamaged(workbench, model, process);
    // Awaited by whoever asks.
    intact.catch(() => undefined);
    const loaded = { process, place, answers, intact };
    this.#loaded.set(model.identity, loaded);
    return loaded;
  }

  #unload({ process, place }: Loaded): void {
    const closed = process
      .close()
      .then(() => place.remove())
      .finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }

  async #turn(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #next(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}

/** The path of the copy means nothing to anybody. */
const named = ({ code, message: what, remedy }: UserError, name: string): UserError =>
  new UserError(code, what, name, remedy);
