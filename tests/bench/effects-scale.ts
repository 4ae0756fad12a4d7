/**
 * Effects of a large study: 60 recipes x 20 seeds x 5 targets on 5,000 images, generated in a data folder of its own. For each question,
 * what the screen asks, answered by the product's router and its analysis process: the first question in a process that has just started with
 * nothing cached, then others in the same process. Also the most memory that the process took.
 *
 *   npm run bench -- effects-scale [cells seeds images labelers] [--data FOLDER] [--json FILE]
 *
 * `--data`: the folder to create and keep, or to use again.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { EffectsInput } from '../../main/contributions/effects/contract/effects.ts';
import { ForkLauncher } from '../../main/processes/launcher.ts';
import { Lab } from '../../main/services/lab/lab.ts';
import { openWorkbench } from '../../main/services/workbench/workbench.ts';
import { openSample, sampleFolder } from '../services/report/sample-lab.ts';
import { addStudyOf } from './large-study.ts';
import { cpuSeconds } from './machine.ts';
import { callsOf } from '../calls.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string' }, json: { type: 'string' } },
});
const [cells = 60, seeds = 20, images = 5000, labelers = 10] = positionals.map(Number);
const targets = [95, 96, 97, 97.5, 98];
const study = 'effects';
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Every combination of five sizes, three optimizers, two batch sizes, with and without augmentation. */
function recipes(): object[] {
  return [64, 128, 256, 512, 1024].flatMap((hidden) =>
    ['adam', 'adamw', 'momentum'].flatMap((kind) =>
      [64, 128].flatMap((batch) =>
        [null, {}].map((augmentation) => ({
          architecture: { kind: 'mlp', hidden: [hidden] },
          optimiser: { kind },
          batch,
          augmentation,
          targets,
        })),
      ),
    ),
  );
}

async function makeData(folder: string): Promise<string> {
  const data = join(folder, 'data');
  if (existsSync(data)) return data;
  await sampleFolder(folder);
  const bench = openSample(data);
  addStudyOf(
    bench,
    study,
    { images, labelers },
    recipes()
      .slice(0, cells)
      .map((recipe, at) => ({ name: `R${at + 1}`, group: 'diverse', seeds, seed: 1000 * at, recipe })),
  );
  bench.storage.close();
  return data;
}

const question = (asked: Partial<EffectsInput>): EffectsInput => ({
  study,
  labelers: null,
  outcome: null,
  factor: null,
  reference: null,
  second: null,
  target: null,
  images: 'all',
  people: 'fixed',
  m: null,
  ...asked,
});
const questions: readonly (readonly [name: string, input: EffectsInput])[] = [
  ['two networks disagree', question({ outcome: 'pairwise' })],
  ['another factor', question({ outcome: 'pairwise', factor: 'optimiser.kind' })],
  ['targets, by optimizer', question({ outcome: 'pairwise', factor: 'target', second: 'optimiser.kind' })],
  ['misclassified', question({ outcome: 'misclassified', factor: 'optimiser.kind' })],
  ['type C, people like these', question({ outcome: 'type_c', factor: 'optimiser.kind', people: 'random' })],
  ['error consistency', question({ outcome: 'consistency', factor: 'optimiser.kind' })],
  ['error consistency, another factor', question({ outcome: 'consistency', factor: 'target' })],
  ['certainty: reads all softmax', question({ outcome: 'certainty', factor: 'optimiser.kind' })],
  ['certainty, another factor', question({ outcome: 'certainty', factor: 'augmentation.used', second: 'target' })],
  ['divergence: reads all softmax', question({ outcome: 'divergence', factor: 'optimiser.kind' })],
  ['divergence, another factor', question({ outcome: 'divergence', factor: 'target' })],
];

/** The most memory of a process so far, MiB; null where the system does not say. */
function peakMemory(pid: number | undefined): number | null {
  try {
    const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
  } catch {
    return null;
  }
}

const folder = values.data ?? mkdtempSync(join(tmpdir(), 'effects-scale-'));
const cache = mkdtempSync(join(tmpdir(), 'effects-cache-'));
try {
  const dataFolder = await makeData(folder);
  const workbench = openWorkbench({ root, resources: join(root, 'resources'), dataFolder });
  const lab = new Lab({
    workbench,
    launcher: new ForkLauncher({ ...process.env, BOUNDARY_CACHE: cache }),
    host: 'browser',
  });
  const client = callsOf({ lab, log: console.error });
  // Loads the program's code, which is not what is measured.
  await client.results.overview({ study: 'none' }).catch(() => undefined);
  const load = { before: loadavg()[0], after: 0 };
  const found: { name: string; seconds: number; cpu: number; peak: number | null }[] = [];
  for (const [name, input] of questions) {
    const [began, before] = [performance.now(), cpuSeconds(lab.analysis.pid) ?? 0];
    const answer = await client.effects.result(input);
    if (answer.undefined !== null) throw new Error(`${name}: ${answer.undefined}`);
    const seconds = (performance.now() - began) / 1000;
    const cpu = (cpuSeconds(lab.analysis.pid) ?? 0) - before;
    found.push({ name, seconds, cpu, peak: peakMemory(lab.analysis.pid) });
    console.log(
      `${name.padEnd(32)} ${seconds.toFixed(2)} s (${cpu.toFixed(2)} s of processor), ${found.at(-1)?.peak} MiB`,
    );
  }
  await lab.close();
  load.after = loadavg()[0] ?? 0;
  console.log(`load ${load.before} before, ${load.after} after`);
  if (values.json)
    writeFileSync(values.json, JSON.stringify({ cells, seeds, images, labelers, load, questions: found }));
} finally {
  rmSync(cache, { recursive: true, force: true });
  if (values.data === undefined) rmSync(folder, { recursive: true, force: true });
}
