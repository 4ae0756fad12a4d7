/** Which contributions use which: what their manifests say, for import rules and for trying the program without one. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Names of contributions. @param {string} root folder of the program */
export function namesOf(root) {
  const folder = join(root, 'main', 'contributions');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

/** `needs` of a manifest's text. @param {string} text @returns {string[]} */
export const needsIn = (text) =>
  [...(/\bneeds: \[([^\]]*)\]/.exec(text)?.[1] ?? '').matchAll(/'([^']+)'/g)].map(([, name = '']) => name);

/** What each contribution uses, by name. @param {string} root folder of the program @returns {Map<string, string[]>} */
export function needsOf(root) {
  const manifest = (/** @type {string} */ name) => join(root, 'main', 'contributions', name, 'index.ts');
  return new Map(
    namesOf(root).map((name) => [
      name,
      existsSync(manifest(name)) ? needsIn(readFileSync(manifest(name), 'utf8')) : [],
    ]),
  );
}

/** A contribution and all that cannot be without it. @param {ReadonlyMap<string, readonly string[]>} needs @param {string} name */
export function withDependents(needs, name) {
  const found = new Set([name]);
  for (const each of found) {
    for (const [other, used] of needs) if (used.includes(each)) found.add(other);
  }
  return [...found];
}
