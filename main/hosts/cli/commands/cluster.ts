import type { Command } from 'commander';
import { printLine, printable, table } from '../output.ts';
import { existingPath, withReadOnlyWorkbench, withWorkbench } from '../context.ts';

export function addCluster(program: Command): void {
  const cluster = program.command('cluster').description('Slurm clusters that trainings can go to (docs/cluster.md)');
  cluster.command('list', { isDefault: true }).description('list the clusters of this data folder').action(list);
  cluster
    .command('add <profile.json>')
    .description('add a cluster from its profile, or replace the one of the same name')
    .action(add);
  cluster.command('remove <name>').description('remove a cluster that no run is on').action(remove);
}

async function list(_options: unknown, command: Command): Promise<void> {
  const { readClusters } = await import('../../../services/clusters/profiles.ts');
  const { rows, damaged } = await withReadOnlyWorkbench(command, (workbench) => {
    const found = readClusters(workbench);
    const rows = found.clusters.map(({ name, reach, partition, engine, folder }) => [
      ...[name, reach.join(' ') || 'this computer', partition, engine, folder.here],
      workbench.storage.placements.list(name).length,
    ]);
    return { rows, damaged: found.damaged };
  });
  printLine(
    rows.length === 0
      ? 'No clusters. docs/cluster.md says how to add one.'
      : table(['cluster', 'reached by', 'partition', 'engine', 'folder', 'runs there'], rows),
  );
  for (const { file, why } of damaged) printLine(printable(`${file} is left out. ${why}.`));
}

async function add(file: string, _options: unknown, command: Command): Promise<void> {
  const { readProfile, saveCluster } = await import('../../../services/clusters/profiles.ts');
  const profile = readProfile(existingPath(file, 'cluster add'));
  await withWorkbench(command, (workbench) => saveCluster(workbench, profile));
  printLine(printable(`Added ${profile.name}.`));
}

async function remove(name: string, _options: unknown, command: Command): Promise<void> {
  const { findCluster, removeCluster } = await import('../../../services/clusters/profiles.ts');
  await withWorkbench(command, (workbench) => removeCluster(workbench, findCluster(workbench, name).name));
  printLine(printable(`Removed ${name}.`));
}
