import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acquireLock } from '../../main/files/lock.mjs';
import { repository, runTool } from '../architecture/tools.ts';

const sources = ['renderer', 'preload', 'main', 'electron.vite.config.ts', 'package-lock.json'];

/** Builds the page (and the desktop bundles) into out/ unless that was done from these very sources. */
export async function buildPage(): Promise<void> {
  const lock = await acquireLock(join(repository, '.cache', 'page.lock'));
  try {
    const stamp = join(repository, 'out', 'renderer', '.sources');
    const hash = hashOfSources();
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
    const { status, stderr } = runTool('electron-vite/bin/electron-vite.js', ['build', '--logLevel', 'warn']);
    if (status !== 0) throw new Error(`the page could not be built:\n${stderr}`);
    writeFileSync(stamp, hash);
  } finally {
    lock.release();
  }
}

function hashOfSources(): string {
  const hash = createHash('sha256');
  for (const source of sources) {
    const path = join(repository, source);
    const files = source.includes('.') ? [path] : filesBelow(path);
    for (const file of files) hash.update(file).update(readFileSync(file));
  }
  return hash.digest('hex');
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
