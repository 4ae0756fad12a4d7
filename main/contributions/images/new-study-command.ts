import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type NewStudyPlan, newStudySchema } from './contract.ts';
import { UserError } from '../../contract/wire/index.ts';
import { formatCount, formatInteger, formatNames, formatPercent, formatEstimate } from '../../domain/numbers/index.ts';
import { architectureNames } from '../../domain/networks/index.ts';
import { newStudySettings } from './settings.ts';
import { findSetting, helpOf } from '../../domain/settings/index.ts';
import { writeFileAtomic } from '../../files/index.ts';
import { ForkLauncher } from '../../processes/index.ts';
import type { NewStudyTools } from './new-study.ts';
import { Settings } from '../../services/workbench/index.ts';
import {
  existingPath,
  exitCodes,
  namesIn,
  type Outcome,
  percent,
  printable,
  printLine,
  settingChoice,
  settingNumber,
  settingOption,
  withWorkbench,
} from '../../terminal/index.ts';
import {
  chosenForm,
  type ImageOptions,
  preparedEarlier,
  printFound,
  readAgainOption,
  refuseUnfit,
  withImageOptions,
} from './image-options.ts';
import type { Progress } from '../../contract/api/index.ts';

interface NewOptions extends ImageOptions {
  from: string;
  name?: string;
  title?: string;
  target?: string;
  stimuli?: string;
  networks?: string;
  simulated?: string;
  out?: string;
  people?: string;
  preview?: boolean;
}

export function addNewStudy(study: Command, outcome: Outcome): void {
  const command = study
    .command('new')
    .description('make a study of your own images: reads them, proposes a target, and writes the study file')
    .requiredOption(
      '--from <path>',
      'a folder or zip of image folders, IDX files, CIFAR’s binary files, or a .npz file',
    )
    .option(...settingOption(newStudySettings, 'name'))
    .option(...settingOption(newStudySettings, 'title'));
  withImageOptions(command)
    .option(...readAgainOption)
    .option('--target <percent>', `${helpOf(findSetting(newStudySettings, 'target'))} (default: proposed by a probe)`)
    .option(...settingOption(newStudySettings, 'stimuli'))
    .option(...settingOption(newStudySettings, 'perArchitecture', '--networks'))
    .option(...settingOption(newStudySettings, 'simulated'))
    .option(
      '--people <names>',
      'of a folder of model-vs-human: who are people, separated by commas (default: subject-...)',
    )
    .option('--preview', 'of a folder of model-vs-human: only say what the study would have')
    .option('--out <file>', 'write the study file here (default: add the study to the data folder)')
    .action((options: NewOptions, command: Command) => make(options, command, outcome));
}

