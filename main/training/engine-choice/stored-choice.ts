import { readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '../../files/atomic.ts';
import { cacheFolder } from '../../files/places.ts';
import { type EngineChoice, engineChoiceSchema } from './choice.ts';

/** Ours has less than one. */
const mostBytes = 65_536;

/** The file of this machine: a home folder may be shared by several. */
export function choicePath(environment: NodeJS.ProcessEnv = process.env): string {
  const machine = hostname().replace(/[^A-Za-z0-9.-]/g, '_') || 'machine';
  return join(cacheFolder(environment), 'engine-choice', `${machine}.json`);
}

/** The choice in the file. Null where there is none, or something else than a choice: then it is made anew. */
export function readChoice(path: string): EngineChoice | null {
  try {
    const status = statSync(path);
    if (!status.isFile() || status.size > mostBytes) return null;
    return engineChoiceSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/** @throws UserError `file.*` */
export function writeChoice(path: string, choice: EngineChoice): void {
  writeFileAtomic(path, `${JSON.stringify(choice, null, 1)}\n`);
}
