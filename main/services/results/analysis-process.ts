import { UserError } from '../../contract/wire/errors.ts';
import { entryModule } from '../../files/places.ts';
import { ProcessClient } from '../../processes/client.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { ContributedQuestion, ResultsService } from './service.ts';
import type { ContributedResults } from './contributed-results.ts';
import type { PartModules } from '../workbench/contributed-parts.ts';
import type { ResultModule } from '../workbench/workbench.ts';
import type { AnalysisHandlers } from './analysis-child.ts';
import type { ResultCall } from './answers.ts';

/** Modules: of contributions. Default: none. */
interface AnalysisProcessOptions extends Partial<PartModules> {
  launcher: Launcher;
  dataFolder: string;
  /** Folder of the paper's values. */
  resources: string;
  resultModules?: readonly ResultModule[];
  /** Milliseconds without a request after which the process ends. Default: ten minutes. */
  idleFor?: number;
}

export type ResultInput<Call extends ResultCall> = Parameters<ResultsService[Call]>[0];
type Output<Call extends ResultCall> = ReturnType<ResultsService[Call]>;

/** Computes results in a process of its own, so that pages stay responsive. */
export class AnalysisProcess {
  readonly #client: ProcessClient<AnalysisHandlers>;

  constructor({
    launcher,
    dataFolder,
    resources,
    resultModules = [],
    storedModels = [],
    sections = [],
    historiesModule = null,
    idleFor = 600_000,
  }: AnalysisProcessOptions) {
    this.#client = new ProcessClient<AnalysisHandlers>({
      launcher,
      idleFor,
      died,
      entry: entryModule('services/results/analysis-child'),
      args: () => [dataFolder, resources, JSON.stringify({ resultModules, storedModels, historiesModule, sections })],
      failed: (_, detail) => new Error(`the analysis process failed: ${detail}`),
    });
  }

  /** Process id while it runs. */
  get pid(): number | undefined {
    return this.#client.pid;
  }

  /**
   * @param signal cancels a request that waits
   * @throws UserError `results.*`, `study.not-found`, `storage.*`; the signal's reason
   */
  async ask<Call extends ResultCall>(
    call: Call,
    input: ResultInput<Call>,
    signal?: AbortSignal,
  ): Promise<Output<Call>> {
    return (await this.#client.ask('result', { call, input }, { signal })) as Output<Call>;
  }

  /** As `ask`, of the contribution `name`, whose questions have the type `Questions`. */
  async askOf<Questions extends ContributedResults['questions'], Question extends keyof Questions & string>(
    name: string,
    question: Question,
    input: Parameters<Questions[Question]>[1],
    signal?: AbortSignal,
  ): Promise<ReturnType<Questions[Question]>> {
    const asked: ContributedQuestion = { name, question, input };
    const answer = await this.#client.ask('result', { call: 'contributed', input: asked }, { signal });
    return answer as ReturnType<Questions[Question]>;
  }

  /** Ends the process and frees its memory, e.g. when somebody withdrew. Pending requests are sent again. */
  restart(): void {
    this.#client.restart();
  }

  /** Ends the process; resolves when it has exited. */
  close(): Promise<void> {
    return this.#client.close();
  }
}

const died = (why: string): UserError =>
  new UserError(
    'results.died',
    `The process that computes results ended: ${why}`,
    'results',
    'Try again; stored data is unchanged. If it happens again, choose fewer models or close other programs.',
  );
