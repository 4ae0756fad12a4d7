import { UserError } from '../../../contract/wire/errors.ts';
import type { Launcher } from '../../../processes/launcher.ts';
import type { EngineName } from '../../../contract/runs/run.ts';
import { acquireLock } from '../../../files/lock.mjs';
import { engineStatuses } from '../open.ts';
import { checkEngine } from './check-engine.ts';
import { choicePath, type EngineCheck, type EngineChoice, readChoice, writeChoice } from './choice.ts';
import { machineKey, checkEnvironment } from './machine-key.ts';
import { detach } from '../../../contract/wire/detach.ts';

export interface ChooseOptions {
  /** Checks the engines even if a valid choice is stored. */
  again?: boolean;
  /** Called once, before the engines are checked. */
  onCheck?: () => void;
  signal?: AbortSignal | undefined;
  environment?: NodeJS.ProcessEnv;
  now?: () => number;
  /** Starts the processes that check engines. Default: child processes of Node. */
  launcher?: Launcher | undefined;
  /** Checks an engine. */
  check?: (name: EngineName, signal: AbortSignal | undefined) => Promise<EngineCheck>;
}

/** The stored choice for this machine, if nothing has changed since. Checks no engine. */
export function knownChoice(environment: NodeJS.ProcessEnv = process.env): EngineChoice | null {
  const choice = readChoice(choicePath(environment));
  return choice?.key === machineKey(environment) ? choice : null;
}

/**
 * The engine choice for this machine: the stored one, which takes some milliseconds, or a new one, which takes some
 * seconds. Engines are checked one after another, so that none slows down another, and the outcome is stored. If several
 * processes start at the same time, one checks the engines and the others wait for it.
 * @throws the signal's reason, if it is aborted
 */
export async function chooseEngine(options: ChooseOptions = {}): Promise<EngineChoice> {
  const { again = false, signal, environment = process.env } = options;
  const known = again ? null : knownChoice(environment);
  if (known) return known;
  const path = choicePath(environment);
  const release = await lock(`${path}.lock`, signal);
  try {
    return (again ? null : knownChoice(environment)) ?? (await checkAll(path, options));
  } finally {
    release();
  }
}

async function checkAll(path: string, options: ChooseOptions): Promise<EngineChoice> {
  const { signal, environment = process.env, now = Date.now, launcher } = options;
  const trial = { signal, launcher, environment: checkEnvironment(environment) };
  const { check = (name) => checkEngine(name, trial) } = options;
  options.onCheck?.();
  const checks: EngineCheck[] = [];
  const key = machineKey(environment);
  for (const { name, available, note } of engineStatuses(checkEnvironment(environment))) {
    const absent = { name, state: 'absent', note, speed: null } as const;
    checks.push(available === false ? absent : await check(name, signal));
  }
  const schema = 'boundary-workbench/engine-choice/1';
  const choice: EngineChoice = { schema, key, at: new Date(now()).toISOString(), checks };
  store(path, choice);
  return choice;
}

/** Without a writable cache folder (a read-only home) each start takes some seconds longer. */
function store(path: string, choice: EngineChoice): void {
  try {
    writeChoice(path, choice);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

/** Returns the function that releases the lock. In a read-only home, where no lock can be created, none is needed. */
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
    detach(acquired.then((release) => release()));
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
