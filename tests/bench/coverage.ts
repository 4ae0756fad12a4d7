/**
 * How often intervals hold the truth, in simulated studies and on really drawn sets of stimuli (docs/analysis.md):
 *
 *   npm run bench -- coverage [--part simulated|differences|counted|effects|planner|teachers|real] [--studies 2000] [--sets 160] [--minutes N]
 *
 * Resumes where it was interrupted (`bench/coverage` in the cache folder), as long as the programs that it measures are
 * the same; --fresh begins anew. --quick: 20 studies and 3 sets. --minutes: stops after that time and prints what there
 * is. --json FILE: everything counted. --write-results: the tables of results/coverage.md. --engine: of the real sets.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { engineNames } from '../../main/contract/runs/run.ts';
import { writeFileAtomic } from '../../main/files/atomic.ts';
import { cacheFolder } from '../../main/files/places.ts';
import { preferredEngine } from '../../main/training/engines/open.ts';
import { coverageSections, type CoveragePart, coverageParts, measureCoverage } from './coverage/measure.ts';
import { quickSettings, realSettings } from './coverage/real.ts';
import { withSections } from './docs.ts';
import { benchMachine, productVersions } from './machine.ts';

const { values } = parseArgs({
  options: {
    part: { type: 'string' },
    studies: { type: 'string' },
    sets: { type: 'string' },
    minutes: { type: 'string', default: 'Infinity' },
    engine: { type: 'string' },
    quick: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    json: { type: 'string' },
    'write-results': { type: 'boolean', default: false },
  },
});

const root = fileURLToPath(new URL('../..', import.meta.url));
const part = coverageParts.find((name) => name === values.part);
if (values.part !== undefined && !part) throw new Error(`--part: there is no ${values.part}`);
const parts: readonly CoveragePart[] = part ? [part] : coverageParts;
const engine = engineNames.find((name) => name === values.engine) ?? preferredEngine();
const log = (line: string): boolean => process.stderr.write(`[coverage] ${line}\n`);
const found = await measureCoverage({
  parts,
  engine,
  log,
  fresh: values.fresh,
  settings: values.quick ? quickSettings : realSettings,
  folder: join(cacheFolder(), 'bench', values.quick ? 'coverage-quick' : 'coverage'),
  studies: Number(values.studies ?? (values.quick ? 20 : 2000)),
  sets: Number(values.sets ?? (values.quick ? 3 : 160)),
  milliseconds: 60_000 * Number(values.minutes),
});
const sections = coverageSections(found);
for (const { name, table } of sections) process.stdout.write(`\n${name}\n\n${table}\n`);
if (values.json) writeFileSync(values.json, `${JSON.stringify(found, null, 1)}\n`);
if (values['write-results']) {
  const path = join(root, 'tests', 'bench', 'results', 'coverage.md');
  const { commit, changed } = productVersions(root);
  const about = `Measured ${new Date().toISOString().slice(0, 10)} on ${benchMachine().cpu}, commit ${commit}${changed === 'yes' ? ' with changes' : ''}.`;
  writeFileAtomic(path, withSections(readFileSync(path, 'utf8'), sections, about));
}
