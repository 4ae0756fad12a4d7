import { resolve } from 'node:path';
import type { Command } from 'commander';
import { engineNames } from '../../../contract/run.ts';
import type { CheckedEngines } from '../../../services/tools/engines.ts';
import { chosenEngine, root } from '../context.ts';
import { exitCodes, type Outcome, printable, printLine, table } from '../output.ts';

export function addEngine(program: Command, outcome: Outcome): void {
  const engine = program.command('engine').description('the engines that train and predict');
  engine.command('list', { isDefault: true }).description('list the available engines, the fastest first').action(list);
  engine
    .command('check')
    .description('check the results and the speed of all engines again')
    .option('--if-needed', 'only if this machine has not been checked yet; print one line')
    .action((options: { ifNeeded?: boolean }) => check(options.ifNeeded === true, outcome));
  engine
    .command('prove')
    .description('check and measure an engine thoroughly, and write a page to attach to a bug report')
    .option('--engine <name>', `one of ${engineNames.join(', ')} (default: the fastest that works)`)
    .option('--out <file>', 'where the .json and the .html go (default: proof-<engine>.json in this folder)')
    .option('--quick', 'fewer models, steps and seeds: some minutes instead of a quarter of an hour or more')
    .action((options: ProveOptions) => prove(options, outcome));
  engine
    .command('install')
    .description('install the TensorFlow engine for this machine and user')
    .option('--variant <variant>', 'cpu or cuda', 'cpu')
    .action(async (options: { variant: string }) => {
      const { installEngine } = await import('../../../services/tools/engines.ts');
      const result = await installEngine(options.variant, (line) => process.stderr.write(`${printable(line)}\n`));
      printLine(result.installed ? result.folder : `Not installed: ${result.reason}`);
      if (!result.installed) outcome.exitCode = exitCodes.userError;
    });
}

interface ProveOptions {
  engine?: string;
  out?: string;
  quick?: boolean;
}

async function prove(options: ProveOptions, outcome: Outcome): Promise<void> {
  const { checkEngines } = await import('../../../services/tools/engines.ts');
  const { proveEngine } = await import('../../../services/proof/prove.ts');
  const { proofFiles, writeProof } = await import('../../../services/proof/write.ts');
  const { isProven } = await import('../../../contract/proof.ts');
  const engine = chosenEngine(options.engine) ?? (await checkEngines()).names[0] ?? 'wasm';
  const files = proofFiles(resolve(options.out ?? `proof-${engine}.json`));
  const abort = new AbortController();
  const stop = (): void => abort.abort(new Error('stopped'));
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, stop);
  const began = performance.now();
  const onLine = (line: string): void => {
    process.stderr.write(`[${clock(performance.now() - began)}] ${printable(line)}\n`);
  };
  try {
    const quick = options.quick === true;
    const proof = await proveEngine({ root, engine, quick, onLine, signal: abort.signal });
    abort.signal.throwIfAborted();
    writeProof(files, proof);
    printLine(files.json);
    printLine(files.page);
    if (isProven(proof)) return;
    const why = [proof.selfCheck, proof.conformance].find(({ state }) => state === 'failed')?.message ?? '';
    process.stderr.write(`FAILED: ${printable(why)}\n`);
    outcome.exitCode = exitCodes.failed;
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    process.stderr.write('Stopped. Nothing was written.\n');
    outcome.exitCode = exitCodes.stopped;
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

/** Milliseconds as 00:01:05. */
const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

async function list(): Promise<void> {
  const { availableEngines } = await import('../../../services/tools/engines.ts');
  const { names, missing } = availableEngines();
  for (const name of names) printLine(name);
  for (const [name, why] of Object.entries(missing)) printLine(`${name} not available: ${printable(why)}`);
}

async function check(ifNeeded: boolean, outcome: Outcome): Promise<void> {
  const { describeEngine, knownEngines, checkEngines } = await import('../../../services/tools/engines.ts');
  if (ifNeeded && knownEngines()) return;
  const began = performance.now();
  const result = await checkEngines({ again: !ifNeeded });
  const [best] = result.names;
  if (!best) outcome.exitCode = exitCodes.failed;
  if (!ifNeeded) return printLine(checkTable(result));
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  printLine(`Engine: ${best ? describeEngine(best, result) : 'none works on this machine'} (${seconds} s)`);
}

function checkTable({ checks, names }: CheckedEngines): string {
  const words = { passed: 'works', failed: 'FAILED', absent: 'not installed' };
  const rows = checks.map(({ name, state, speedOverWasm, note }) => [
    name === names[0] ? `${name} (chosen)` : name,
    words[state],
    speedOverWasm === null ? '-' : `${speedOverWasm.toFixed(1)}x wasm`,
    note,
  ]);
  return table(['engine', 'self-check', 'speed', ''], rows);
}
