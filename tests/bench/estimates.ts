/**
 * How often work ends within the range of time that the product shows at its start, on a fresh data folder: the first
 * runs have no others to go by. Usage: `estimates.ts --repeats N --engine NAME --json FILE`
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { studySchema } from '../../main/contract/studies/study.ts';
import type { Goal } from '../../main/contract/api/jobs.ts';
import { formatRoughRange } from '../../main/domain/numbers/format.ts';
import { randomStream } from '../../main/domain/random/random.ts';
import { ForkLauncher } from '../../main/processes/launcher.ts';
import { Lab } from '../../main/services/lab/lab.ts';
import { openWorkbench } from '../../main/services/workbench/workbench.ts';
import { callsOf } from '../calls.ts';

const { values } = parseArgs({
  options: {
    repeats: { type: 'string', default: '6' },
    engine: { type: 'string', default: 'wasm' },
    json: { type: 'string' },
  },
});

const mlp = { architecture: { kind: 'mlp', hidden: [128] }, tolerance: 0.3, maxEpochs: 6 };
const cnn = { kind: 'cnn', channels: [4, 4, 8, 8], hidden: [32, 32] };
const vit = { kind: 'vit', patch: 14, width: 16, blocks: 1, heads: 2, headWidth: 8, mlp: 16 };
const recipes: Record<string, object> = {
  'MLP to 95 %': { ...mlp, targets: [95] },
  'MLP to 96.5 %': { ...mlp, targets: [96.5] },
  'MLP to 95 % on its trend': { ...mlp, targets: [95], landing: 'trend' },
  'small CNN to 95 %': { ...mlp, architecture: cnn, targets: [95] },
  'small ViT to 90 %': { ...mlp, architecture: vit, targets: [90] },
};
const wholeStudy = 'a whole study';

interface Timed {
  what: string;
  low: number;
  seconds: number;
  high: number;
  took: number;
  /** Position among all. */
  place: number;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bench-estimates-'));
process.env.BOUNDARY_ENGINE = values.engine;
const workbench = openWorkbench({ root, resources: join(root, 'resources'), dataFolder: join(folder, 'data') });
const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test' });
const client = callsOf({ lab, log: console.error });

function addStudy(name: string, recipe: object, seed: number, whole: boolean): void {
  const reference = { recipe: { ...mlp, targets: [95] }, seed: 1000 + seed };
  const generated = { source: 'generated', samples: 400, seed, alphas: 7, design: { kind: 'listed', pairs: [[0, 1]] } };
  const study = studySchema.parse({
    schema: 'boundary-workbench/study/1',
    name,
    title: name,
    dataSet: { source: 'mnist' },
    generator: whole ? { shipped: 'mnist-dcgan64' } : null,
    reference: whole ? reference : null,
    stimuli: whole ? generated : { source: 'imported', path: 'none' },
    models: [{ name: 'M', group: 'diverse', recipe, seed }],
    labelers: whole ? { source: 'rehearsal', count: 3, seed: 1 } : { source: 'none' },
  });
  workbench.storage.studies.put(name, study, workbench.now());
}

/** Starts it at once after the range was asked for, as a person does who reads it on the button. */
async function time(what: string, name: string, goal: Goal, place: number): Promise<Timed> {
  const range = goal === 'models' ? await client.runs.remaining({ study: name }) : await wholeCost(name);
  const { low, seconds, high } = range;
  const begin = performance.now();
  const { job } = await client.work.start({ study: name, goal });
  for await (const _ of lab.changes.listen(null)) {
    const found = lab.jobs.list().find(({ id }) => id === job);
    if (found?.endedAt == null) continue;
    if (found.state !== 'done') throw new Error(`${what}: ${found.state} ${found.messages.join(' ')}`);
    break;
  }
  const took = (performance.now() - begin) / 1000;
  const within = took >= low && took <= high ? '' : ' OUTSIDE';
  process.stdout.write(`${place} ${what}: about ${formatRoughRange(range)}; ${took.toFixed(1)} s${within}\n`);
  return { what, low, seconds, high, took, place };
}

async function wholeCost(study: string): Promise<{ low: number; seconds: number; high: number }> {
  const cost = (await client.overview.get({ study })).next?.cost;
  if (!cost) throw new Error('the study has something to do');
  return cost;
}

try {
  lab.settings.set({ engine: 'auto', workers: 1 });
  const repeats = Number(values.repeats);
  const all = Array.from({ length: repeats }, (_, seed) =>
    [...Object.keys(recipes), wholeStudy].map((what) => ({ what, seed: seed + 1 })),
  ).flat();
  randomStream(1, 'estimates').shuffle(all);
  const timed: Timed[] = [];
  for (const [place, { what, seed }] of all.entries()) {
    const name = `study ${place + 1}`;
    addStudy(name, recipes[what] ?? { ...mlp, targets: [95.5] }, seed, what === wholeStudy);
    timed.push(await time(what, name, what === wholeStudy ? 'report' : 'models', place + 1));
  }
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify({ engine: values.engine, timed }));
} finally {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
}
