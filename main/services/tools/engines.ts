import type { Launcher } from '../../processes/launcher.ts';
import { engineNames } from '../../contract/run.ts';
import type { EngineName } from '../../contract/run.ts';
import { passedEngines, speedOverWasm } from '../../training/engine-choice/choice.ts';
import type { EngineCheck, EngineChoice } from '../../training/engine-choice/choice.ts';
import { chooseEngine, knownChoice } from '../../training/engine-choice/choose.ts';
import { engineStatuses } from '../../training/engines/open.ts';
import { installTensorflow } from '../../training/engines/tensorflow/install/install.ts';
import type { InstallOutcome } from '../../training/engines/tensorflow/install/install.ts';
import { variants } from '../../training/engines/tensorflow/install/release.ts';
import { reportLines } from '../../training/engines/tensorflow/install/report.ts';

/** Engines that can be used on this machine, the best one first, and why others cannot. */
export interface AvailableEngines {
  names: EngineName[];
  missing: Partial<Record<EngineName, string>>;
}

/** An engine that was tried, for people and tables. */
export interface TriedEngine extends EngineCheck {
  /** How many times faster than wasm, or null where one of them did not pass. */
  speedOverWasm: number | null;
}

/** What trying all engines gave. */
export interface TriedEngines extends AvailableEngines {
  /** In the order in which they were tried. */
  tried: TriedEngine[];
  /** When, ISO 8601. */
  at: string;
}

/** The engine that BOUNDARY_ENGINE names for this process and its workers; null: none, or no such engine. */
export function engineOfEnvironment(environment: NodeJS.ProcessEnv = process.env): EngineName | null {
  return engineNames.find((name) => name === environment.BOUNDARY_ENGINE) ?? null;
}

/**
 * What is known without trying anything: the outcome of the last trial, the fastest engine first, where nothing has
 * changed since; else the engines that can surely be opened.
 */
export function availableEngines(): AvailableEngines {
  // Whoever wants wasm alone, in tests say, wants no other engine to be thought of.
  const known = process.env.BOUNDARY_ENGINE === 'wasm' ? null : knownEngines();
  if (known) return known;
  const statuses = engineStatuses();
  const absent = statuses.filter(({ available }) => available !== true);
  return {
    names: statuses.flatMap(({ name, available }) => (available === true ? [name] : [])),
    missing: Object.fromEntries(absent.map(({ name, note }) => [name, note])),
  };
}

/** The outcome of the last trial, or null where there was none or something has changed since. */
export function knownEngines(environment: NodeJS.ProcessEnv = process.env): TriedEngines | null {
  const choice = knownChoice(environment);
  return choice && summary(choice);
}

export interface TrialOptions {
  /** Tries the engines even if it is known how they do. */
  again?: boolean;
  /** Called before the engines are tried, where it isn't known how they do. */
  onTry?: () => void;
  signal?: AbortSignal;
  /** How the processes are started that try engines. Default: as child processes of Node. */
  launcher?: Launcher | undefined;
}

/**
 * How the engines of this machine do: each computes a self-check, and is timed, in a process of its own. Done once, and
 * again when engine, processor, graphics card or driver have changed: some seconds. Otherwise some milliseconds.
 * @throws the signal's reason, if it is aborted
 */
export async function triedEngines(options: TrialOptions = {}): Promise<TriedEngines> {
  return summary(await chooseEngine(options));
}

/** E.g. `tensorflow (2.4x wasm)`. */
export function describeEngine(name: EngineName, { tried }: Pick<TriedEngines, 'tried'>): string {
  const factor = tried.find((engine) => engine.name === name)?.speedOverWasm ?? null;
  return name === 'wasm' || factor === null ? name : `${name} (${factor.toFixed(1)}x wasm)`;
}

function summary(choice: EngineChoice): TriedEngines {
  const others = choice.checks.filter(({ state }) => state !== 'passed');
  return {
    names: passedEngines(choice).map(({ name }) => name),
    missing: Object.fromEntries(others.map(({ name, state, note }) => [name, why(state, note)])),
    tried: choice.checks.map((check) => ({ ...check, speedOverWasm: speedOverWasm(choice, check) })),
    at: choice.at,
  };
}

const why = (state: EngineCheck['state'], note: string): string =>
  state === 'failed' ? `it failed its self-check: ${note}` : note;

/**
 * Installs TensorFlow for this machine and user: `cpu`, or `cuda`. What is there is read whole, and replaced if it is damaged.
 * @param onLine gets what it is doing, line by line
 * @param launcher how the process is started that tries it out; default: as a child process of Node
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
