import { UserError } from '../../contract/errors.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { EngineName } from '../../contract/run.ts';
import { acquireLock } from '../../files/lock.mjs';
import { engineStatuses } from '../engines/open.ts';
import { checkEngine } from './check-engine.ts';
import { choicePath, type EngineCheck, type EngineChoice, readChoice, writeChoice } from './choice.ts';
import { machineKey, trialEnvironment } from './machine-key.ts';

export interface ChooseOptions {
  /** Tries the engines even if it is known how they do. */
  again?: boolean;
  /** Called once, before the engines are tried. */
  onTry?: () => void;
  signal?: AbortSignal | undefined;
  environment?: NodeJS.ProcessEnv;
  now?: () => number;
  /** How the processes are started that try engines. Default: as child processes of Node. */
  launcher?: Launcher | undefined;
  /** How an engine is tried. */
  check?: (name: EngineName, signal: AbortSignal | undefined) => Promise<EngineCheck>;
}

/** How the engines of this machine do, if that is known and nothing has changed since. Tries nothing. */
export function knownChoice(environment: NodeJS.ProcessEnv = process.env): EngineChoice | null {
  const choice = readChoice(choicePath(environment));
  return choice?.key === machineKey(environment) ? choice : null;
}

/**
 * How the engines of this machine do. What is known is read, in some milliseconds. Else each engine is tried, one after
 * another so that none slows down another (some seconds), and the outcome is kept. Of several processes that start at
 * the same time one tries, and the others wait for it.
 * @throws the signal's reason, if it is aborted
 */
export async function chooseEngine(options: ChooseOptions = {}): Promise<EngineChoice> {
  const { again = false, signal, environment = process.env } = options;
  const known = again ? null : knownChoice(environment);
  if (known) return known;
  const path = choicePath(environment);
  const release = await lock(`${path}.lock`, signal);
  try {
    return (again ? null : knownChoice(environment)) ?? (await tryAll(path, options));
  } finally {
    release();
  }
}

async function tryAll(path: string, options: ChooseOptions): Promise<EngineChoice> {
  const { signal, environment = process.env, now = Date.now, launcher } = options;
  const trial = { signal, launcher, environment: trialEnvironment(environment) };
  const { check = (name) => checkEngine(name, trial) } = options;
  options.onTry?.();
  const checks: EngineCheck[] = [];
  const key = machineKey(environment);
  for (const { name, available, note } of engineStatuses(trialEnvironment(environment))) {
    const absent = { name, state: 'absent', note, speed: null } as const;
    checks.push(available === false ? absent : await check(name, signal));
  }
  const schema = 'boundary-workbench/engine-choice/1';
  const choice: EngineChoice = { schema, key, at: new Date(now()).toISOString(), checks };
  keep(path, choice);
  return choice;
}

/** A cache folder that cannot be written (a read-only home) costs some seconds at each start, and no more. */
function keep(path: string, choice: EngineChoice): void {
  try {
    writeChoice(path, choice);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

/** Gives the function that lets go. Where no lock can be made (a read-only home), there is nothing to guard. */
async function lock(path: string, signal: AbortSignal | undefined): Promise<() => void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal?.reason);
  signal?.throwIfAborted();
  signal?.addEventListener('abort', abort, { once: true });
  const acquired = acquireLock(path).then(
    ({ release }) => release,
    () => () => undefined,
  );
  try {
    return await Promise.race([acquired, aborted]);
  } catch (error) {
    void acquired.then((release) => release());
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
