import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { Cluster } from './profile/cluster.ts';
import type { ClusterFinding } from './profile/cluster-check.ts';
import { formatCount } from '../../domain/numbers/index.ts';
import { runEnvironment } from '../../files/index.ts';
import {
  commandOf,
  existingPath,
  exitCodes,
  type Outcome,
  printable,
  printJson,
  printLine,
  root,
  table,
  wholeNumber,
  withReadOnlyWorkbench,
  withWorkbench,
  withWorkbenchBeside,
} from '../../terminal/index.ts';
import { UserError } from '../../contract/wire/index.ts';

export default function addSlurmCommands(program: Command, outcome: Outcome): void {
  addCluster(program, outcome);
  const study = commandOf(program, 'study');
  study
    .command('stop <study>')
    .description('have the runs of a study that are on clusters save a checkpoint, stop there and come back')
    .action(stopStudy);
  const run = commandOf(study, 'run');
  run.option('--cluster <name>', 'have a cluster do the trainings (`boundary cluster list`); `here`: this computer');
  run.on('option:cluster', (name: string) => run.setOptionValue('place', name === 'here' ? null : name));
}

function addCluster(program: Command, outcome: Outcome): void {
  const cluster = program
    .command('cluster')
    .description('Slurm clusters that trainings can go to (main/contributions/slurm/README.md)');
  cluster.command('list', { isDefault: true }).description('list the clusters of this data folder').action(list);
  cluster
    .command('add <profile.json>')
    .description('add a cluster from its profile, or replace the one of the same name')
    .action(add);
  cluster
    .command('check <cluster>')
    .description('check a cluster, by its name or its profile: commands, folder, and a job that trains on a node')
    .option('--wait <minutes>', 'how long its job may wait for a node', '10')
    .option('--json', 'print JSON')
    .action((name: string, options: CheckOptions, command: Command) => check(name, options, command, outcome));
  cluster
    .command('example')
    .description('print a profile to begin with, or its JSON Schema')
    .option('--schema', 'the JSON Schema, for an editor')
    .action(example);
  cluster.command('remove <name>').description('remove a cluster that no run is on').action(remove);
  cluster
    .command('give-up <name>')
    .description('take back the runs on a cluster that is gone for good: what was not fetched is trained again')
    .action(giveUp);
}

async function list(_options: unknown, command: Command): Promise<void> {
  const [{ readClusters }, { slurmPlacements }] = await Promise.all([
    import('./profiles.ts'),
    import('./storage/placements.ts'),
  ]);
  const { rows, damaged } = await withReadOnlyWorkbench(command, (workbench) => {
    const found = readClusters(workbench);
    const rows = found.clusters.map(({ name, reach, partition, engine, folder }) => [
      ...[name, reach.join(' ') || 'this computer', partition, engine, folder.here],
      slurmPlacements(workbench.storage).list(name).length,
    ]);
    return { rows, damaged: found.damaged };
  });
  printLine(
    rows.length === 0
      ? 'No clusters. main/contributions/slurm/README.md says how to add one.'
      : table(['cluster', 'reached by', 'partition', 'engine', 'folder', 'runs there'], rows),
  );
  for (const { file, why } of damaged) printLine(printable(`${file} is left out. ${why}.`));
}

async function add(file: string, _options: unknown, command: Command): Promise<void> {
  const { putProfile, readProfile } = await import('./profiles.ts');
  const profile = readProfile(existingPath(file, 'cluster add'));
  await withWorkbench(command, (workbench) => putProfile(workbench, profile));
  printLine(printable(`Added ${profile.name}.`));
}

async function remove(name: string, _options: unknown, command: Command): Promise<void> {
  const { findCluster, removeCluster } = await import('./profiles.ts');
  await withWorkbench(command, (workbench) => removeCluster(workbench, findCluster(workbench, name).name));
  printLine(printable(`Removed ${name}.`));
}

