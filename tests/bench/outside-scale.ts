/**
 * The results of a study whose models others trained: 10,000 images x 51 labels of each x 100 models with softmax,
 * generated in a data folder of its own. For each view, all calls that its screen makes, answered by the product's router
 * and its analysis process: the first time, in a process that has just started, with nothing cached; again; and in
 * another new process, as when the program is opened the next time.
 *
 *   npm run bench -- outside-scale [images labelers models] [--stimuli test-images|pairs] [--people counts|labels]
 *     [--views types,images] [--repeats 3] [--data FOLDER] [--json FILE]
 *
 * `--data`: the folder to create and keep, or to use again.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { ResultsOverview } from '../../main/contract/api/results-tables.ts';
import { ForkLauncher } from '../../main/processes/launcher.ts';
import { Lab } from '../../main/services/lab/lab.ts';
import { openWorkbench } from '../../main/services/workbench/workbench.ts';
import { openSample, sampleFolder } from '../services/report/sample-lab.ts';
import { cpuSeconds } from './machine.ts';
import { addOutsideStudy, type OutsideDesign, outsideStudy as study } from './outside-study.ts';
import { asking } from '../services/results/section-tables.ts';
import { callsOf } from '../calls.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    stimuli: { type: 'string', default: 'test-images' },
    people: { type: 'string', default: 'counts' },
    views: { type: 'string' },
    repeats: { type: 'string', default: '3' },
    data: { type: 'string' },
    json: { type: 'string' },
  },
});
const [images = 10_000, labelers = 51, models = 100] = positionals.map(Number);
const design: OutsideDesign = {
  images,
  labelers,
  models,
  stimuli: values.stimuli === 'pairs' ? 'pairs' : 'test-images',
  people: values.people === 'labels' ? 'labels' : 'counts',
};
const root = fileURLToPath(new URL('../..', import.meta.url));

async function makeData(folder: string): Promise<string> {
  const data = join(folder, 'data');
  if (existsSync(data)) return data;
  await sampleFolder(folder);
  const bench = openSample(data);
  await addOutsideStudy(bench, design, folder);
  bench.storage.close();
  return data;
}

type Client = ReturnType<typeof openClient>;
const openClient = (lab: Lab) => callsOf({ lab, log: console.error });

/** What the page asks of a view once it has the overview. */
const input = { study, labelers: null, claim: 'default' as const, group: { kind: 'outside' as const } };
const { group: _, ...people } = input;
const half = { ...input, group: { kind: 'chosen' as const, models: [] as string[] } };
const views: Record<string, (client: Client, overview: ResultsOverview) => Promise<unknown>[]> = {
  overview: () => [],
  types: ({ results }) => [
    results.tables(asking('types', input)),
    results.tables({ ...asking('types', input), asked: 10 }),
  ],
  softmax: ({ results }) => [results.tables(asking('softmax', input)), results.images(input)],
  certainty: ({ results }) => [results.tables(asking('certainty', input)), results.images(input)],
  stimuli: ({ results }) => [results.images(input), ...pages(results)],
  along: ({ results }) => [results.tables(asking('along', input)), results.tables(asking('pairs', input))],
  agreement: ({ results }) => [
    results.tables({ ...asking('matrix', input), measure: 'cohen' }),
    results.tables(asking('subsampling', input)),
  ],
  errors: ({ results }) => [results.tables({ ...asking('matrix', input), measure: 'errors' })],
  compare: (client, { models: all }) => [
    client.groups.compare({
      a: input,
      b: { ...half, group: { ...half.group, models: all.slice(0, 50).map(({ key }) => key) } },
    }),
  ],
  people: ({ results }) => [results.people(people), results.tables(asking('subsampling', people))],
  labels: ({ results }) => [results.labels(people)],
  'images of a number': ({ results }) => [results.which({ ...input, which: { kind: 'type', type: 'type_a' } })],
  'one image': ({ results }) => [results.image({ study, labelers: null, image: 7 }), ...pages(results)],
  'list of outside models': (client) => [client.outside.list({ study })],
};
const pages = (results: Client['results']): Promise<unknown>[] =>
  Array.from({ length: Math.ceil(images / 1000) }, (_unused, page) => results.pictures({ study, page }));

/** Seconds, of processor time in the analysis process, and of the host. */
interface Times {
  seconds: number;
  analysis: number;
  host: number;
}

async function measure(lab: Lab, client: Client, view: string): Promise<Times> {
  const [before, own] = [cpuSeconds(lab.analysis.pid) ?? 0, process.cpuUsage()];
  const began = performance.now();
  const overview = await client.results.overview({ study });
  await Promise.all(views[view]!(client, overview));
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(own);
  return { seconds, analysis: (cpuSeconds(lab.analysis.pid) ?? 0) - before, host: (user + system) / 1e6 };
}

/** Ends the analysis process, as it ends with the program. */
async function endProcess(lab: Lab): Promise<void> {
  lab.analysis.restart();
  while (lab.analysis.pid !== undefined) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The round with the fewest seconds: other work on the machine only ever adds some. */
const fastest = (rounds: readonly Times[]): Times => rounds.reduce((a, b) => (b.seconds < a.seconds ? b : a));

const folder = values.data ?? mkdtempSync(join(tmpdir(), 'outside-scale-'));
const cache = mkdtempSync(join(tmpdir(), 'outside-cache-'));
try {
  const dataFolder = await makeData(folder);
  const workbench = openWorkbench({ root, resources: join(root, 'resources'), dataFolder });
  const launcher = new ForkLauncher({ ...process.env, BOUNDARY_CACHE: cache });
  const lab = new Lab({ workbench, launcher, host: 'browser' });
  const client = openClient(lab);
  // Loads the program's code, which is not what is measured.
  await client.results.overview({ study: 'none' }).catch(() => undefined);
  const load = { before: loadavg()[0], after: 0 };
  const found: { view: string; first: Times; again: Times; next: Times }[] = [];
  for (const view of values.views?.split(',') ?? Object.keys(views)) {
    const rounds: Record<'first' | 'again' | 'next', Times[]> = { first: [], again: [], next: [] };
    for (let round = 0; round < Number(values.repeats); round++) {
      await endProcess(lab);
      rmSync(join(cache, 'analysis'), { recursive: true, force: true });
      for (const when of ['first', 'again', 'next'] as const) {
        if (when === 'next') await endProcess(lab);
        rounds[when].push(await measure(lab, client, view));
      }
    }
    const [first, again, next] = [rounds.first, rounds.again, rounds.next].map(fastest) as [Times, Times, Times];
    found.push({ view, first, again, next });
    const text = [first, again, next].map(
      ({ seconds, analysis, host }) => `${seconds.toFixed(2)} (${analysis.toFixed(2)} + ${host.toFixed(2)})`,
    );
    console.log(`${view.padEnd(24)} ${text.map((each) => each.padStart(22)).join('')}`);
  }
  await lab.close();
  load.after = loadavg()[0] ?? 0;
  console.log(`load ${load.before} before, ${load.after} after`);
  if (values.json) writeFileSync(values.json, JSON.stringify({ ...design, load, views: found }));
} finally {
  rmSync(cache, { recursive: true, force: true });
  if (values.data === undefined) rmSync(folder, { recursive: true, force: true });
}
