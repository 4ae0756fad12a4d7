import { type Hash, createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { resultsContract } from '../../contract/api/results.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { makePrivateFolder } from '../../files/private.ts';

/** Files in the cache, and their bytes: half a gigabyte. */
const maxFiles = 300;
const maxBytes = 2 ** 29;

/**
 * Slow answers, as files named by the hash of the question and the version of the program: the last one to each question.
 * A cache that cannot be read or written counts as empty.
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
      makePrivateFolder(this.#folder);
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
    const newestFirst = readdirSync(this.#folder)
      .filter((name) => /^[0-9a-f]{64}\.json$/.test(name))
      .map((name) => {
        const path = join(this.#folder, name);
        const { mtimeMs, size } = statSync(path);
        return { path, at: mtimeMs, size };
      })
      .sort((a, b) => b.at - a.at);
    let bytes = 0;
    newestFirst.forEach(({ path, size }, place) => {
      bytes += size;
      if (place >= maxFiles || bytes > maxBytes) rmSync(path, { force: true });
    });
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

/** Questions about the results of studies that the analysis process answers. */
export type ResultCall = Exclude<keyof typeof resultsContract, 'picture' | 'pictures'>;

/** These, and the questions of contributions. */
export type AnsweredCall = ResultCall | 'contributed';
