import type { EngineName } from '../../contract/run.ts';
import { availableEngines, engineOfEnvironment, knownEngines } from '../tools/engines.ts';
import type { Lab } from '../lab/lab.ts';

/** Steps a second of the engine trial on the machine where the figures were measured. */
const measuredSpeed = { tensorflow: 95, wasm: 40 };

/** Which engine would be taken here, how fast it is beside the one that was measured, and how many work at a time. */
export interface Pace {
  engine: EngineName;
  /** 2: twice as fast as where the figures were measured. */
  factor: number;
  workers: number;
}

/** Looking what the engines of this machine can do takes some tens of milliseconds, so it is known for a minute. */
const knownFor = 60_000;
let engines: { at: number; fastest: EngineName; speeds: ReadonlyMap<EngineName, number | null> } | undefined;

export function paceHere(workers: number, wanted: EngineName | 'auto' = 'auto'): Pace {
  const { fastest, speeds } = enginesHere();
  const engine = (wanted === 'auto' ? engineOfEnvironment() : wanted) ?? fastest;
  const speed = speeds.get(engine) ?? null;
  return { engine, workers, factor: speed === null ? 1 : speed / measuredSpeed[figuresOf(engine)] };
}

function enginesHere(): NonNullable<typeof engines> {
  const now = performance.now();
  if (engines && now - engines.at < knownFor) return engines;
  const tried = knownEngines()?.tried ?? [];
  const fastest = availableEngines().names[0] ?? 'wasm';
  engines = { at: now, fastest, speeds: new Map(tried.map(({ name, speed }) => [name, speed])) };
  return engines;
}

/** With the engine and the workers that the settings name. */
export function paceOf({ settings }: Lab): Pace {
  const { workers, engine } = settings.get();
  return paceHere(workers, engine);
}

/** Nothing is measured of GPUs yet: they count as TensorFlow on a processor, and by the trial's speed. */
export const figuresOf = (engine: EngineName): 'tensorflow' | 'wasm' => (engine === 'wasm' ? 'wasm' : 'tensorflow');
