import { resolve } from 'node:path';
import type { Command } from 'commander';
import { formatCount } from '../../domain/numbers/index.ts';
import { commandOf, existingPath, printLine, withReadOnlyWorkbench, withWorkbench } from '../../terminal/index.ts';

export default function addArchiveCommands(program: Command): void {
  const study = commandOf(program, 'study');
  study
    .command('export <study>')
    .description('write a study with all its data to one archive')
    .requiredOption('--to <file.zip>', 'the archive to write')
    .option(
      '--no-weights',
      'leave out the weights of models: a small archive with all results, which cannot compute new ones',
    )
    .action(exportStudy);
  study
    .command('import <file.zip>')
    .description('import a study from an archive; the archive is checked completely before anything is stored')
    .action(importStudy);
}

async function exportStudy(name: string, options: { to: string; weights: boolean }, command: Command): Promise<void> {
  const { exportArchive } = await import('./export-archive.ts');
  const { privacyWords } = await import('./import-archive.ts');
  const path = resolve(options.to);
  const { files, omitted, ...people } = await withReadOnlyWorkbench(command, (workbench) =>
    exportArchive(workbench, { study: name, path, weights: options.weights }),
  );
  printLine(
    `${path}: ${formatCount(files, 'file')}${omitted > 0 ? `, ${omitted} left out` : ''}.${privacyWords(people)}`,
  );
}

async function importStudy(file: string, _options: unknown, command: Command): Promise<void> {
  const { importArchive, sessionWords } = await import('./import-archive.ts');
  const path = existingPath(file, 'study import');
  const { name, added, reused, completed, missing, ...labels } = await withWorkbench(command, (workbench) =>
    importArchive(workbench, path),
  );
  const weights = missing > 0 ? `; the archive does not contain ${formatCount(missing, 'file')}` : '';
  const finished = completed.length > 0 ? `, of which ${completed.length} were unfinished and are done now` : '';
  printLine(
    `Study ${name}: ${formatCount(added, 'run')} added, ${reused} existed already${finished}${weights}.${sessionWords(labels)}`,
  );
}