async function make(options: NewOptions, command: Command, outcome: Outcome): Promise<void> {
  const path = existingPath(options.from, '--from');
  const out = options.out === undefined ? null : resolve(options.out);
  if (out !== null && existsSync(out)) throw taken(out);
  const { createFromImages, declare, probeTarget, proposeStudy, readyImages } = await import('./new-study.ts');
  const { askReader } = await import('../formats/process.ts');
  const { ChangeFeed } = await import('../../services/workbench/index.ts');
  await withWorkbench(command, async (workbench) => {
    const changes = new ChangeFeed();
    const tools: NewStudyTools = {
      workbench,
      launcher: new ForkLauncher(),
      settings: new Settings(workbench, changes),
    };
    const stop = new AbortController();
    const interrupt = (): void => stop.abort();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
    const following = () => ({ report: printProgress(), signal: stop.signal });
    try {
      const choice = chosenForm(options);
      const title = checkedTitle(options.title);
      const found = await askReader(tools.launcher, 'inspect', { path, name: path, choice }, stop);
      refuseUnfit(found, choice);
      printFound(found);
      const { source } = found;
      const again = options.readAgain === true;
      const images = await readyImages(tools, { source, again }, following());
      const { train, test, classes, findings, preparedAt, areFilesGone } = images;
      if (preparedAt !== null) printLine(preparedEarlier(preparedAt, areFilesGone));
      const size = `${images.width} × ${images.height} pixels, ${images.channels === 3 ? 'color' : 'gray'}`;
      printLine(
        `Read: ${train > 0 ? `${formatCount(train, 'training image')}, ` : ''}${formatCount(test, 'test image')}, ${size}`,
      );
      const { remarks } = await import('../formats/stored-images.ts');
      for (const remark of findings ? remarks(findings) : []) printLine(printable(`  ${remark}`));
      if (source.source === 'folder' && source.layout !== undefined) {
        const { findAnswerFiles } = await import('../../services/workbench/index.ts');
        const beside = { source: images.source, from: source.path, people: namesIn(options.people) };
        const named = { name: options.name ?? null, title, out, preview: options.preview === true };
        return await findAnswerFiles(workbench, tools.launcher, path).makeStudy(changes, beside, named);
      }
      let [target, referenceTarget]: [number | null, number | null] = [percent(options.target, '--target'), null];
      if (target === null) {
        printLine('Probe: a network of each architecture trains briefly ...');
        const probed = await probeTarget(tools, source, following());
        const reached = probed.accuracies.map(
          ({ kind, accuracy }) => `${architectureNames[kind]} ${formatPercent(accuracy / 100)}`,
        );
        printLine(`  after ${formatInteger(probed.steps)} steps: ${reached.join(', ')}`);
        ({ target, referenceTarget } = probed);
        if (target === null) throw noTarget(path);
        printLine(`  proposed target: ${target} %, which all of them reach. All networks are stopped at one accuracy,`);
        printLine('  so that they differ in what they learned and not in how much. --target gives another one.');
      }
      const plan: NewStudyPlan = {
        ...newStudySchema.parse({
          target,
          stimuli: settingChoice(newStudySettings, 'stimuli', options.stimuli),
          perArchitecture: settingNumber(newStudySettings, 'perArchitecture', options.networks, '--networks'),
          simulated: settingNumber(newStudySettings, 'simulated', options.simulated),
        }),
        name: options.name ?? null,
        title,
        source,
        referenceTarget,
      };
      printLine(
        `Classes: ${printable(
          formatNames(
            classes.map(({ name }) => name),
            20,
          ),
        )}`,
      );
      const proposal = proposeStudy(tools, plan);
      printLine(
        `Study: ${formatCount(proposal.models, 'network')}, ${formatCount(proposal.stimuli, 'image')}${proposal.pairs > 0 ? ` between ${formatCount(proposal.pairs, 'pair')} of classes` : ''}; ${formatEstimate(proposal.cost)}`,
      );
      if (out === null) {
        const name = createFromImages({ ...tools, changes }, plan);
        return printLine(printable(`Study ${name} was added. Start it: boundary study run "${name}"`));
      }
      writeFileAtomic(out, `${JSON.stringify(declare(tools, plan), null, 2)}\n`);
      printLine(printable(`${out} was written. Start it: boundary study run "${out}"`));
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      printLine('Stopped. No study was made.');
      outcome.exitCode = exitCodes.stopped;
    } finally {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, interrupt);
    }
  });
}

/** @throws UserError `option.too-long` */
function checkedTitle(title: string | undefined): string | null {
  if (title === undefined || title.trim() === '') return null;
  if (title.trim().length <= 200) return title.trim();
  throw new UserError('option.too-long', 'The title is too long', '--title', 'Use at most 200 characters.');
}

/** Prints where reading or a probe is, at most five times. */
function printProgress(): (progress: Progress) => void {
  let last = -1;
  return ({ share, note }) => {
    const quarter = share === null ? -1 : Math.floor(4 * share);
    if (quarter <= last) return;
    last = quarter;
    printLine(printable(`  ${note}`));
  };
}

const taken = (path: string): UserError =>
  new UserError('file.exists', 'This file exists already', path, 'Choose another name with --out, or remove the file.');

const noTarget = (path: string): UserError =>
  new UserError(
    'probe.no-target',
    'The networks of the probe learned too little to propose a target',
    path,
    'Give one with --target, more images, or a larger --size.',
  );
