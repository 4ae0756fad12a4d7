import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { UserError } from '../../../contract/wire/index.ts';
import type { Disagreement } from '../../../contract/stimuli/index.ts';
import { type PanelKind, panelKinds } from '../contract/responses.ts';
import { disagreementText, disagreementWarnings } from '../../../domain/stimuli/index.ts';
import { testImagesText } from '../../../domain/numbers/index.ts';
import { disagreementSettings } from '../../../domain/settings/index.ts';
import {
  commandOf,
  existingPath,
  printable,
  printLine,
  settingNumber,
  settingOption,
  wholeNumber,
  withReadOnlyWorkbench,
  withWorkbench,
} from '../../../terminal/index.ts';

/** `stimuli choose`: test images on which people disagree. */
export function addChoose(program: Command): void {
  commandOf(program, 'stimuli')
    .command('choose <study>')
    .description('take the test images on which people disagree most, by the entropy of their labels, for the stimuli')
    .option('--answers <file>', 'people’s answers about the test images, in any form that `responses import` reads')
    .option('--answers-of <study>', 'the answers of another study about test images of the same data set')
    .option('--panel <panel>', 'of --answers-of: the number of a panel (default: the labels of its labelers)')
    .addOption(
      new Option('--kind <kind>', 'kind of answers in the file; default: what its columns look like').choices(
        panelKinds.filter((kind) => kind !== 'graded'),
      ),
    )
    .option('--total <labels>', 'labels of each image, if the columns of the file have shares of them')
    .option(...settingOption(disagreementSettings, 'count', '--images'))
    .option(...settingOption(disagreementSettings, 'bits'))
    .option('--preview', 'only say how many images match and would be taken')
    .action(chooseImages);
}

interface ChooseOptions {
  answers?: string;
  answersOf?: string;
  panel?: string;
  kind?: PanelKind;
  total?: string;
  images?: string;
  bits?: string;
  preview?: boolean;
}

async function chooseImages(name: string, options: ChooseOptions, command: Command): Promise<void> {
  const { answers: file, answersOf } = options;
  const wanted = wantedImages(options);
  if ((file === undefined) === (answersOf === undefined)) {
    throw oneOption('--answers, --answers-of', 'Name either a file with answers, or a study that has them.');
  }
  const { answersInStudy } = await import('./in-study.ts');
  const { answersInFile } = await import('./in-file.ts');
  const { disagreementFacts } = await import('./most-disagreed.ts');
  const { previewDisagreement, takeTestImages } = await import('./preview.ts');
  const { findStudy } = await import('../../../services/workbench/index.ts');
  const open = options.preview ? withReadOnlyWorkbench : withWorkbench;
  await open(command, async (workbench) => {
    const study = findStudy(workbench, name);
    const found =
      file === undefined
        ? answersInStudy(workbench, study, { study: answersOf ?? '', panel: numberOf(options.panel, '--panel') })
        : await answersInFile(
            workbench,
            study,
            { path: existingPath(file, '--answers'), name: basename(file) },
            { kind: options.kind ?? null, total: numberOf(options.total, '--total'), aside: null },
          );
    const preview = previewDisagreement(workbench, study, found, wanted);
    for (const line of disagreementFacts(preview)) printLine(printable(line));
    const { choose, problem } = preview;
    if (problem) throw new UserError('stimuli.too-few-images', problem.what, problem.where, problem.remedy);
    if (!choose) return;
    printLine(
      printable(
        `${options.preview ? 'Would take' : 'Takes'} ${testImagesText(choose)}, ${disagreementText(choose.by)}.`,
      ),
    );
    for (const warning of disagreementWarnings(null)) printLine(warning);
    if (options.preview) return;
    takeTestImages(workbench, name, choose);
    printLine(printable(`Freeze them: boundary study run "${name}"`));
  });
}

function wantedImages({ images, bits }: ChooseOptions): Disagreement {
  if ((images === undefined) === (bits === undefined)) {
    throw oneOption('--images, --bits', 'Say either how many images, or from which entropy on.');
  }
  const count = settingNumber(disagreementSettings, 'count', images, '--images');
  if (count !== undefined) return { count };
  const entropy = Number(bits);
  if (entropy > 0 && entropy <= 10) return { bits: entropy };
  throw new UserError(
    'option.not-a-number',
    `"${bits?.slice(0, 40)}" is no entropy above 0`,
    '--bits',
    'Give bits, from above 0 to the logarithm of the number of classes to base 2, such as 0.8.',
  );
}

const numberOf = (text: string | undefined, option: string): number | null =>
  text === undefined ? null : wholeNumber(text, option, 1, 1_000_000_000);

const oneOption = (where: string, remedy: string): UserError =>
  new UserError('option.one-of-two', 'Exactly one of these options is needed', where, remedy);
