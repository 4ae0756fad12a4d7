import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../contract/wire/errors.ts';
import { type EngineName, engineNames } from '../contract/runs/run.ts';
import { dataFolder } from '../files/places.ts';
import { type Contributed, openWorkbench, type Workbench } from '../services/workbench/workbench.ts';
import { printable } from './output.ts';

/** Folder of the product. */
export const root = resolve(import.meta.dirname, '..', '..');
export const resources = join(root, 'resources');

/** The data folder of this command: `--data`, BOUNDARY_DATA or the default. */
export function chosenDataFolder(command: Command): string {
  const { data } = command.optsWithGlobals<{ data?: string }>();
  // An empty value comes from an unset shell variable and must not mean the current folder.
  return resolve(data || dataFolder());
}

type Work<T> = (workbench: Workbench) => Promise<T> | T;

/** Opens the data folder for writing, prints its notices, runs `work`, and always closes the folder again. */
export const withWorkbench = <T>(command: Command, work: Work<T>): Promise<T> => using(command, {}, work);

/** As `withWorkbench`, but read-only; works while another process runs a study. */
export const withReadOnlyWorkbench = <T>(command: Command, work: Work<T>): Promise<T> =>
  using(command, { readOnly: true }, work);

/** As `withWorkbench`, for a small change such as cancelling a run; works while another process runs a study. */
export const withWorkbenchBeside = <T>(command: Command, work: Work<T>): Promise<T> =>
  using(command, { beside: true }, work);

/** What commands of a command line open data folders with. */
const offered = new WeakMap<Command, Contributed>();

/** Has the commands of a program open data folders with what contributions offer. */
export const offer = (program: Command, contributed: Contributed): void => {
  offered.set(program, contributed);
};

/** What contributions offer to the commands of this program. */
export const offeredTo = (command: Command): Contributed => offered.get(programOf(command)) ?? {};

function programOf(command: Command): Command {
  return command.parent === null ? command : programOf(command.parent);
}

type Access = Pick<Parameters<typeof openWorkbench>[0], 'readOnly' | 'beside'> & Contributed;

async function using<T>(command: Command, access: Access, work: Work<T>): Promise<T> {
  const workbench = openChosen(command, { ...access, ...offeredTo(command) });
  try {
    printNotices(workbench);
    return await work(workbench);
  } finally {
    workbench.storage.close();
  }
}

/** With `--upgrade`, a folder of an older version is opened once for writing, which is all that it needs. */
function openChosen(command: Command, access: Access): Workbench {
  const places = { root, resources, dataFolder: chosenDataFolder(command) };
  try {
    return openWorkbench({ ...places, ...access });
  } catch (error) {
    const { upgrade = false } = command.optsWithGlobals<{ upgrade?: boolean }>();
    if (!upgrade || !(error instanceof UserError) || error.code !== 'storage.older') throw error;
  }
  const upgraded = openWorkbench(places);
  printNotices(upgraded);
  upgraded.storage.close();
  return openWorkbench({ ...places, ...access });
}

function printNotices({ storage }: Workbench): void {
  for (const { message } of storage.notices) process.stderr.write(`Note: ${printable(message)}\n`);
}

/** The engine of `--engine` or BOUNDARY_ENGINE; null: the fastest one. @throws UserError `engine.unknown` */
export function chosenEngine(named: string | undefined): EngineName | null {
  const name = named ?? process.env.BOUNDARY_ENGINE;
  if (name === undefined || name === '' || name === 'auto') return null;
  const engine = engineNames.find((known) => known === name);
  if (engine) return engine;
  throw new UserError(
    'engine.unknown',
    `There is no engine "${name}"`,
    named === undefined ? 'BOUNDARY_ENGINE' : '--engine',
    `Choose one of: auto, ${engineNames.join(', ')}.`,
  );
}

/** Parses an option as an integer. @throws UserError `option.not-a-number` */
export function wholeNumber(text: string, option: string, lowest: number, highest: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= lowest && value <= highest) return value;
  throw new UserError(
    'option.not-a-number',
    `"${text}" is not a whole number from ${lowest} to ${highest}`,
    option,
    `Give a whole number, e.g. ${option} ${lowest}.`,
  );
}

/** @throws UserError `option.unknown-word` */
export function oneOf<const Word extends string>(text: string, words: readonly Word[], option: string): Word {
  const word = words.find((known) => known === text);
  if (word !== undefined) return word;
  throw new UserError(
    'option.unknown-word',
    `"${text}" is not one of ${words.join(', ')}`,
    option,
    `Choose one of them, e.g. ${option} ${words[0]}.`,
  );
}

/** Null: the option was left out. @throws UserError `option.not-a-percentage` */
export function percent(text: string | undefined, option: string): number | null {
  if (text === undefined) return null;
  const value = Number(text.replace(/%$/, ''));
  if (value > 0 && value <= 100) return value;
  throw new UserError(
    'option.not-a-percentage',
    `"${text}" is not a percentage above 0`,
    option,
    `Give a number from 1 to 100, e.g. ${option} 20.`,
  );
}

/** The absolute path of an existing file. @throws UserError `file.not-found` */
export function existingPath(path: string, option: string): string {
  const absolute = resolve(path);
  if (existsSync(absolute)) return absolute;
  throw new UserError('file.not-found', `The file ${absolute} does not exist`, option, 'Check the path.');
}

/** The option for names in a column of people or models whose rows are set aside. */
export const asideOption = (column: string, what: string) =>
  [
    '--aside <names>',
    `names in the column with ${column} whose rows are set aside, separated by commas (default: those of ${what})`,
  ] as const;

/** Names separated by commas; null: the option is absent. */
export const namesIn = (text: string | undefined): string[] | null =>
  text === undefined
    ? null
    : text
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '');

/** The option for columns of a table, by what they have. */
export const mapOption = (parts: string) =>
  [
    '--map <part=column...>',
    `the column of a part, repeated, in place of a guess: "--map label=answer"; parts: ${parts}`,
  ] as const;

/** Columns by what they have. @throws UserError `option.map` */
export function columnsIn(given: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    given.map((text): [string, string] => {
      const at = text.indexOf('=');
      if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1)];
      throw new UserError(
        'option.map',
        `"${text.slice(0, 60)}" names no column`,
        '--map',
        'Write what the column has, "=" and its name, such as --map label=answer.',
      );
    }),
  );
}

/** The option for what labels of a table mean. */
export const classOption = [
  '--class <spelling=class...>',
  'the class that a label means, repeated, in place of a guess: cat=3',
] as const;

/** Indexes of the classes that labels mean. @throws UserError `option.class` */
export function meaningsIn(given: readonly string[] = [], classes: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    given.map((text): [string, number] => {
      const at = text.lastIndexOf('=');
      const [spelling, name] = [text.slice(0, at), text.slice(at + 1)];
      const index = classes.includes(name) ? classes.indexOf(name) : Number(name);
      if (at > 0 && name !== '' && Number.isInteger(index) && index >= 0 && index < classes.length)
        return [spelling, index];
      throw new UserError(
        'option.class',
        `"${text.slice(0, 60)}" names no class`,
        '--class',
        `Write the label, "=" and a class: ${classes.slice(0, 3).join(', ')}...`,
      );
    }),
  );
}
