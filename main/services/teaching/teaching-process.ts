import type { TeachingChoices, TeachingForecast, TeachingPlan } from '../../contract/api/teachers.ts';
import { UserError } from '../../contract/errors.ts';
import type { Teaching } from '../../contract/teaching.ts';
import { entryModule } from '../../files/places.ts';
import { ProcessClient } from '../../processes/client.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { Workbench } from '../tools/workbench.ts';
import type { StoredTargets } from './declare.ts';
import { teachingCalls, type TeachingRequest } from './teaching-calls.ts';
import { placesOf } from '../tools/places.ts';

interface TeachingProcessOptions {
  workbench: Workbench;
  launcher: Launcher;
  /** Milliseconds without a question after which the process ends. Default: a minute. */
  idleFor?: number;
}

/** A design of the screen. */
interface Design {
  teaching: Teaching;
  again: boolean;
}

/** Makes targets of people's labels in a process of its own: it reads a whole data set. */
export class TeachingProcess {
  readonly #client: ProcessClient<typeof teachingCalls>;
  readonly #workbench: Workbench;

  constructor({ workbench, launcher, idleFor = 60_000 }: TeachingProcessOptions) {
    this.#workbench = workbench;
    this.#client = new ProcessClient({
      calls: teachingCalls,
      launcher,
      idleFor,
      died,
      entry: entryModule('services/teaching/teaching-child'),
      failed: (_, detail) => new Error(`the process that makes targets failed: ${detail}`),
    });
  }

  /** @throws UserError `study.not-found` */
  choices(study: string, signal?: AbortSignal): Promise<TeachingChoices> {
    return this.#client.ask('choices', this.#request(study), { signal });
  }

  /** @throws UserError as `enoughToTeach` */
  enough(study: string, teaching: Teaching, signal?: AbortSignal): Promise<TeachingForecast> {
    return this.#client.ask('enough', { ...this.#request(study), teaching }, { signal });
  }

  /** @throws UserError as `planTargets` */
  plan(study: string, design: Design, signal?: AbortSignal): Promise<TeachingPlan> {
    return this.#client.ask('plan', { ...this.#request(study), ...design }, { signal });
  }

  /** @throws UserError as `storeTargets` */
  store(study: string, design: Design): Promise<StoredTargets> {
    return this.#client.ask('store', { ...this.#request(study), ...design });
  }

  /** Ends the process with the labels that it has in memory; what it was asked for is asked of a new one. */
  restart(): void {
    this.#client.restart();
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #request(study: string): TeachingRequest {
    return { ...placesOf(this.#workbench), environment: this.#workbench.environment, study };
  }
}

const died = (why: string): UserError =>
  new UserError(
    'teaching.died',
    `The process that makes targets ended: ${why}`,
    'this machine',
    'Try again; the study is unchanged. If it happens again, close other programs.',
  );
