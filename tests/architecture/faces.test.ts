import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { parseSync } from 'vite';
import { describe, expect, test } from 'vitest';
import { repository } from './tools.ts';

/** The most names that a folder of the core offers contributions. */
const mostNames = 40;

/** Names that a file takes from each module of ours, by the module's path. */
function taken(file: string, text: string): [from: string, name: string][] {
  const { staticImports } = parseSync(file, text).module;
  const late = [...text.matchAll(/\{([^{}]*)\} = await import\('(\.[^']+)'\)/g)].flatMap(([, names = '', from = '']) =>
    names.split(',').map((name): [string, string] => [from, name.split(':')[0]?.trim() ?? '']),
  );
  const now = staticImports.flatMap(({ moduleRequest, entries }) =>
    entries.map(({ importName }): [string, string] => [moduleRequest.value, importName.name ?? '']),
  );
  return [...now, ...late].map(([from, name]) => [posix.join(dirname(file), from), name]);
}

/** What the faces that contributions use have: their names, those that nobody takes, and what is more than names. */
function judge(sources: Readonly<Record<string, string>>) {
  const used = Map.groupBy(
    Object.entries(sources).flatMap(([file, text]) =>
      file.includes('/contributions/') ? taken(file, text).filter(([from]) => !from.includes('/contributions/')) : [],
    ),
    ([from]) => from,
  );
  return [...used].flatMap(([face, uses]) => {
    const text = sources[face];
    if (text === undefined || !face.endsWith('/index.ts')) return [];
    const offered = parseSync(face, text)
      .module.staticExports.flatMap(({ entries }) => entries)
      .map(({ exportName, moduleRequest }) => ({ name: exportName.name ?? '*', isPassedOn: moduleRequest !== null }));
    const names = new Set(uses.map(([, name]) => name));
    return [
      ...(offered.length > mostNames ? [`${face} has ${offered.length} names`] : []),
      ...offered.filter(({ name }) => !names.has(name)).map(({ name }) => `${face}: no contribution uses ${name}`),
      ...offered.filter(({ isPassedOn }) => !isPassedOn).map(({ name }) => `${face}: ${name} is made there`),
    ];
  });
}

describe('the faces of the core', () => {
  test(`have at most ${mostNames} names each, which contributions use`, () => {
    const files = globSync('{main,renderer,tests/contributions/hello}/**/*.{ts,tsx}', { cwd: repository });
    const sources = Object.fromEntries(
      files.map((file) => [file.replaceAll('\\', '/'), readFileSync(join(repository, file), 'utf8')]),
    );
    expect(Object.keys(sources).filter((file) => file.includes('/contributions/')).length).toBeGreaterThan(100);
    expect(judge(sources)).toEqual([]);
  });

  test('that offer too much are found', () => {
    const many = Array.from({ length: 41 }, (_, n) => `n${n}`).join(', ');
    const found = judge({
      'main/files/index.ts': `export { ${many} } from './many.ts';`,
      'main/domain/index.ts': "export { a, b } from './ab.ts'; export type { C } from './c.ts'; export const d = 1;",
      'main/contributions/one/use.ts': `import { ${many} } from '../../files/index.ts'; import { d } from '../../domain/index.ts';`,
      'renderer/contributions/one/use.ts':
        "import { type C } from '../../../main/domain/index.ts'; const { a: b } = await import('../../../main/domain/index.ts');",
    });
    expect(found).toEqual([
      'main/files/index.ts has 41 names',
      'main/domain/index.ts: no contribution uses b',
      'main/domain/index.ts: d is made there',
    ]);
  });
});
