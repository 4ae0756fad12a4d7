/**
 * How well estimates hold: twenty short studies of different kind, one after another in a fresh data folder, so that the first
 * have no others to go by. For each: the time that its button shows at first, that which its job shows when half of the time
 * is over, and what it took; also by processor time, which says more where other work keeps the machine busy. Usage: `estimates.ts --engine NAME [--only WORD,WORD] --json FILE`
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Goal, TimeRange } from '../../main/contract/api/jobs.ts';
import type { ArchitectureKind } from '../../main/contract/recipes/recipes.ts';
import { type DataSetSource, studySchema } from '../../main/contract/studies/study.ts';
import { formatEstimate } from '../../main/domain/numbers/format.ts';
import { randomStream } from '../../main/domain/random/random.ts';
import { usualRecipe } from '../../main/domain/settings/recipe-settings.ts';
import { ForkLauncher } from '../../main/processes/launcher.ts';
import { Lab } from '../../main/services/lab/lab.ts';
import { checkEngines } from '../../main/services/tools/engines.ts';
import { openWorkbench } from '../../main/services/workbench/workbench.ts';
import { callsOf } from '../calls.ts';
import { writeColors, writeLetters } from '../contributions/images/pictures.ts';
import { declarationOf, type TimedStudy, timedStudies } from './estimate-studies.ts';

const { values } = parseArgs({
  options: { engine: { type: 'string', default: 'wasm' }, only: { type: 'string' }, json: { type: 'string' } },
});

/** An estimate of the whole, and how long the work had taken when it was shown. */
interface Shown extends TimeRange {
  at: number;
}

interface Timed {
  what: string;
  first: Shown;
  half: Shown | null;
  took: number;
  /** Processor time of its runs, a worker: what it would have taken on a quiet machine, but for starts. */
  processor: number;
  /** Position among all. */
  place: number;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bench-estimates-'));
process.env.BOUNDARY_ENGINE = values.engine;
const workbench = openWorkbench({ root, resources: join(root, 'resources'), dataFolder: join(folder, 'data') });
const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test' });
const client = callsOf({ lab, log: console.error });

/** The last part of a stream. */
async function last<Part extends { type: string }, Type extends Part['type']>(
  stream: AsyncIterable<Part>,
  type: Type,
): Promise<Extract<Part, { type: Type }>> {
  for await (const part of stream) if (part.type === type) return part as Extract<Part, { type: Type }>;
  throw new Error(`the stream ended without ${type}`);
}

/** Own images, read as a person reads them, with the recipes that a new study proposes for them. */
async function ownImages(images: 'letters' | 'colors') {
  const path = join(folder, images);
  if (images === 'letters') writeLetters(path, 40);
  else writeColors(path, ['red', 'green', 'blue', 'gray'], 120);
  const { found } = await last(await client.images.inspect({ from: { kind: 'path', path } }), 'found');
  const source: DataSetSource = { ...found.source, width: 16, height: 16 } as DataSetSource;
  const read = await last(await client.images.prepare({ source }), 'ready');
  const { target } = await last(await client.images.probe({ source }), 'probed');
  const context = { ...read, trainCount: read.train, testCount: read.test, target: target ?? 60 };
  return {
    source: read.source,
    recipes: (kind: string) => usualRecipe(kind as ArchitectureKind, context),
  };
}

async function declare(study: TimedStudy): Promise<void> {
  const made = study.images === 'digits' ? null : await ownImages(study.images);
  const none = (): object => ({});
  const spec = declarationOf(study, made?.source ?? { source: 'mnist' }, made?.recipes ?? none);
  workbench.storage.studies.put(study.name, studySchema.parse(spec), workbench.now());
}

const goals: Record<string, Goal> = { shipped: 'report', trained: 'generator' };

/** What the button shows that a person starts the work with. */
async function shownFirst(study: string, goal: Goal): Promise<TimeRange> {
  if (goal === 'models') return client.runs.remaining({ study });
  const { steps, next } = await client.overview.get({ study });
  const cost = goal === 'report' ? next?.cost : steps.find(({ step }) => step === goal)?.action?.cost;
  if (!cost) throw new Error(`${study} has nothing to do`);
  return cost;
}

/** Starts it at once after its first estimate, as a person does who reads it on the button. */
async function time(study: TimedStudy, place: number): Promise<Timed> {
  const { name, workers, generator } = study;
  lab.settings.set({ engine: 'auto', workers });
  await declare(study);
  const goal = goals[generator ?? ''] ?? 'models';
  const first = { ...(await shownFirst(name, goal)), at: 0 };
  const shown: Shown[] = [];
  const begin = performance.now();
  const { job } = await client.work.start({ study: name, goal });
  for await (const _ of lab.changes.listen(null)) {
    const at = (performance.now() - begin) / 1000;
    const found = lab.jobs.list().find(({ id }) => id === job);
    const left = found?.secondsLeft;
    if (left) shown.push({ at, seconds: at + left.seconds, low: at + left.low, high: at + left.high });
    if (found?.endedAt == null) continue;
    if (found.state !== 'done') throw new Error(`${name}: ${found.state} ${found.messages.join(' ')}`);
    break;
  }
  const took = (performance.now() - begin) / 1000;
  const runs = workbench.storage.runs.list({ studyId: workbench.storage.studies.byName(name)?.id ?? 0 });
  const paced = workbench.storage.runTable.recentDurations(runs.length);
  const processor =
    paced.reduce((sum, { workedMs }) => sum + (workedMs ?? 0), 0) / 1000 / Math.min(workers, runs.length);
  const half = shown.findLast(({ at }) => at <= took / 2) ?? null;
  const times = (estimate: Shown | null): string => (estimate === null ? '-' : (took / estimate.seconds).toFixed(2));
  process.stdout.write(
    `${place} ${name}: ${formatEstimate(first)}; took ${took.toFixed(1)} s (${processor.toFixed(1)} s of processors), ${times(first)} of the first estimate, ${times(half)} of that at half\n`,
  );
  return { what: name, first, half, took, processor, place };
}

try {
  const wanted = values.only?.split(',');
  const all = timedStudies.filter(({ name }) => wanted === undefined || wanted.some((word) => name.includes(word)));
  const order = [...all];
  randomStream(1, 'estimates').shuffle(order);
  // As starting the program does: its trials of the engines are what the first estimates go by.
  await checkEngines();
  const timed: Timed[] = [];
  for (const [index, study] of order.entries()) timed.push(await time(study, index + 1));
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify({ engine: values.engine, timed }));
} finally {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
}
