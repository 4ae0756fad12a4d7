/**
 * `npm run bench`: measures the product, and PyTorch beside it. docs/performance.md says what, how, and with which
 * options. Progress goes to stderr, tables to stdout.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../main/contract/errors.ts';
import { engineStatuses } from '../../main/training/engines/open.ts';
import type { BenchContext, Section } from './bench-types.ts';
import { benchTraining } from './benches/training.ts';
import { benchMachine, load, productVersions } from './machine.ts';
import { parseOptions } from './options.ts';
import { findPeer } from './peer/find-peer.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function main(): Promise<void> {
  const available = engineStatuses().flatMap(({ name, available: here }) => (here ? [name] : []));
  const options = parseOptions(process.argv.slice(2), available);
  const say = (line: string): boolean => process.stderr.write(`[bench] ${line}\n`);
  const python = options.peer ? await findPeer(say) : null;
  const context: BenchContext = { options, python, say };
  const [date, before] = [new Date(), load()];
  const sections: Section[] = [];
  if (options.names.includes('steps') || options.names.includes('evaluation')) {
    sections.push(...(await benchTraining(context)));
  }
  for (const { name, table } of sections) console.log(`\n${name}\n\n${table}`);
  if (options.json === null) return;
  const results = Object.fromEntries(sections.map(({ name, data }) => [name, data]));
  const about = { machine: benchMachine(), versions: productVersions(root), date, load: { before, after: load() } };
  writeFileSync(options.json, `${JSON.stringify({ ...about, options, results }, null, 1)}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof UserError ? error.format() : error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
}
