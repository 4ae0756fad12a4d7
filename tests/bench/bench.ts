/**
 * `npm run bench`: measures the product, and PyTorch beside it. docs/performance.md says what, how, and with which
 * options. Progress goes to stderr, tables to stdout.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../main/contract/wire/errors.ts';
import { writeFileAtomic } from '../../main/files/atomic.ts';
import { engineStatuses } from '../../main/training/engines/open.ts';
import { installTensorflow } from '../../main/training/engines/tensorflow/install/install.ts';
import { reportLines } from '../../main/training/engines/tensorflow/install/report.ts';
import { locateTensorflow } from '../../main/training/engines/tensorflow/locate.ts';
import type { BenchContext, Section } from './bench-types.ts';
import { benchAnalysis } from './benches/analysis.ts';
import { benchDesk } from './benches/desk.ts';
import { benchEstimates } from './benches/estimates.ts';
import { benchFirstPaint } from './benches/first-paint.ts';
import { benchLabeling } from './benches/labeling.ts';
import { benchMemory } from './benches/memory.ts';
import { benchEffects } from './benches/effects.ts';
import { benchOutside } from './benches/outside.ts';
import { benchParity } from './benches/parity.ts';
import { benchRecipes } from './benches/recipes.ts';
import { benchReport } from './benches/report.ts';
import { benchResults } from './benches/results.ts';
import { benchRunTable } from './benches/run-table.ts';
import { benchShortRuns } from './benches/short-runs.ts';
import { benchSoftLabels } from './benches/soft-labels.ts';
import { benchSilences } from './benches/silences.ts';
import { benchSlurm } from './benches/slurm.ts';
import { benchStartup } from './benches/startup.ts';
import { benchStimuli } from './benches/stimuli.ts';
import { benchStudy } from './benches/study.ts';
import { benchTraining } from './benches/training.ts';
import { benchLatency, benchWindowStart } from './benches/window.ts';
import { benchWorkers } from './benches/workers.ts';
import { withSections } from './docs.ts';
import { benchMachine, describeRun, load, productVersions } from './machine.ts';
import { type BenchName, type BenchOptions, parseOptions } from './options.ts';
import { findPeer } from './peer/find-peer.ts';
import { environment } from './sides/sides.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** In the order in which they run. Steps and evaluation are one, as one start of the sides serves both. */
const benches: readonly { names: readonly BenchName[]; run: (context: BenchContext) => Promise<Section[]> }[] = [
  { names: ['steps', 'evaluation'], run: benchTraining },
  { names: ['recipes'], run: benchRecipes },
  { names: ['soft-labels'], run: benchSoftLabels },
  { names: ['stimuli'], run: benchStimuli },
  { names: ['startup'], run: benchStartup },
  { names: ['workers'], run: benchWorkers },
  { names: ['analysis'], run: benchAnalysis },
  { names: ['outside'], run: benchOutside },
  { names: ['effects'], run: benchEffects },
  { names: ['labeling'], run: benchLabeling },
  { names: ['desk'], run: benchDesk },
  { names: ['silences'], run: benchSilences },
  { names: ['short-runs'], run: benchShortRuns },
  { names: ['memory'], run: benchMemory },
  { names: ['study'], run: benchStudy },
  { names: ['parity'], run: benchParity },
  { names: ['latency'], run: benchLatency },
  { names: ['window-start'], run: benchWindowStart },
  { names: ['run-table'], run: benchRunTable },
  { names: ['slurm'], run: benchSlurm },
  { names: ['results'], run: benchResults },
  { names: ['first-paint'], run: benchFirstPaint },
  { names: ['report'], run: benchReport },
  { names: ['estimates'], run: benchEstimates },
];

/** Those that PyTorch takes part in. */
const comparing: readonly BenchName[] = ['steps', 'evaluation', 'recipes', 'stimuli', 'parity'];

async function main(): Promise<void> {
  const available = engineStatuses().flatMap(({ name, available: here }) => (here ? [name] : []));
  const options = parseOptions(process.argv.slice(2), available);
  const log = (line: string): boolean => process.stderr.write(`[bench] ${line}\n`);
  if (options.isa && options.engines.includes('tensorflow')) await compileKernels(options.isa, log);
  const compares = options.peer && options.names.some((name) => comparing.includes(name));
  const context: BenchContext = { options, python: compares ? await findPeer(log) : null, log };
  const about = {
    machine: benchMachine(),
    versions: productVersions(root),
    date: new Date(),
    load: { before: load(), after: load() },
    options,
  };
  const sections: Section[] = [];
  for (const { names, run } of benches) {
    if (!names.some((name) => options.names.includes(name))) continue;
    const measured = await run(context);
    for (const { name, table } of measured) process.stdout.write(`\n${name}\n\n${table}\n`);
    sections.push(...measured);
    about.load.after = load();
    // Written after each benchmark, so that an interrupted run keeps what it has.
    if (options.json !== null) {
      const results = Object.fromEntries(sections.map(({ name, data }) => [name, data]));
      writeFileSync(options.json, `${JSON.stringify({ ...about, results }, null, 1)}\n`);
    }
    const places = measured.map((section) => ({ ...section, name: placeName(section.name, options.isa) }));
    if (options.writeResults) writeResults(places, describeRun(about));
  }
}

/** Tables of fewer instructions have places of their own in the document. */
const placeName = (name: string, isa: BenchOptions['isa']): string => (isa ? `${name} ${isa}` : name);

/** Our kernels for the instructions that TensorFlow is kept to. */
async function compileKernels(isa: NonNullable<BenchOptions['isa']>, log: (line: string) => void): Promise<void> {
  const found = locateTensorflow();
  if ('absent' in found) return;
  const { variant } = found;
  await installTensorflow({ variant, environment: { ...process.env, ...environment(isa) }, report: reportLines(log) });
}

function writeResults(sections: readonly Section[], about: string): void {
  const path = join(root, 'tests', 'bench', 'results', 'performance.md');
  writeFileAtomic(path, withSections(readFileSync(path, 'utf8'), sections, about));
}

try {
  await main();
} catch (error) {
  process.stderr.write(
    `${error instanceof UserError ? error.format() : error instanceof Error ? error.stack : error}\n`,
  );
  process.exitCode = 1;
}
