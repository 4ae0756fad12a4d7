import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Before the fuses in Electron's program stand these bytes, then a version, their number, and a sign for each. */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/**
 * A folder that plays an unpacked Electron for packaging on Linux: a program with the fuses as Electron comes with them,
 * and what else is copied. It shows what is packaged and how; it cannot be run.
 */
export function writeElectronStandIn(folder: string): void {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  const fuses = Buffer.concat([Buffer.from(sentinel), Buffer.from([1, 8]), Buffer.from('10110010')]);
  writeFileSync(join(folder, 'electron'), Buffer.concat([Buffer.from('#!/bin/sh\nexit 1\n'), fuses]), { mode: 0o755 });
  for (const name of ['version', 'LICENSE', 'LICENSES.chromium.html']) writeFileSync(join(folder, name), 'stand-in');
}
