import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from './tools.ts';

const documents = [
  ...['README.md', 'CHANGELOG.md'],
  ...readdirSync(join(repository, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...readdirSync(join(repository, 'main', 'contributions'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `main/contributions/${name}`),
];

/** What a document links to and shows, other than addresses and its own headings. */
const targetsOf = (document: string): string[] =>
  [...readFileSync(join(repository, document), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target.replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
    .map((target) => join(dirname(document), target));

test('links and pictures of the documents lead to files', () => {
  const lost = documents.flatMap((document) =>
    targetsOf(document)
      .filter((target) => !existsSync(join(repository, target)))
      .map((target) => `${document}: ${target}`),
  );
  expect(lost).toEqual([]);
});

test('no merge of a document was left half done', () => {
  const marked = documents.filter((document) =>
    /^(<{7}|>{7}) /m.test(readFileSync(join(repository, document), 'utf8')),
  );
  expect(marked).toEqual([]);
});

test('documents spell as screens do', () => {
  const british =
    /\w*(labell(ed|ing)|analys(ed|ing)|neighbour|colour|normalis|optimise|recognis|millimetre|behaviour)\w*/gi;
  const found = documents.flatMap((document) => {
    const prose = readFileSync(join(repository, document), 'utf8').replace(/```[\s\S]*?```|`[^`\n]*`|\]\([^)]*\)/g, '');
    return [...prose.matchAll(british)].map(([word]) => `${document}: ${word}`);
  });
  expect(found).toEqual([]);
});

test('every screenshot that is kept is shown', () => {
  const shown = new Set(documents.flatMap(targetsOf));
  const kept = readdirSync(join(repository, 'docs', 'screenshots')).map((name) => join('docs', 'screenshots', name));
  expect(kept.filter((path) => !shown.has(path))).toEqual([]);
});

/** Everything that screens may say. */
function screenWords(): string {
  const places = ['renderer', 'main/services', 'main/domain', 'resources/studies'];
  return places
    .flatMap((place) => readdirSync(join(repository, place), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.(tsx?|json)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

test('what the tutorial names in bold is on the screens, and is what the script clicks that follows it', () => {
  const text = readFileSync(join(repository, 'docs', 'tutorial.md'), 'utf8');
  const named = [...text.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name = '']) => name.replace(/\s+/g, ' '));
  expect(named.length).toBeGreaterThan(20);
  const script = readFileSync(join(repository, 'tests', 'renderer', 'pictures', 'follow-tutorial.ts'), 'utf8');
  expect(named.filter((name) => !script.includes(`'${name}'`))).toEqual([]);
  const words = screenWords();
  const parts = named.flatMap((name) => name.split(/\d+/).map((part) => part.trim())).filter((part) => part !== '');
  expect(parts.filter((part) => !words.includes(part))).toEqual([]);
});

test('each guarantee of docs/storage.md names tests that exist', () => {
  const text = readFileSync(join(repository, 'docs', 'storage.md'), 'utf8');
  const rows = text.slice(text.indexOf('| guarantee |'), text.indexOf('To use another backup')).split('\n').slice(2);
  const cells = rows.filter((row) => row !== '').map((row) => row.split(' | ').at(-1) ?? '');
  expect(cells.length).toBeGreaterThan(20);
  for (const cell of cells) {
    const [files = '', soak = ''] = cell.split('soak: ');
    const names = [...files.matchAll(/`([a-z/-]+)`/g)].map(([, name = '']) => name);
    expect(names.filter((name) => !existsSync(join(repository, 'tests', `${name}.test.ts`)))).toEqual([]);
    expect(names.length > 0 || soak !== '', cell).toBe(true);
  }
});
