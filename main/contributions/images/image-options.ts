import type { Command } from 'commander';
import { type FolderChoice, folderChoiceSchema, type Inspection } from '../formats/contract/inspection.ts';
import { kindOf, titleOf } from '../formats/sources/kinds.ts';
import { UserError } from '../../contract/wire/index.ts';
import { isPrepared } from '../../domain/data/index.ts';
import { formatMoment, formatNames } from '../../domain/numbers/index.ts';
import { oneOf, percent, printable, printLine, wholeNumber } from '../../terminal/index.ts';
import { inspectionWords } from './inspection-words.ts';

/** How images are read, as words of the command line. */
export interface ImageOptions {
  channels?: string;
  size?: string;
  resize?: string;
  background?: string;
  testShare?: string;
  classes?: string;
  classNames?: string;
  labels?: string;
  readAgain?: boolean;
}

/** Adds the options of the form in which images are read. */
export const withImageOptions = (command: Command): Command =>
  command
    .option('--channels <number>', '1: gray, 3: color (default: color where the images have some)')
    .option('--size <pixels>', 'width and height, e.g. 32 or 48x32 (default: that of the images, or 32)')
    .option('--resize <how>', 'fit (proportions change), fill (cut off) or pad (default: fit for squares, else fill)')
    .option('--background <color>', 'behind transparent and padded images, as #rrggbb (default: #000000)')
    .option('--test-share <percent>', 'share of test images where there are no folders train and test (default: 20)')
    .option('--classes <names>', 'take only these classes of an image folder or of CIFAR, separated by commas')
    .option('--class-names <names>', 'what the classes are called, in the order of their labels, separated by commas')
    .option('--labels <set>', 'fine or coarse labels of CIFAR-100 (default: fine)');

export const readAgainOption = [
  '--read-again',
  'read all images, even if they were read before and no file has another size or time',
] as const;

/** @param time milliseconds since 1970 */
export const preparedEarlier = (time: number, areFilesGone: boolean): string =>
  areFilesGone
    ? `${time === 0 ? 'Came with an archive' : `Prepared earlier, ${formatMoment(time)}`}: the files are not there any more`
    : `Prepared earlier, ${formatMoment(time)}: no file has changed since. To read them all the same: --read-again`;

/** What the options say. @throws UserError `option.*` */
export function chosenForm(options: ImageOptions): FolderChoice {
  const { channels, size, resize, background, testShare, classes, classNames, labels } = options;
  const [, width = size ?? '', height = width] = /^(\d+)(?:x(\d+))?$/.exec(size ?? '') ?? [];
  const share = percent(testShare, '--test-share');
  const names = (text: string): string[] => text.split(',').map((name) => name.trim());
  const choice = folderChoiceSchema.safeParse({
    ...(channels !== undefined && { channels: Number(oneOf(channels, ['1', '3'], '--channels')) }),
    ...(size !== undefined && {
      width: wholeNumber(width, '--size', 4, 1024),
      height: wholeNumber(height, '--size', 4, 1024),
    }),
    ...(resize !== undefined && { resize: oneOf(resize, ['fit', 'fill', 'pad'], '--resize') }),
    ...(background !== undefined && { background: checkedColor(background) }),
    ...(classes !== undefined && { folders: names(classes) }),
    ...(classNames !== undefined && { classes: names(classNames) }),
    ...(labels !== undefined && { labels: oneOf(labels, ['fine', 'coarse'], '--labels') }),
    ...(share !== null && { split: { testShare: share / 100, seed: 1 } }),
  });
  if (choice.success) return choice.data;
  const [{ path = [], message } = {}] = choice.error.issues;
  const [key] = path;
  const refusal = (what: string, where: string, remedy: string): UserError =>
    new UserError('option.out-of-range', what, where, remedy);
  if (key === 'split') {
    throw refusal(`${testShare} % cannot be the share of test images`, '--test-share', 'Give a number from 1 to 90.');
  }
  if (key === 'classes') {
    const remedy = 'Give 2 to 256 names of 1 to 64 characters, one for each class, e.g. --class-names cat,dog.';
    throw refusal(`Classes cannot be called so: ${message}`, '--class-names', remedy);
  }
  const remedy = 'Name two classes or more, e.g. --classes cat,dog.';
  throw refusal(`These classes cannot be taken: ${message}`, '--classes', remedy);
}

const optionOf: { readonly [K in keyof FolderChoice]-?: string } = {
  name: '--name',
  channels: '--channels',
  width: '--size',
  height: '--size',
  resize: '--resize',
  background: '--background',
  split: '--test-share',
  folders: '--classes',
  classes: '--class-names',
  labels: '--labels',
};

/** @throws UserError `option.not-for-source`, where an option means nothing to images of this kind */
export function refuseUnfit({ source }: Pick<Inspection, 'source'>, choice: FolderChoice): void {
  const choices: readonly (keyof FolderChoice)[] = isPrepared(source) ? kindOf(source).choices : ['name', 'classes'];
  const keys = Object.keys(choice) as (keyof FolderChoice)[];
  const unfit = [...new Set(keys.filter((key) => !choices.includes(key)).map((key) => optionOf[key]))];
  if (unfit.length === 0) return;
  throw new UserError(
    'option.not-for-source',
    `Images of the kind “${titleOf(source)}” are read as they are, without ${formatNames(unfit)}`,
    formatNames(unfit),
    `Leave ${unfit.length === 1 ? 'this option' : 'these options'} out.`,
  );
}

/** Prints what lies at a path, in one line. */
export const printFound = (found: Inspection): void => printLine(printable(`${found.kind}: ${inspectionWords(found)}`));

function checkedColor(text: string): string {
  if (/^#[0-9a-f]{6}$/i.test(text)) return text.toLowerCase();
  throw new UserError(
    'option.not-a-color',
    `"${text}" is not a color`,
    '--background',
    'Write it as #rrggbb, e.g. "#ffffff" for white.',
  );
}
