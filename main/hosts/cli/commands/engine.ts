import type { Command } from 'commander';
import type { Outcome } from '../output.ts';
import { exitCodes, printable } from '../output.ts';

export function addEngine(program: Command, outcome: Outcome): void {
  const engine = program.command('engine').description('what computes: TensorFlow where it is installed, else wasm');
  engine
    .command('list', { isDefault: true })
    .description('list the engines, the best one first')
    .action(async () => {
      const { availableEngines } = await import('../../../services/engines.ts');
      const { names, missing } = availableEngines();
      for (const name of names) process.stdout.write(`${name}\n`);
      for (const [name, why] of Object.entries(missing)) process.stdout.write(`${name} not available: ${why}\n`);
    });
  engine
    .command('install')
    .description('install the TensorFlow engine for this machine and user')
    .option('--variant <variant>', 'cpu or cuda', 'cpu')
    .action(async (options: { variant: string }) => {
      const { installEngine } = await import('../../../services/engines.ts');
      const result = await installEngine(options.variant, (line) => process.stderr.write(`${printable(line)}\n`));
      process.stdout.write(result.installed ? `${result.folder}\n` : `Not installed: ${result.reason}\n`);
      if (!result.installed) outcome.exitCode = exitCodes.userError;
    });
}
