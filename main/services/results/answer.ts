import { createHash, type Hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { canonicalJson } from '../../domain/identity.ts';
import { writeFileAtomic, makeFolder } from '../../files/atomic.ts';
import type { Desk } from './desk.ts';
import type { ResultCall } from './result-calls.ts';

/** Answers that took longer, in milliseconds, are kept on disk: at most so many files. */
const worthKeeping = 300;
const maxFiles = 300;

/** Calls whose answers depend on more than labels and predictions. */
const neverCached = new Set<ResultCall>(['overview', 'image', 'selfTest']);

/** @throws UserError of the call */
export function answer(desk: Desk, cache: AnswerCache, call: ResultCall, input: unknown): unknown {
  // Each call's input was checked by its own schema where it came in.
  const work = desk[call].bind(desk) as (input: unknown) => unknown;
  if (neverCached.has(call)) return work(input);
  const studies = new Set(JSON.stringify(input).match(/"study":"(?:[^"\\]|\\.)*"/g) ?? []);
  const contents = [...studies].map((study) => desk.contentKey(call, JSON.parse(`{${study}}`).study as string));
  const key = canonicalJson([call, input, contents]);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const started = performance.now();
  const output = work(input);
  if (performance.now() - started > worthKeeping) cache.put(key, output);
  return output;
}

/**
 * Answers that took long, as files named by the hash of what they depend on: the question, the data, and the version of
 * the program. Nothing depends on the cache: one that cannot be read or written is as good as empty.
 */
export class AnswerCache {
  readonly #folder: string;
  readonly #findVersion: () => string;
  #version: string | undefined;

  /** @param version what else answers depend on, see `codeVersion`; called once, when first needed */
  constructor(folder: string, version: () => string) {
    this.#folder = folder;
    this.#findVersion = version;
  }

  get(key: string): unknown {
    try {
      return JSON.parse(readFileSync(this.#path(key), 'utf8'));
    } catch {
      return undefined;
    }
  }

  put(key: string, answer: unknown): void {
    try {
      makeFolder(this.#folder);
      writeFileAtomic(this.#path(key), JSON.stringify(answer));
      this.#removeOldest();
    } catch {
      // A full disk, or a folder of another user: the answer is computed again the next time.
    }
  }

  #path(key: string): string {
    this.#version ??= this.#findVersion();
    const name = createHash('sha256').update(`${this.#version} ${key}`).digest('hex');
    return join(this.#folder, `${name}.json`);
  }

  #removeOldest(): void {
    const names = readdirSync(this.#folder).filter((name) => name.endsWith('.json'));
    if (names.length <= maxFiles) return;
    const byAge = names
      .map((name) => ({ path: join(this.#folder, name), at: statSync(join(this.#folder, name)).mtimeMs }))
      .sort((a, b) => a.at - b.at);
    for (const { path } of byAge.slice(0, names.length - maxFiles)) rmSync(path, { force: true });
  }
}

/**
 * Hash of everything but data that an answer can depend on: all code of main (which module a number comes from is not
 * worth guessing), the packages that are installed, Node, and the paper's values.
 * @param code folder of main, as source or as built
 * @param product folder of package.json
 */
export function codeVersion(code: string, product: string, paper: string): string {
  const hash = createHash('sha256').update(process.version);
  for (const folder of [code, paper]) hashFolder(hash, folder);
  const manifest = join(product, 'package.json');
  // A packaged program has no lock file; there, the versions of the packages are the next best thing.
  for (const path of [manifest, join(product, 'package-lock.json'), ...packageManifests(product, manifest)]) {
    if (existsSync(path)) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}

function packageManifests(product: string, manifest: string): string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as { dependencies?: object };
  return Object.keys(dependencies).map((name) => join(product, 'node_modules', ...name.split('/'), 'package.json'));
}

function hashFolder(hash: Hash, folder: string): void {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths.sort()) hash.update(relative(folder, path)).update(readFileSync(path));
}
