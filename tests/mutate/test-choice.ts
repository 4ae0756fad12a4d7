import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseSync } from 'vite';
import { needsOf, withDependents } from '../../scripts/contribution-needs.mjs';

/** What puts files of the page into a bundle, and the first file of each bundle: tests open it in a browser. */
const bundles: Record<string, string[]> = {
  'scripts/one-file-pages.mjs': ['renderer/contributions/offline/kit/main.tsx'],
  'tests/renderer/build-page.ts': ['renderer/main.tsx', 'renderer/contributions/offline/kit/main.tsx'],
  'tests/renderer/gallery/open.ts': ['tests/renderer/gallery/gallery.tsx'],
};

/** The paths of a file's own tests: of a contribution, also of those that need it. */
function roomOf(file: string, root: string): RegExp {
  const parts = file.split('/');
  if (parts[1] === 'contributions') {
    const names = withDependents(needsOf(root), parts[2] ?? '');
    return new RegExp(`^tests/contributions/(?:${names.join('|')})[/.-]`);
  }
  if (parts[0] === 'renderer') {
    const name = parts[1] === 'features' ? parts[2] : parts[1];
    return new RegExp(`^tests/renderer/${name}[/.-]`);
  }
  const depth = parts[1] === 'services' || parts[1] === 'training' ? 3 : 2;
  return new RegExp(`^tests/${parts.slice(1, depth).join('/')}/`);
}

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
    for (const path of globSync(['{main,renderer}/**/*.{ts,tsx}', 'tests/**/*.{ts,tsx}'], { cwd: root })) {
      for (const used of this.#mentioned(path)) {
        this.#users.set(used, (this.#users.get(used) ?? new Set()).add(path));
      }
    }
    for (const [bundler, entries] of Object.entries(bundles)) {
      for (const entry of entries) this.#users.set(entry, (this.#users.get(entry) ?? new Set()).add(bundler));
    }
  }

  /**
   * The tests of the room of a file that reach it: `tests/analysis` for `main/analysis`, `tests/services/labeling` for
   * `main/services/labeling`, `tests/renderer/results*` for `renderer/features/results`. A room without such tests has
   * all tests that reach the file over the fewest imports.
   */
  of(file: string): Test[] {
    const reaching = this.#reaching(file);
    const room = roomOf(file, this.#root);
    const own = reaching.filter(({ path }) => room.test(path));
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
    const names = new Set([...text.matchAll(/['"`](\.[^'"`\n]*\.m?[tj]sx?)['"`]/g)].map(([, name = '']) => name));
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
