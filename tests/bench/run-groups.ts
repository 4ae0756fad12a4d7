/**
 * The run table of a very large study, as the product's router answers it in one process: opened for the first time, opened
 * again, opened after a run changed, and grouped by one thing after another. Milliseconds of processor time, with the check
 * of the answer and its JSON. The data are generated, which takes a minute.
 *
 *   npm run bench -- run-table, or node tests/bench/run-groups.ts [--runs 100000] [--repeats 5] [--data FOLDER] [--json FILE]
 *
 * `--data`: the folder to create and keep, or to use again.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { RunGroup } from '../../main/contract/api/runs.ts';
import { ForkLauncher } from '../../main/processes/launcher.ts';
import { Lab } from '../../main/services/lab/lab.ts';
import { openWorkbench } from '../../main/services/workbench/workbench.ts';
import { callsOf, offered } from '../calls.ts';
import { benchStudy, fillDatabase, longestCurve } from './window/database.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    repeats: { type: 'string', default: '5' },
    data: { type: 'string' },
    json: { type: 'string' },
  },
});
const runs = Number(values.runs);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Of each kind: a fixed factor, settings that many recipes share, and one that is different in each. */
const groups: readonly RunGroup[] = [
  'architecture',
  'recipe.batch',
  'recipe.optimiser.stepSize',
  'recipe.targets',
  'recipe',
  'state',
  'tag',
];

async function measure(data: string) {
  const resources = join(root, 'resources');
  const workbench = openWorkbench({ root, resources, dataFolder: data, ...offered });
  const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test' });
  const client = callsOf({ lab, log: (error) => console.error(error) });
  const timed = async (group: RunGroup): Promise<number> => {
    const before = process.cpuUsage();
    JSON.stringify(await client.runs.table({ study: benchStudy, group }));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  const first = await timed('none');
  const firstGroups = await timed('architecture');
  const [id = 0] = (await client.runs.table({ study: benchStudy })).ids;
  const again: number[] = [];
  const changed: number[] = [];
  const regrouped: number[] = [];
  for (let repeat = 0; repeat < Number(values.repeats); repeat++) {
    again.push(await timed('none'));
    for (const group of groups) regrouped.push(await timed(group));
  }
  for (let repeat = 0; repeat < Number(values.repeats); repeat++) {
    workbench.storage.runNotes.setNote(id, `Looked at ${repeat + 1} times`);
    changed.push(await timed('none'));
  }
  await lab.close();
  return { runs, load: loadavg()[0], first, firstGroups, again, regrouped, changed };
}

const folder = values.data ?? mkdtempSync(join(tmpdir(), 'run-groups-'));
try {
  const data = join(folder, 'data');
  if (!existsSync(data)) fillDatabase(data, { runs, points: longestCurve + 10 * runs, varied: true });
  const found = await measure(data);
  console.log(JSON.stringify(found));
  if (values.json) writeFileSync(values.json, JSON.stringify(found));
} finally {
  if (values.data === undefined) rmSync(folder, { recursive: true, force: true });
}
