import type { DrawRequest } from '../../contract/api/draws.ts';
import { UserError } from '../../contract/errors.ts';
import type { EngineName } from '../../contract/run.ts';
import { drawSpread } from '../../analysis/draws.ts';
import { drawnDistributions, type DrawnDistribution, drawnMeasureNames } from '../../exhibits/draws.ts';
import { ForkLauncher } from '../../processes/launcher.ts';
import { Sources } from '../analysis-input.ts';
import { recoverRuns, studyWorkers } from '../queue/workers.ts';
import { enginesForStudy } from '../study/study-engines.ts';
import { listDraws, readDraws } from '../tools/draws.ts';
import { findStudy } from '../tools/find.ts';
import type { Workbench } from '../tools/workbench.ts';
import { queueDraws, workOnDraws } from './anchor-draws.ts';

interface CommandOptions {
  engine: EngineName | null;
  signal: AbortSignal;
  onProgress: (text: string) => void;
}

/**
 * Draws anchors of a study, and gives a line for each measure of each group of networks; null if it was stopped: the same
 * command resumes it. Draws that are done are only read.
 * @throws UserError `study.*`, `stimuli.*`, `engine.*`
 */
export async function drawOnCommandLine(
  workbench: Workbench,
  studyName: string,
  request: DrawRequest,
  { engine, signal, onProgress }: CommandOptions,
): Promise<string[] | null> {
  const { storage } = workbench;
  const study = findStudy(workbench, studyName);
  recoverRuns(workbench);
  const { run, role } = queueDraws(workbench, study, request);
  if (run.state !== 'done') {
    const launcher = new ForkLauncher(process.env);
    const listener = (event: { type: string; detail?: string }): void => {
      if (event.type === 'step' && event.detail) onProgress(event.detail);
    };
    const engines = await enginesForStudy({ study: study.spec, engine, listener, signal, launcher });
    const executor = studyWorkers(workbench, { studyId: study.id, roles: [role], engines, workers: 1, launcher });
    let shown = -1;
    executor.onChange(({ event }) => {
      if (event?.type !== 'progress' || event.done === shown) return;
      shown = event.done;
      onProgress(`${event.done} of ${event.total} draws`);
    });
    const ended = await workOnDraws(workbench, executor, run, signal);
    if (ended.state === 'failed') throw failed(studyName, ended.failure?.message ?? '');
    if (ended.state !== 'done') return null;
  }
  const source = new Sources(storage).read(study);
  const own = source && { images: source.images, classes: source.classes.length, models: source.models };
  const done = listDraws(storage, study.id).find(({ id }) => id === run.id);
  const numbers = done && readDraws(storage, done, own);
  if (!numbers) return [];
  return drawnDistributions(numbers, null).flatMap((drawn) => drawnLine(drawn) ?? []);
}

/** A measure of a group of networks over the draws; one draw has no spread. Null without draws. */
export function drawnLine({
  group,
  networks,
  measure,
  values,
  own,
}: Pick<DrawnDistribution, 'group' | 'networks' | 'measure' | 'values' | 'own'>): string | null {
  const spread = drawSpread(values);
  if (!spread) return null;
  const { mean, std, quantiles, draws } = spread;
  const deviation = std === null ? '' : ` ± ${std.toFixed(1)}`;
  const range =
    std === null ? 'one draw' : `${quantiles[0].toFixed(1)} to ${quantiles[4].toFixed(1)} % in 95 % of ${draws} draws`;
  const study = own === null ? '' : `; this study ${own.toFixed(1)} %`;
  return `${networks} networks at ${group}, ${drawnMeasureNames[measure].toLowerCase()}: ${mean.toFixed(1)}${deviation} %, ${range}${study}`;
}

const failed = (study: string, message: string): UserError =>
  new UserError({
    code: 'stimuli.draws-failed',
    what: `The draws failed: ${message.replace(/\s*\n\s*/g, '; ')}`,
    where: `study ${study}`,
    remedy: 'Mend what it names, then give the same command again.',
  });
