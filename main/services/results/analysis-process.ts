import { UserError } from '../../contract/errors.ts';
import { entryModule } from '../../files/places.ts';
import { ProcessClient } from '../../processes/client.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { Desk } from './desk.ts';
import { analysisCalls, type ResultCall } from './result-calls.ts';

export interface AnalysisProcessOptions {
  launcher: Launcher;
  dataFolder: string;
  /** Folder of the paper's values. */
  resources: string;
  /** Milliseconds without a question after which the process is ended. Default: ten minutes. */
  idleFor?: number;
}

type Input<Call extends ResultCall> = Parameters<Desk[Call]>[0];
type Output<Call extends ResultCall> = ReturnType<Desk[Call]>;

/** One process that answers questions about results, so that the host stays free for its pages. */
export class AnalysisProcess {
  readonly #client: ProcessClient<typeof analysisCalls>;

  constructor({ launcher, dataFolder, resources, idleFor = 600_000 }: AnalysisProcessOptions) {
    this.#client = new ProcessClient({
      ...{ calls: analysisCalls, launcher, idleFor, died },
      entry: entryModule('services/results/analysis-child'),
      args: () => [dataFolder, resources],
      failed: (_, detail) => new Error(`the analysis process failed: ${detail}`),
    });
  }

  /** The process's id while there is one. */
  get pid(): number | undefined {
    return this.#client.pid;
  }

  /** @throws UserError `results.*`, `study.not-found`, `storage.*` */
  async ask<Call extends ResultCall>(call: Call, input: Input<Call>): Promise<Output<Call>> {
    return (await this.#client.ask('result', { call, input })) as Output<Call>;
  }

  /** Ends the process with all that it has in memory, e.g. when somebody withdrew. Open questions are asked again. */
  restart(): void {
    this.#client.restart();
  }

  /** Ends the process; resolves when it has exited. */
  close(): Promise<void> {
    return this.#client.close();
  }
}

const died = (why: string): UserError =>
  new UserError({
    code: 'results.died',
    what: `The process that computes results has ended: ${why}`,
    where: 'results',
    remedy: 'Try again; nothing stored was changed. If it happens again, choose fewer models, or close other programs.',
  });
