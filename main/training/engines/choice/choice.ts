import { readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { engineNames } from '../../../contract/runs/run.ts';
import { writeFileAtomic } from '../../../files/atomic.ts';
import { cacheFolder } from '../../../files/places.ts';

/** The outcome of checking one engine. */
export const engineCheckSchema = z.strictObject({
  name: z.enum(engineNames),
  /** `absent`: it cannot be opened on this machine. `failed`: it computes wrong numbers, or crashed, or hung. */
  state: z.enum(['passed', 'failed', 'absent']),
  /** Why it failed or is absent, in one line; the device that it runs on, if it passed. */
  note: z.string().max(2000),
  /** Training steps per second of one worker (self-check/speed.ts), if it passed. */
  speed: z.number().positive().nullable(),
});
export type EngineCheck = z.infer<typeof engineCheckSchema>;

/** The checks of all engines on one machine. */
const engineChoiceSchema = z.strictObject({
  schema: z.literal('boundary-workbench/engine-choice/1'),
  /** Hash of everything that the outcome depends on: `machineKey`. */
  key: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
  checks: z.array(engineCheckSchema).max(16),
});
export type EngineChoice = z.infer<typeof engineChoiceSchema>;

/** Engines that passed, the fastest one first. */
export function passedEngines({ checks }: EngineChoice): EngineCheck[] {
  return checks.filter(({ state }) => state === 'passed').sort((a, b) => (b.speed ?? 0) - (a.speed ?? 0));
}

/** How many times faster than wasm an engine is; null if one of the two did not pass. */
export function speedOverWasm({ checks }: EngineChoice, { speed }: EngineCheck): number | null {
  const wasm = checks.find(({ name }) => name === 'wasm')?.speed;
  return speed && wasm ? speed / wasm : null;
}

/** Ours is smaller than 1 kB. */
const maxBytes = 65_536;

/** A file for each machine, as several may share a home folder. */
export function choicePath(environment: NodeJS.ProcessEnv = process.env): string {
  const machine = hostname().replace(/[^A-Za-z0-9.-]/g, '_') || 'machine';
  return join(cacheFolder(environment), 'engine-choice', `${machine}.json`);
}

/** The choice in the file; null if it is missing or invalid. */
export function readChoice(path: string): EngineChoice | null {
  try {
    const status = statSync(path);
    if (!status.isFile() || status.size > maxBytes) return null;
    return engineChoiceSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/** @throws UserError `file.*` */
export function writeChoice(path: string, choice: EngineChoice): void {
  writeFileAtomic(path, `${JSON.stringify(choice, null, 1)}\n`);
}
