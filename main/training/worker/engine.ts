import type { EngineDescription, RunCommand } from '../../contract/run.ts';
import type { Engine } from '../engines/engine.ts';
import { openEngine } from '../engines/open.ts';
import type { CreateTrainer } from '../classifier/trainer.ts';
import { StackedTrainers } from '../stacked/trainers.ts';

/** The engine for a run, its description for the run's provenance, and a trainer that shares steps if the run does. */
export interface OpenedEngine {
  engine: Engine;
  description: EngineDescription;
  createTrainer?: CreateTrainer;
}

interface Opening {
  name: string;
  threads: number;
  engine: Promise<Engine>;
}

/** The one engine of a worker: tfjs has one backend per process, and TensorFlow reads its number of threads once. */
export class WorkerEngine {
  #opening: Opening | undefined;
  #stacks: StackedTrainers | undefined;

  /** @throws UserError `engine.absent`, `engine.broken` */
  async open(command: Pick<RunCommand, 'engine' | 'threads' | 'seedsPerStep'>): Promise<OpenedEngine> {
    const { engine: name, threads, seedsPerStep } = command;
    this.#opening ??= { name, threads, engine: openEngine(name, { threads }) };
    const opening = this.#opening;
    if (opening.name !== name || opening.threads !== threads) {
      throw new Error(`this worker has ${opening.name} with ${opening.threads} threads open, not ${name}`);
    }
    const engine = await opening.engine;
    if (seedsPerStep === undefined) return { engine, description: engine.description };
    const { description } = engine;
    const versions = { ...description.versions, 'seeds per step': String(seedsPerStep) };
    this.#stacks ??= new StackedTrainers(engine);
    const stacks = this.#stacks;
    return {
      engine,
      description: { ...description, versions },
      createTrainer: (recipe, seed, data) => stacks.join(recipe, seed, data, seedsPerStep),
    };
  }
}
