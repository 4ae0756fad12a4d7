import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseSync } from 'vite';

/** A test file and how many imports away it is from the file that it tests. */
export interface Test {
  path: string;
  distance: number;
}

/** Finds tests through the imports of the project, including modules that are started as processes. */
export class TestChoice {
  readonly #root: string;
  /** Files that mention a file. */
  readonly #users = new Map<string, Set<string>>();

  constructor(root: string) {
    this.#root = root;
    for (const path of globSync(['main/**/*.ts', 'tests/**/*.ts'], { cwd: root })) {
      for (const used of this.#mentioned(path)) {
        this.#users.set(used, (this.#users.get(used) ?? new Set()).add(path));
      }
    }
  }

  /**
   * The tests of the room of a file that reach it: `tests/analysis` for `main/analysis`, `tests/services/labeling` for
   * `main/services/labeling`. A room without such tests has all tests that reach the file over the fewest imports.
   */
  of(file: string): Test[] {
    const reaching = this.#reaching(file);
    const parts = file.split('/');
    const depth = parts[1] === 'services' || parts[1] === 'training' ? 3 : 2;
    const room = `tests/${parts.slice(1, depth).join('/')}/`;
    const own = reaching.filter(({ path }) => path.startsWith(room));
    if (own.length > 0) return own;
    const [nearest] = reaching;
    return reaching.filter(({ distance }) => distance === nearest?.distance);
  }

  #reaching(file: string): Test[] {
    const distances = new Map([[file, 0]]);
    for (const [path, distance] of distances) {
      for (const user of this.#users.get(path) ?? []) if (!distances.has(user)) distances.set(user, distance + 1);
    }
    return [...distances]
      .filter(([path]) => path.endsWith('.test.ts'))
      .map(([path, distance]) => ({ path, distance }))
      .sort((a, b) => a.distance - b.distance);
  }

  /** Files that a file imports or names in a string, as the entries of child processes are. */
  #mentioned(path: string): string[] {
    const text = readFileSync(join(this.#root, path), 'utf8');
    const { module } = parseSync(path, text);
    const names = new Set([...text.matchAll(/['"`](\.[^'"`\n]*\.m?[tj]s)['"`]/g)].map(([, name = '']) => name));
    const isType = ({ entries }: (typeof module.staticImports)[number]): boolean =>
      entries.length > 0 && entries.every((entry) => entry.isType);
    const values = new Set(module.staticImports.filter((one) => !isType(one)).map((one) => one.moduleRequest.value));
    for (const { moduleRequest } of module.staticImports) {
      if (!values.has(moduleRequest.value)) names.delete(moduleRequest.value);
    }
    return [...names]
      .map((name) => join(this.#root, dirname(path), name))
      .filter(existsSync)
      .map((found) => relative(this.#root, found).replaceAll('\\', '/'));
  }
}