async function giveUp(name: string, _options: unknown, command: Command): Promise<void> {
  const { giveUpRuns } = await import('./profiles.ts');
  const count = await withWorkbench(command, (workbench) => giveUpRuns(workbench, name));
  printLine(
    printable(
      `Took back ${formatCount(count, 'run')} from ${name}. Jobs may still be there: \`squeue --me\`, names boundary-….`,
    ),
  );
}

async function example({ schema }: { schema?: boolean }): Promise<void> {
  const { profileSchema } = await import('./profile/profile-schema.ts');
  const { exampleProfile } = await import('./profile/cluster-profile.ts');
  if (schema) printJson(profileSchema(), 2);
  else printLine(exampleProfile.trimEnd());
}

interface CheckOptions {
  wait: string;
  json?: boolean;
}

async function check(name: string, { wait, json }: CheckOptions, command: Command, outcome: Outcome): Promise<void> {
  const { checkCluster } = await import('./check/check.ts');
  const { ForkLauncher } = await import('../../processes/index.ts');
  const patience = wholeNumber(wait, '--wait', 0, 10_000) * 60_000;
  const cluster = await namedCluster(name, command);
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  try {
    const workbench = { environment: runEnvironment(root), now: Date.now };
    const result = await checkCluster(workbench, cluster, {
      launcher: new ForkLauncher(),
      signal: abort.signal,
      patience,
      onProgress: (note) => process.stderr.write(`${printable(note)}\n`),
      ...(!json && { onFinding: (finding: ClusterFinding) => printLine(findingText(finding)) }),
    });
    if (json) printJson(result);
    else printLine(result.state === 'warning' && result.node === null ? unfinished : verdicts[result.state]);
    if (result.state === 'fault') outcome.exitCode = exitCodes.userError;
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    process.stderr.write('Stopped. The job of the check was cancelled, and its folder removed.\n');
    outcome.exitCode = exitCodes.stopped;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
  }
}

const unfinished = 'Not everything could be checked; see the warnings.';
const verdicts = {
  ok: 'The cluster is ready.',
  warning: 'The cluster can be used; see the warnings.',
  fault: 'The cluster cannot be used yet: fix what is named above, and check again.',
};

/** The profile in a file, or the cluster of this name. */
async function namedCluster(name: string, command: Command): Promise<Cluster> {
  const { findCluster, readProfile } = await import('./profiles.ts');
  if (name.endsWith('.json') || existsSync(name)) return readProfile(existingPath(name, 'cluster check'));
  return withReadOnlyWorkbench(command, (workbench) => findCluster(workbench, name));
}

const marks = { ok: 'ok', warning: 'WARNING', fault: 'FAULT' };

function findingText({ about, state, what, remedy, detail }: ClusterFinding): string {
  const more = [
    ...(remedy === null ? [] : [remedy]),
    ...(detail ?? '')
      .split('\n')
      .filter(Boolean)
      .map((line) => `| ${line}`),
  ];
  const first = `${marks[state].padEnd(8)}${about.padEnd(11)}${printable(what)}`;
  return [first, ...more.map((line) => `${' '.repeat(19)}${printable(line)}`)].join('\n');
}

async function stopStudy(name: string, _options: unknown, command: Command): Promise<void> {
  const { askStopOnClusters, stopOnClusters } = await import('./stop-study.ts');
  const runs = (count: number): string => formatCount(count, 'run');
  try {
    await withWorkbench(command, async (workbench) => {
      const asked = askStopOnClusters(workbench, name);
      if (asked === 0) return printLine(printable(`No run of ${name} is on a cluster.`));
      printLine(
        `${runs(asked)} will save a checkpoint and come back. This takes some minutes; Ctrl-C leaves the rest to`,
      );
      printLine('the next start of the program.');
      await stopOnClusters(workbench, name);
      printLine(`${runs(asked)} came back. Run the study again to resume.`);
    });
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'storage.in-use') throw error;
    const asked = await withWorkbenchBeside(command, (workbench) => askStopOnClusters(workbench, name));
    printLine(`The program that has this data folder open brings ${runs(asked)} back.`);
  }
}
