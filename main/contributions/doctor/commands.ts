import type { Command } from 'commander';
import { chosenDataFolder, printJson, printLine, root } from '../../terminal/index.ts';

export default function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('list what is installed, what works, and why something does not work')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }, command: Command) => {
      const { inspectInstallation } = await import('./doctor.ts');
      const { formatDoctor } = await import('./format.ts');
      const report = await inspectInstallation({ root, dataFolder: chosenDataFolder(command) });
      if (options.json) printJson(report);
      else printLine(formatDoctor(report));
    });
}
