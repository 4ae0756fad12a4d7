import type { Command } from 'commander';
import { type FolderChoice, folderChoiceSchema, type Inspection } from '../../../contract/api/data-sets.ts';
import { UserError } from '../../../contract/errors.ts';
import { formatBytes, formatCount, formatInteger } from '../../../domain/format.ts';
import { isPrepared } from '../../../domain/data-sources.ts';
import { withWorkbench } from '../context.ts';
import { duration, printable, printJson, printLine, table } from '../output.ts';

/** `data-set`: what lies in a folder or file of images, as a data set. */
export function addDataSet(program: Command): void {
  const dataSet = program.command('data-set').description('images as a data set');
  const described = (name: string, description: string): Command =>
    dataSet
      .command(`${name} <path>`)
      .description(description)
      .option('--name <name>', 'what the data set is called')
      .option('--channels <number>', '1 (gray) or 3 (color)')
      .option('--size <width>x<height>', 'of the images that networks see, such as 32x32')
      .option('--resize <way>', 'fit (stretch), fill (crop) or pad')
      .option('--background <color>', 'behind transparent pixels and around padded images, such as #808080')
      .option('--classes <folders>', 'only these class folders, in this order, separated by commas')
      .option('--json', 'print JSON');
  described(
    'inspect',
    'show which classes and images lie in a folder, zip, .npz or CIFAR folder, and what is proposed',
  ).action(async (path: string, options: DataSetOptions) => {
    const found = await look(path, options);
    if (options.json) printJson({ ...found, preview: undefined });
    else printFound(found);
  });
  described('prepare', 'read all images, store them for studies, and show what was found').action(
    async (path: string, options: DataSetOptions, command: Command) => {
      const { notNeeded, prepareSource, remarks } = await import('../../../services/data-sets/prepare.ts');
      const { ForkLauncher } = await import('../../../processes/launcher.ts');
      const { source } = await look(path, options);
      if (!isPrepared(source)) throw notNeeded(path);
      const abort = new AbortController();
      process.once('SIGINT', () => abort.abort(stopped(path)));
      await withWorkbench(command, async (workbench) => {
        const launcher = new ForkLauncher(process.env);
        const onProgress = ({ note }: { note: string }): void => {
          if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${note}`);
        };
        const prepared = await prepareSource(workbench, source, { launcher, onProgress, signal: abort.signal });
        if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
        const { record, findings } = prepared;
        if (options.json) return printJson(prepared);
        const rows = findings.classes.map(({ name, train, test }) => [printable(name), train, test]);
        printLine(table(['class', 'training', 'test'], rows));
        for (const sentence of remarks(findings)) say(sentence);
        say(`Hash: ${record.hash}`);
        say(`For a study file: "dataSet": ${JSON.stringify(source)}`);
      });
    },
  );
}

/** Names of files may hold control characters. */
const say = (line: string): void => printLine(printable(line));

interface DataSetOptions {
  name?: string;
  channels?: string;
  size?: string;
  resize?: string;
  background?: string;
  classes?: string;
  json?: boolean;
}

async function look(path: string, options: DataSetOptions): Promise<Inspection> {
  const { inspectPath } = await import('../../../services/data-sets/inspect.ts');
  return inspectPath(path, toChoice(options));
}

function toChoice({ name, channels, size, resize, background, classes }: DataSetOptions): FolderChoice {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(size ?? '') ?? [];
  const choice = folderChoiceSchema.safeParse({
    ...(name !== undefined && { name }),
    ...(channels !== undefined && { channels: Number(channels) }),
    ...(size !== undefined && { width: Number(width), height: Number(height) }),
    ...(resize !== undefined && { resize }),
    ...(background !== undefined && { background }),
    ...(classes !== undefined && { folders: classes.split(',') }),
  });
  if (choice.success) return choice.data;
  const [issue] = choice.error.issues;
  const option =
    issue?.path[0] === 'folders' ? 'classes' : String(issue?.path[0] ?? '').replace(/^(width|height)$/, 'size');
  throw new UserError({
    code: 'command.bad-value',
    what: `The value of --${option} is not possible: ${issue?.message ?? 'unknown'}`,
    where: `--${option}`,
    remedy: 'See boundary data-set inspect --help.',
  });
}

function printFound({ source, kind, classes, isSplit, sizes, leftOut, notes, ...found }: Inspection): void {
  const images = classes.reduce((sum, { train, test }) => sum + train + (test ?? 0), 0);
  const [smallest, largest] = sizes.map(({ width, height }) => `${width} × ${height}`);
  const size = smallest === largest || largest === undefined ? smallest : `${smallest} to ${largest}`;
  say(`${kind}: ${formatCount(images, 'image')}${found.isColored ? ' in color' : ', gray'}, ${size} pixels`);
  const rows = classes.map(({ name, train, test }) => [printable(name), train, test ?? '-']);
  printLine(table(['class', isSplit ? 'images' : 'training', 'test'], rows));
  for (const { reason, count, examples } of leftOut) {
    say(`Left out: ${examples.join(', ')} (${formatInteger(count)}): ${reason}.`);
  }
  for (const note of notes) say(note);
  say(`Preparing takes about ${duration(found.seconds)} and ${formatBytes(found.bytes)}.`);
  say(`For a study file: "dataSet": ${JSON.stringify(source)}`);
}

const stopped = (path: string): UserError =>
  new UserError({ code: 'data-set.stopped', what: 'Stopped', where: path, remedy: 'Nothing was stored.' });
