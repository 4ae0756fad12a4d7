import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { machineSettings } from '../../../domain/settings/machine-settings.ts';
import { settingNumber, settingOption } from '../../../terminal/setting-options.ts';
import { UserError } from '../../../contract/wire/errors.ts';
import { formatCount } from '../../../domain/numbers/format.ts';
import { stateWord, stepTitle } from '../../../domain/networks/status.ts';
import type { StudyFile } from '../../../services/declaration/study-file.ts';
import { exitCodes, type Outcome, printable, printJson, printLine, table } from '../../../terminal/output.ts';
import {
  chosenDataFolder,
  chosenEngine,
  resources,
  withReadOnlyWorkbench,
  withWorkbench,
  offeredTo,
} from '../../../terminal/context.ts';
import { StudyDisplay } from '../study-display.ts';

interface Named {
  /** A study that comes with the product, by name. */
  preset?: string;
  /** Folder or file of its images, instead of the declared ones. */
  dataSet?: string;
}

interface RunOptions extends Named {
  engine?: string;
  workers?: string;
  seedsPerStep?: string;
  report?: string;
  /** Set by options of contributions: the cluster that trainings go to from now on; null: this computer. */
  place?: string | null;
  acceptDoubtful?: boolean;
}

const dataSetOption = [
  '--data-set <path>',
  'folder (or zip or .npz file) of the images, in place of those that the study names',
] as const;

export function addStudy(program: Command, outcome: Outcome): void {
  const study = program.command('study').description('studies, from data set to report');
  study
    .command('run [study]')
    .description('run the unfinished steps of a study: a study file, a preset, or a study of the data folder')
    .option('--preset <name>', 'a preset; `study presets` lists them')
    .option(...dataSetOption)
    .option(...settingOption(machineSettings, 'engine'))
    .option(...settingOption(machineSettings, 'workers'))
    .option(...settingOption(machineSettings, 'seedsPerStep'))
    .option('--report <folder>', 'folder of the report (default: beside the study’s data)')
    .option(
      '--accept-doubtful',
      'freeze the stimuli even if the reference classifier takes an anchor that you gave for another class',
    )
    .action((name: string | undefined, options: RunOptions, command: Command) =>
      runStudyCommand(name, options, command, outcome),
    );
  study
    .command('check [study]')
    .description('check a study file and print it with all defaults')
    .option('--preset <name>', 'a preset')
    .option(...dataSetOption)
    .action(check);
  study.command('list').description('list the studies in the data folder').option('--json', 'print JSON').action(list);
  study
    .command('status <study>')
    .description('print the state of each step of a study, as its overview shows it')
    .option('--json', 'print JSON')
    .action(status);
  study.command('presets').description('list the presets').action(presets);
}

/**
 * Loads the study that the arguments name: a file, a preset, or a study of the data folder; with other images if asked. A
 * preset that comes without its images reads them from where it was last told to in this data folder.
 * @param open opens the data folder; a folder of an older version only opens for writing
 */
async function namedStudy(
  name: string | undefined,
  options: Named,
  command: Command,
  open: typeof withWorkbench = withReadOnlyWorkbench,
): Promise<StudyFile> {
  const file = await declaredStudy(name, options, command, open);
  const { isDataSetThere, withDataSetAt } = await import('../../../services/declaration/source-at.ts');
  if (options.dataSet !== undefined)
    return { ...file, study: withDataSetAt(offeredTo(command), file.study, resolve(options.dataSet)) };
  if (!isPreset(file) || isDataSetThere(file.study)) return file;
  const before = (await storedStudy(file.study.name, command, open))?.study;
  return before && isDataSetThere(before) ? { ...file, study: { ...file.study, dataSet: before.dataSet } } : file;
}

const isPreset = ({ folder }: StudyFile): boolean => folder === join(resources, 'studies');

async function declaredStudy(
  name: string | undefined,
  { preset }: Named,
  command: Command,
  open: typeof withWorkbench,
): Promise<StudyFile> {
  const { loadPreset, loadStudy, presetNames } = await import('../../../services/declaration/study-file.ts');
  const { sections = [] } = offeredTo(command);
  if (name !== undefined && preset === undefined) {
    const isElsewhere = presetNames(resources).includes(name) || existsSync(resolve(name));
    return (isElsewhere ? null : await storedStudy(name, command, open)) ?? loadStudy(name, resources, sections);
  }
  if (name === undefined && preset !== undefined) return loadPreset(preset, resources, sections);
  throw new UserError(
    'study.not-named',
    name === undefined ? 'No study is given' : 'Two studies are given',
    name === undefined ? 'study' : `${name}, --preset ${preset}`,
    'Give either the path of a study file, or --preset with a name.',
  );
}

