import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawing, nextOf, productSources, reachedFrom, roomOf, roomsOf, rounded } from '../../scripts/picture.mjs';
import { repository } from './tools.ts';

const arrowsIn = (svg: string): string[] =>
  [...svg.matchAll(/data-from="([^"]*)" data-to="([^"]*)"/g)].map(([, from, to]) => `${from} -> ${to}`).sort();
const namesIn = (svg: string): string[] =>
  [...svg.matchAll(/class="name"[^>]*>([^<]*)</g)].map(([, name = '']) => name).sort();
const linesIn = (svg: string): number[] =>
  [...svg.matchAll(/>([\d,]+) lines</g)].map(([, lines = '']) => Number(lines.replaceAll(',', '')));

test('the picture of the architecture shows the rooms and arrows that there are, and sizes to a tenth', () => {
  const kept = readFileSync(join(repository, 'docs', 'architecture.svg'), 'utf8');
  const drawn = drawing(roomsOf(productSources()));
  const how = 'node scripts/picture.mjs';
  expect(namesIn(kept), how).toEqual(namesIn(drawn));
  expect(arrowsIn(kept), how).toEqual(arrowsIn(drawn));
  const now = linesIn(drawn);
  linesIn(kept).forEach((lines, place) => {
    expect(Math.abs(lines - (now[place] ?? 0)) / lines, `${namesIn(kept)[place]}: ${how}`).toBeLessThan(0.1);
  });
});

test('a module is in the room of its folder; lists of contributions are of what passes them on', () => {
  expect(
    [
      'main/services/a/b.ts',
      'main/contributions/one/b.ts',
      'main/contributions/define.ts',
      'main/contributions/all.ts',
      'renderer/contributions/all.ts',
      'renderer/main.tsx',
      'preload/index.ts',
      'tests/a/b.ts',
      'renderer/vite.d.ts',
    ].map(roomOf),
  ).toEqual([
    'main/services',
    'main/contributions/one',
    'main/contributions',
    'main/hosts',
    'renderer/main',
    'renderer/main',
    'preload',
    null,
    null,
  ]);
});

test('arrows that others imply are left out, and lines are counted', () => {
  const rooms = roomsOf(
    new Map([
      ['main/hosts/a.ts', "import '../services/b.ts';\nimport type { C } from '../storage/c.ts';\n"],
      ['main/services/b.ts', "export const late = () => import('../storage/c.ts');\n"],
      ['main/services/d.ts', "import './b.ts';\n"],
      ['main/storage/c.ts', "import 'node:fs';\n"],
    ]),
  );
  expect([...rooms.values()].map(({ name, lines, to }) => [name, lines, [...to]])).toEqual([
    ['main/hosts', 2, ['main/services', 'main/storage']],
    ['main/services', 2, ['main/storage']],
    ['main/storage', 1, []],
  ]);
  expect([...rooms.values()].map((room) => nextOf(rooms, room))).toEqual([['main/services'], ['main/storage'], []]);
  expect([...reachedFrom(rooms, 'main/hosts')].sort()).toEqual(['main/services', 'main/storage']);
  expect(arrowsIn(drawing(rooms))).toEqual(['main/hosts -> main/services', 'main/services -> main/storage']);
  expect([31_912, 27, 1_049].map(rounded)).toEqual(['32,000', '27', '1,000']);
});
