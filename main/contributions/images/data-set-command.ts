import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Inspection } from '../formats/contract/inspection.ts';
import { UserError } from '../../contract/wire/index.ts';
import { nameSchema } from '../../contract/studies/index.ts';
import { formatBytes, formatInteger, formatRoughTime } from '../../domain/numbers/index.ts';
import { isPrepared } from '../../domain/data/index.ts';
import { printable, printJson, printLine, table, withWorkbench } from '../../terminal/index.ts';
import {
  chosenForm,
  type ImageOptions,
  preparedEarlier,
  printFound,
  readAgainOption,
  refuseUnfit,
  withImageOptions,
} from './image-options.ts';

/** `data-set`: what lies in a folder or file of images, as a data set. */
export function addDataSet(program: Command): void {
  const dataSet = program.command('data-set').description('images as a data set');
  const described = (name: string, description: string): Command =>
    withImageOptions(dataSet.command(`${name} <path>`).description(description))
      .option('--name <name>', 'what the data set is called')
      .option('--json', 'print JSON');
  described(
    'inspect',
    'show which classes and images lie in a folder, zip, .npz or CIFAR folder, and what is proposed',
  ).action(async (path: string, options: DataSetOptions) => {
    const found = await look(path, options);
    if (options.json) printJson({ ...found, preview: undefined });
    else printAll(found);
  });
  described('prepare', 'read all images, store them for studies, and show what was found')
    .option(...readAgainOption)
    .action(async (path: string, options: DataSetOptions, command: Command) => {
      const { notNeeded, prepareSource, remarks } = await import('../formats/stored-images.ts');
      const { ForkLauncher } = await import('../../processes/index.ts');
      const { source } = await look(path, options);
      if (!isPrepared(source)) throw notNeeded(path);
      const abort = new AbortController();
      process.once('SIGINT', () => abort.abort(stopped(path)));
      await withWorkbench(command, async (workbench) => {
        const launcher = new ForkLauncher(process.env);
        const onProgress = ({ note }: { note: string }): void => {
          if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${note}`);
        };
        const again = options.readAgain === true;
        const prepared = await prepareSource(workbench, source, { launcher, onProgress, signal: abort.signal, again });
        if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
        const { record, findings, preparedAt, areFilesGone } = prepared;
        if (options.json) return printJson(prepared);
        if (preparedAt !== null) printLine(preparedEarlier(preparedAt, areFilesGone));
        const rows = findings?.classes.map(({ name, train, test }) => [printable(name), train, test]);
        if (rows) printLine(table(['class', 'training', 'test'], rows));
        for (const sentence of findings ? remarks(findings) : []) say(sentence);
        say(`Hash: ${record.hash}`);
        say(`For a study file: "dataSet": ${JSON.stringify(source)}`);
      });
    });
}

/** Names of files may hold control characters. */
const say = (line: string): void => printLine(printable(line));

interface DataSetOptions extends ImageOptions {
  name?: string;
  json?: boolean;
}

/** @throws UserError `option.*`, `data-set.*`, `file.*`, `idx.*` */
async function look(path: string, { name, ...options }: DataSetOptions): Promise<Inspection> {
  const { inspectSource } = await import('../formats/inspect.ts');
  const choice = { ...chosenForm(options), ...(name !== undefined && { name: checkedName(name) }) };
  const context = { progress: () => undefined, signal: new AbortController().signal };
  const found = await inspectSource({ path: resolve(path), name: resolve(path), choice }, context);
  refuseUnfit(found, choice);
  return found;
}

function checkedName(name: string): string {
  if (nameSchema.safeParse(name).success) return name;
  throw new UserError(
    'option.bad-name',
    `A data set cannot be called "${name.slice(0, 64)}"`,
    '--name',
    'Use letters, digits, space, dot, dash and underscore, beginning with a letter or digit; 64 at most.',
  );
}

function printAll(found: Inspection): void {
  const { source, classes, isSplit, leftOut, notes, seconds, bytes } = found;
  printFound(found);
  const rows = classes.map(({ name, train, test }) => [printable(name), train, test ?? '-']);
  printLine(table(['class', isSplit ? 'images' : 'training', 'test'], rows));
  for (const { reason, count, examples } of leftOut) {
    say(`Left out: ${examples.join(', ')} (${formatInteger(count)}): ${reason}.`);
  }
  for (const note of notes) say(note);
  say(`Preparing takes about ${formatRoughTime(seconds)} and ${formatBytes(bytes)}.`);
  say(`For a study file: "dataSet": ${JSON.stringify(source)}`);
}

const stopped = (path: string): UserError => new UserError('data-set.stopped', 'Stopped', path, 'Nothing was stored.');
