import type { EngineName } from '../../contract/runs/run.ts';
import { speedFactor } from '../../domain/estimates/work.ts';
import { availableEngines, engineOfEnvironment, knownEngines } from '../tools/engines.ts';
import type { Settings } from '../workbench/settings.ts';

/** The engine that this machine would use, its speed relative to where figures were measured, and the number of workers. */
export interface Pace {
  engine: EngineName;
  /** 2: twice as fast. Null: its speed was not tried yet. */
  factor: number | null;
  workers: number;
}

/** Reading the state of the engines takes some tens of milliseconds, so it is kept for a minute. */
const knownFor = 60_000;
let engines: { at: number; fastest: EngineName; speeds: ReadonlyMap<EngineName, number | null> } | undefined;

function enginesHere(): NonNullable<typeof engines> {
  const now = performance.now();
  if (engines && now - engines.at < knownFor) return engines;
  const checks = knownEngines()?.checks ?? [];
  const fastest = availableEngines().names[0] ?? 'wasm';
  engines = { at: now, fastest, speeds: new Map(checks.map(({ name, speed }) => [name, speed])) };
  return engines;
}

/** How fast an engine's trial was here, relative to where figures were measured; null: it was not tried. */
export function triedFactor(engine: EngineName): number | null {
  const speed = enginesHere().speeds.get(engine) ?? null;
  return speed === null ? null : speedFactor(engine, speed);
}

/** The pace with the engine and the number of workers of the settings. */
export function currentPace({ settings }: { settings: Pick<Settings, 'get'> }): Pace {
  const { workers, engine: wanted } = settings.get();
  const engine = (wanted === 'auto' ? engineOfEnvironment() : wanted) ?? enginesHere().fastest;
  return { engine, workers, factor: triedFactor(engine) };
}
