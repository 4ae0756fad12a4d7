import type { Launcher } from '../../processes/launcher.ts';
import { type EngineName, engineNames } from '../../contract/runs/run.ts';
import {
  type EngineCheck,
  type EngineChoice,
  passedEngines,
  speedOverWasm,
} from '../../training/engines/choice/choice.ts';
import { chooseEngine, knownChoice } from '../../training/engines/choice/choose.ts';
import { engineStatuses } from '../../training/engines/open.ts';
import { type InstallOutcome, installTensorflow } from '../../training/engines/tensorflow/install/install.ts';
import { variants } from '../../training/engines/tensorflow/install/release.ts';
import { reportLines } from '../../training/engines/tensorflow/install/report.ts';

/** Engines that work on this machine, the fastest first, and why others do not. */
export interface AvailableEngines {
  names: EngineName[];
  missing: Partial<Record<EngineName, string>>;
}

interface CheckedEngine extends EngineCheck {
  /** Speed as a multiple of wasm's; null where one of the two did not pass. */
  speedOverWasm: number | null;
}

export interface CheckedEngines extends AvailableEngines {
  checks: CheckedEngine[];
  at: string;
}

/** The engine that BOUNDARY_ENGINE names for this process and its workers; null: none, or no such engine. */
export function engineOfEnvironment(environment: NodeJS.ProcessEnv = process.env): EngineName | null {
  return engineNames.find((name) => name === environment.BOUNDARY_ENGINE) ?? null;
}

/** The last check's outcome, the fastest engine first; without a valid one, the engines that surely open. */
export function availableEngines(): AvailableEngines {
  // With wasm chosen, e.g. in tests, no other engine is considered.
  const known = process.env.BOUNDARY_ENGINE === 'wasm' ? null : knownEngines();
  if (known) return known;
  const statuses = engineStatuses();
  const absent = statuses.filter(({ available }) => available !== true);
  return {
    names: statuses.flatMap(({ name, available }) => (available === true ? [name] : [])),
    missing: Object.fromEntries(absent.map(({ name, note }) => [name, note])),
  };
}

/** The outcome of the last check, or null if there was none or something has changed since. */
export function knownEngines(environment: NodeJS.ProcessEnv = process.env): CheckedEngines | null {
  const choice = knownChoice(environment);
  return choice && summary(choice);
}

interface CheckOptions {
  /** Checks the engines even if the outcome of the last check still holds. */
  again?: boolean;
  onCheck?: () => void;
  signal?: AbortSignal;
  /** Starts the processes that check engines. Default: child processes of Node. */
  launcher?: Launcher | undefined;
}

/**
 * Checks the engines of this machine: each computes a self-check, and is timed, in a process of its own. This takes some
 * seconds, once, and again when an engine, the processor, a graphics card or a driver has changed; otherwise some
 * milliseconds.
 * @throws the signal's reason, if it is aborted
 */
export async function checkEngines(options: CheckOptions = {}): Promise<CheckedEngines> {
  return summary(await chooseEngine(options));
}

/** E.g. `tensorflow (2.4x wasm)`. */
export function describeEngine(name: EngineName, { checks }: Pick<CheckedEngines, 'checks'>): string {
  const factor = checks.find((engine) => engine.name === name)?.speedOverWasm ?? null;
  return name === 'wasm' || factor === null ? name : `${name} (${factor.toFixed(1)}x wasm)`;
}

function summary(choice: EngineChoice): CheckedEngines {
  const others = choice.checks.filter(({ state }) => state !== 'passed');
  return {
    names: passedEngines(choice).map(({ name }) => name),
    missing: Object.fromEntries(others.map(({ name, state, note }) => [name, reason(state, note)])),
    checks: choice.checks.map((check) => ({ ...check, speedOverWasm: speedOverWasm(choice, check) })),
    at: choice.at,
  };
}

const reason = (state: EngineCheck['state'], note: string): string =>
  state === 'failed' ? `it failed its self-check: ${note}` : note;

/**
 * Installs TensorFlow for this machine and user: `cpu`, or `cuda`. An existing installation is read completely, and
 * replaced if it is damaged.
 * @param onLine gets the progress, line by line
 * @param launcher starts the process that tries it out; default: a child process of Node
 */
export async function installEngine(
  variant: string,
  onLine: (line: string) => void,
  launcher?: Launcher,
): Promise<InstallOutcome> {
  const known = variants.find((name) => name === variant);
  if (!known) return { installed: false, reason: `there is no variant "${variant}": choose ${variants.join(' or ')}.` };
  return installTensorflow({ variant: known, fullCheck: true, report: reportLines(onLine), launcher });
}
