/** Modules of the program that are found by their names, so that a bundle of others does not have them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Processes of their own, and what processes load of contributions: results, models that were not trained here, sections of study files, how labels were given, runs of a kind. */
const byName = /-child\.ts$|^contributions\/[^/]+\/(results|stored-models|study-section|answer-histories|run)\.ts$/;

/** Their paths from `main`, without endings. @param {string} root @returns {string[]} */
export function entriesOf(root) {
  const main = join(root, 'main');
  const files = readdirSync(main, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.replaceAll('\\', '/'));
  const named = files.flatMap((file) =>
    [...readFileSync(join(main, file), 'utf8').matchAll(/entryModule\('([^']+)'\)/g)].map(([, name = '']) => name),
  );
  const found = files.filter((file) => byName.test(file)).map((file) => file.slice(0, -'.ts'.length));
  return [...new Set([...found, ...named])].sort();
}
