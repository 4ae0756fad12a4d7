import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../../contract/errors.ts';
import { engineNames } from '../../contract/run.ts';
import type { EngineName } from '../../contract/run.ts';
import { dataFolder } from '../../files/places.ts';
import type { Workbench } from '../../services/tools/workbench.ts';
import { openWorkbench } from '../../services/tools/workbench.ts';
import { printable } from './output.ts';

/** Folder of the product. */
export const root = resolve(import.meta.dirname, '..', '..', '..');
export const resources = join(root, 'resources');

/** The data folder that this command line means. */
export function chosenDataFolder(command: Command): string {
  const { data } = command.optsWithGlobals<{ data?: string }>();
  // An empty one comes from a shell variable that is not set; the folder one stands in is not what was meant.
  return resolve(data || dataFolder());
}

/** Opens the data folder to write, says what happened to it meanwhile, and closes it again whatever comes. */
export async function withWorkbench<T>(command: Command, work: (bench: Workbench) => Promise<T> | T): Promise<T> {
  const bench = openWorkbench({ root, resources, dataFolder: chosenDataFolder(command) });
  return using(bench, work);
}

/** The same to look only: works beside a running study. */
export async function withReadOnlyWorkbench<T>(
  command: Command,
  work: (bench: Workbench) => Promise<T> | T,
): Promise<T> {
  return using(openWorkbench({ root, resources, dataFolder: chosenDataFolder(command), readOnly: true }), work);
}

/** The same for a small change, such as the wish to cancel a run, that works beside a running study. */
export async function withWorkbenchBeside<T>(command: Command, work: (bench: Workbench) => Promise<T> | T): Promise<T> {
  return using(openWorkbench({ root, resources, dataFolder: chosenDataFolder(command), beside: true }), work);
}

async function using<T>(bench: Workbench, work: (bench: Workbench) => Promise<T> | T): Promise<T> {
  try {
    for (const notice of bench.storage.notices) process.stderr.write(`Note: ${printable(notice.message)}\n`);
    return await work(bench);
  } finally {
    bench.storage.close();
  }
}

/** The engine named on the command line or in BOUNDARY_ENGINE; null: choose. @throws UserError `engine.unknown` */
export function chosenEngine(named: string | undefined): EngineName | null {
  const name = named ?? process.env.BOUNDARY_ENGINE;
  if (name === undefined || name === '' || name === 'auto') return null;
  const engine = engineNames.find((known) => known === name);
  if (engine) return engine;
  throw new UserError({
    code: 'engine.unknown',
    what: `There is no engine "${name}"`,
    where: named === undefined ? 'BOUNDARY_ENGINE' : '--engine',
    remedy: `Choose one of: auto, ${engineNames.join(', ')}.`,
  });
}

/** A whole number of an option. @throws UserError `option.not-a-number` */
export function wholeNumber(text: string, option: string, lowest: number, highest: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= lowest && value <= highest) return value;
  throw new UserError({
    code: 'option.not-a-number',
    what: `"${text}" is not a whole number from ${lowest} to ${highest}`,
    where: option,
    remedy: `Give a whole number, e.g. ${option} ${lowest}.`,
  });
}

/** A file that must be there, as an absolute path. @throws UserError `file.not-found` */
export function existingPath(path: string, option: string): string {
  const absolute = resolve(path);
  if (existsSync(absolute)) return absolute;
  throw new UserError({
    code: 'file.not-found',
    what: `There is nothing at ${absolute}`,
    where: option,
    remedy: 'Check the path.',
  });
}
