import { availableParallelism } from 'node:os';
import type { DrawnAlike, DrawRequest } from './contract/request.ts';
import { UserError } from '../../contract/wire/index.ts';
import { formatCount } from '../../domain/numbers/index.ts';
import type { EngineName } from '../../contract/runs/index.ts';
import { drawSpread } from './analysis/draws.ts';
import { drawsTitle } from './title.ts';
import { type DrawnDistribution, drawnDistributions, drawnMeasureNames } from './exhibit.ts';
import { ForkLauncher } from '../../processes/index.ts';
import { Sources } from '../../services/index.ts';
import { studyWorkers, workUntilIdle } from '../../services/queue/index.ts';
import { enginesForStudy } from '../../services/study/index.ts';
import { listDraws, ownAnchors, readDraws } from './read.ts';
import { findStudy, type Workbench } from '../../services/workbench/index.ts';
import { queueDraws } from './queue-draws.ts';

interface CommandOptions {
  engine: EngineName | null;
  signal: AbortSignal;
  onProgress: (text: string) => void;
}

/** Draws that are asked for; rules and anchors that are left out are those of the study. */
interface DrawsAsked extends Pick<DrawRequest, 'draws' | 'seed'> {
  rules?: readonly DrawRequest['rule'][];
  anchorDesign?: DrawRequest['anchorDesign'];
}

/**
 * Draws anchors of a study by each rule, at once as far as there are cores, and gives a line for each measure of each
 * group of networks; null if it was stopped: the same command resumes it. Draws that are done are only read.
 * @throws UserError `study.*`, `stimuli.*`, `engine.*`
 */
export async function drawOnCommandLine(
  workbench: Workbench,
  studyName: string,
  { rules, ...asked }: DrawsAsked,
  { engine, signal, onProgress }: CommandOptions,
): Promise<string[] | null> {
  const { storage } = workbench;
  const study = findStudy(workbench, studyName);
  const own: DrawnAlike = ownAnchors(study.spec) ?? { rule: 'best', anchorDesign: { kind: 'one' } };
  const requests = (rules ?? [own.rule]).map((rule): DrawRequest => ({ ...own, ...asked, rule }));
  const queued = requests.map((request) => queueDraws(workbench, study, request));
  const open = queued.filter(({ run }) => run.state !== 'done');
  if (open.length > 0) {
    const launcher = new ForkLauncher(process.env);
    const listener = (event: { type: string; detail?: string }): void => {
      if (event.type === 'step' && event.detail) onProgress(event.detail);
    };
    const engines = await enginesForStudy({ study: study.spec, engine, listener, signal, launcher });
    const roles = open.map(({ role }) => role);
    const workers = Math.min(open.length, availableParallelism());
    const executor = studyWorkers(workbench, { studyId: study.id, roles, engines, workers, launcher });
    const shown = new Map<number, number>();
    executor.onChange(({ run: { id, label }, event }) => {
      if (event?.type !== 'progress' || event.done === shown.get(id)) return;
      shown.set(id, event.done);
      onProgress(`${event.done} of ${label}`);
    });
    await workUntilIdle(executor, signal);
    const ended = open.map(({ run }) => storage.runs.get(run.id) ?? run);
    const broken = ended.find(({ state }) => state === 'failed');
    if (broken) throw failed(studyName, broken.failure?.message ?? '');
    if (ended.some(({ state }) => state !== 'done')) return null;
  }
  const source = new Sources(storage).read(study);
  const predicted = source && { images: source.images, classes: source.classes.length, models: source.models };
  return listDraws(storage, study.id)
    .filter(({ id }) => queued.some(({ run }) => run.id === id))
    .flatMap((done) => {
      const numbers = readDraws(storage, done, predicted);
      const lines = numbers ? drawnDistributions(numbers, null).flatMap((drawn) => drawnLine(drawn) ?? []) : [];
      return requests.length > 1 ? [`${drawsTitle(done.task)}:`, ...lines] : lines;
    });
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
  return `${formatCount(networks, 'network')} at ${group}, ${drawnMeasureNames[measure].toLowerCase()}: ${mean.toFixed(1)}${deviation} %, ${range}${study}`;
}

const failed = (study: string, message: string): UserError =>
  new UserError(
    'stimuli.draws-failed',
    `The draws failed: ${message.replace(/\s*\n\s*/g, '; ')}`,
    `study ${study}`,
    'Fix what it names, then run the same command again.',
  );
