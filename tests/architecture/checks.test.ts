import { expect, test } from 'vitest';
import { runTool } from './tools.ts';

test('the types are right', () => {
  const { status, stdout } = runTool('typescript/bin/tsc', []);
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

test('lint and format are clean', () => {
  const { status, stderr } = runTool('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
