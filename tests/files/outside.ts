import { execFileSync, spawnSync } from 'node:child_process';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { whyNoMounts } from './file-systems.ts';

/** Files of a person in a folder that the program has nothing to do with. */
export interface Outside {
  path: string;
  /** Fails if a file there, or its content, permissions or times are other ones than at the beginning. */
  expectUntouched: () => void;
}

/** Old enough for whatever removes old files. */
export const longAgo = new Date(Date.now() - 72 * 3600_000);

/** @param more further files, by their paths in the folder */
export function makeOutside(folder: string, more: Record<string, string> = {}): Outside {
  const path = join(folder, 'home');
  const files = { '.bashrc': 'alias ll', 'thesis.tex': 'chapter 1', '.ssh/id_ed25519': 'key', ...more };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text, { mode: 0o644 });
    utimesSync(join(path, name), longAgo, longAgo);
  }
  const before = describe(path);
  return { path, expectUntouched: () => expect(describe(path)).toEqual(before) };
}

/** Names of hard links are not compared: a test adds and removes some. */
function describe(path: string): Record<string, string> {
  const found = readdirSync(path, { recursive: true, withFileTypes: true }).map((entry) => {
    const at = join(entry.parentPath, entry.name);
    const { mode, mtimeMs } = lstatSync(at);
    const content = entry.isFile() ? readFileSync(at, 'utf8') : '';
    return [at.slice(path.length), `${mode.toString(8)} ${entry.isFile() ? mtimeMs : ''} ${content}`] as const;
  });
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Ways in which a folder outside appears at a path. */
export const ways = {
  'a symbolic link': (outside: string, at: string): void => symlinkSync(outside, at),
  'a mount point': (outside: string, at: string): void => {
    mkdirSync(at);
    execFileSync('mount', ['--bind', outside, at]);
    onTestFinished(() => void spawnSync('umount', ['--lazy', at]));
  },
} as const;

export type Way = keyof typeof ways;

/** Why a way cannot be tried here, or null. */
export const whyNot = (way: Way): string | null => (way === 'a mount point' ? whyNoMounts() : null);

/** Has a folder outside at a path. Its parents are made. */
export function lead(way: Way, outside: string, at: string): void {
  mkdirSync(dirname(at), { recursive: true });
  ways[way](outside, at);
}

/** Gives a file outside a second name. */
export function addName(outside: string, at: string): void {
  mkdirSync(dirname(at), { recursive: true });
  linkSync(outside, at);
}