/** A study of the data folder, e.g. from an archive; null: it has none of this name. */
async function storedStudy(name: string, command: Command, open: typeof withWorkbench): Promise<StudyFile | null> {
  if (!existsSync(join(chosenDataFolder(command), 'workbench.sqlite'))) return null;
  return open(command, ({ storage }) => {
    const study = storage.studies.byName(name);
    return study && study.deletedAt === null ? { study: study.spec, folder: storage.folder } : null;
  });
}

async function runStudyCommand(
  name: string | undefined,
  options: RunOptions,
  command: Command,
  outcome: Outcome,
): Promise<void> {
  const { runStudy } = await import('../../../services/study/run-study.ts');
  const { writeStudyReport } = await import('../../../services/report/write.ts');
  const file = await namedStudy(name, options, command, withWorkbench);
  if (isPreset(file)) {
    const { requireDataSet } = await import('../../../services/declaration/source-at.ts');
    requireDataSet(file);
  }
  const reportFolder = options.report === undefined ? null : resolve(options.report);
  const engine = chosenEngine(options.engine);
  const workers = settingNumber(machineSettings, 'workers', options.workers) ?? availableParallelism();
  const seedsPerStep = settingNumber(machineSettings, 'seedsPerStep', options.seedsPerStep) ?? 1;
  await withWorkbench(command, async (workbench) => {
    const display = new StudyDisplay(workbench, workers);
    const abort = new AbortController();
    const stop = (): void => {
      display.print('Stopping; every run on this computer writes a checkpoint ...');
      abort.abort();
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
    try {
      display.begin(file.study.title, workbench.storage.folder);
      const result = await runStudy(workbench, {
        read: () => file,
        engine,
        workers,
        seedsPerStep,
        ...(options.place !== undefined && { place: options.place }),
        acceptsDoubtful: () => options.acceptDoubtful === true,
        writeReport: (study) => writeStudyReport(workbench, study, reportFolder),
        listener: (event) => display.show(event),
        onRegistered: (studyId) => display.watch(studyId),
        signal: abort.signal,
      });
      display.end(result);
      const links = result.stopped ? workbench.storage.studyRuns.list(result.studyId) : [];
      const there = new Set(links.flatMap((link) => (link.there ? [link.runId] : []))).size;
      if (there > 0) {
        const runs = `${formatCount(there, 'run')} ${there === 1 ? 'continues' : 'continue'}`;
        const commands = workbench.clusters.map((clusters) => clusters.stopCommand(file.study.name));
        display.print(
          [
            `${runs} on the cluster.`,
            ...commands.map((each) => `To stop ${there === 1 ? 'it' : 'them'}: ${each}`),
          ].join(' '),
        );
      }
      outcome.exitCode = result.stopped ? exitCodes.stopped : result.complete ? exitCodes.done : exitCodes.failed;
    } finally {
      display.close();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, stop);
    }
  });
}

async function check(name: string | undefined, options: Named, command: Command): Promise<void> {
  const { study } = await namedStudy(name, options, command);
  printJson(study, 2);
}

async function list(options: { json?: boolean }, command: Command): Promise<void> {
  const { studySummaries } = await import('../../../services/pipeline/elsewhere.ts');
  const hasDatabase = existsSync(join(chosenDataFolder(command), 'workbench.sqlite'));
  const studies = hasDatabase ? await withReadOnlyWorkbench(command, studySummaries) : [];
  if (options.json) return printJson(studies);
  const rows = studies.map(({ name, state, runs, updatedAt, report }) => {
    const all = Object.values(runs).reduce((sum, count) => sum + count, 0);
    return [name, stateWord(state), `${runs.done ?? 0} of ${all} runs`, updatedAt, report];
  });
  printLine(rows.length === 0 ? 'No studies yet.' : table(['study', 'state', 'done', 'changed', 'report'], rows));
}

async function status(name: string, options: { json?: boolean }, command: Command): Promise<void> {
  const { stepSummaries } = await import('../../../services/pipeline/elsewhere.ts');
  const { state, steps } = await withReadOnlyWorkbench(command, (workbench) => stepSummaries(workbench, name));
  if (options.json) return printJson({ state, steps });
  printLine(`${name}: ${stateWord(state)}`);
  for (const { step, state: its, figure, detail, reasons, since } of steps) {
    const when = since === null ? '' : ` since ${since}`;
    const title = `${stepTitle(step).padEnd(10)} ${stateWord(its)}${when}`;
    printLine(printable([title, figure, detail].filter((part) => part !== null && part !== '').join('; ')));
    for (const reason of reasons) printLine(printable(`${' '.repeat(11)}${reason}`));
  }
}

async function presets(): Promise<void> {
  const { presetNames } = await import('../../../services/declaration/study-file.ts');
  const names = presetNames(resources);
  const width = Math.max(...names.map(({ length }) => length)) + 2;
  for (const name of names) {
    const { title }: { title: string } = JSON.parse(readFileSync(join(resources, 'studies', `${name}.json`), 'utf8'));
    printLine(`${name.padEnd(width)}${title}`);
  }
}
