import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { licenses } from '../../scripts/licenses.mjs';
import { ensurePage } from '../../scripts/setup/page.mjs';
import { repository } from '../architecture/tools.ts';

const read = (...path: string[]): string => readFileSync(join(repository, ...path), 'utf8');

const direct = (): string[] =>
  Object.keys((JSON.parse(read('package.json')) as { dependencies: Record<string, string> }).dependencies);

test('the license of the program is the one that package.json names', () => {
  expect(JSON.parse(read('package.json'))).toMatchObject({ license: 'MIT' });
  expect(read('LICENSE')).toMatch(/^MIT License\n\nCopyright \(c\) \d{4} /);
});

test('every package that the program needs is listed with its license', () => {
  const text = licenses();
  for (const name of direct()) expect([name, text.includes(`\n${name} `)]).toEqual([name, true]);
  expect(text).toContain('Copyright (c) Meta Platforms, Inc. and affiliates.');
  expect(text).toMatch(/\n@img\/sharp-libvips-\S+ \S+ \(LGPL-3\.0-or-later\)\n\nGNU LESSER GENERAL PUBLIC LICENSE\n/);
  expect(text).toContain('"vips": "');
  for (const other of ['ONNX Runtime (MIT)', 'TensorFlow (Apache License 2.0)']) expect(text).toContain(other);
  expect(text).not.toContain('<copyright holders>');
  expect(text).not.toMatch(/^(vitest|electron-builder|playwright) /m);
});

test('the built page has that list', async () => {
  await ensurePage(repository, process.execPath);
  expect(read('out', 'renderer', 'licenses.txt')).toBe(licenses());
});
