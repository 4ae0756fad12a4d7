import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, writeFileAtomic } from '../../files/atomic.ts';

/** So many answers are kept on disk. */
const mostFiles = 300;

/**
 * Answers that took long, as files named by the hash of what went into them: the question, the data, and the code that
 * answered. A cache that cannot be read or written is none; nothing depends on it.
 */
export class AnswerCache {
  readonly #folder: string;
  readonly #code: string;

  /** @param code folders of the code and figures that answers are made from: another version has other answers. */
  constructor(folder: string, code: readonly string[]) {
    this.#folder = folder;
    this.#code = codeKey(code);
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
      this.#tidy();
    } catch {
      // A full disk or a folder of somebody else: the answer is worked out again the next time.
    }
  }

  #path(key: string): string {
    const name = createHash('sha256').update(`${this.#code} ${key}`).digest('hex');
    return join(this.#folder, `${name}.json`);
  }

  #tidy(): void {
    const files = readdirSync(this.#folder).filter((name) => name.endsWith('.json'));
    if (files.length <= mostFiles) return;
    const byAge = files
      .map((name) => ({ path: join(this.#folder, name), at: statSync(join(this.#folder, name)).mtimeMs }))
      .sort((a, b) => a.at - b.at);
    for (const { path } of byAge.slice(0, files.length - mostFiles)) rmSync(path, { force: true });
  }
}

function codeKey(folders: readonly string[]): string {
  const hash = createHash('sha256');
  for (const folder of folders.filter((path) => existsSync(path))) {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const path of files.sort()) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}
