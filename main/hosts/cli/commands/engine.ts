import type { Command } from 'commander';
import type { CheckedEngines } from '../../../services/tools/engines.ts';
import { exitCodes, type Outcome, printable, printLine, table } from '../../../terminal/output.ts';

export function addEngine(program: Command, outcome: Outcome): void {
  const engine = program.command('engine').description('the engines that train and predict');
  engine.command('list', { isDefault: true }).description('list the available engines, the fastest first').action(list);
  engine
    .command('check')
    .description('check the results and the speed of all engines again')
    .option('--if-needed', 'only if this machine has not been checked yet; print one line')
    .action((options: { ifNeeded?: boolean }) => check(options.ifNeeded === true, outcome));
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
