import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { UserError } from '../../contract/wire/index.ts';
import { jsonChunks } from '../../files/index.ts';
import { existingPath, printable } from '../../terminal/index.ts';

export default function addAnalyze(program: Command): void {
  program
    .command('analyze')
    .description('compare labels of people and models from CSV files, or analyze a folder of tables; prints JSON')
    .argument(
      '[folder]',
      'images.csv, runs.csv, labels.csv, and a JSON file that says what to compute: main/contributions/folders/README.md',
    )
    .option('--humans <file>', 'labels of people: image,pair_i,pair_j,alpha,labeler,label')
    .option(
      '--predictions <file>',
      'predictions of models: image,model,architecture,target_accuracy,repeat,seed,label,p0...',
    )
    .option('--out <file>', 'write the JSON to this file instead')
    .action(async (folder: string | undefined, options: AnalyzeOptions) => {
      const { writeTextAtomic } = await import('../../files/index.ts');
      const result = await (folder === undefined ? ofFiles(options) : ofFolder(folder, options));
      if (options.out) await writeTextAtomic(resolve(options.out), jsonLine(result));
      else await pipeline(Readable.from(jsonLine(result)), process.stdout, { end: false });
    });
}

interface AnalyzeOptions {
  humans?: string;
  predictions?: string;
  out?: string;
}

async function ofFiles(options: AnalyzeOptions): Promise<object> {
  const { analyzeFiles } = await import('./analyze.ts');
  const { result, warnings } = await analyzeFiles({
    humans: options.humans && existingPath(options.humans, '--humans'),
    predictions: options.predictions && existingPath(options.predictions, '--predictions'),
  });
  for (const { where, message } of warnings) process.stderr.write(`Warning: ${printable(`${message} (${where})`)}\n`);
  return result;
}

async function ofFolder(folder: string, { humans, predictions }: AnalyzeOptions): Promise<object> {
  if (humans !== undefined || predictions !== undefined) {
    throw new UserError(
      'analyze.folder-and-files',
      'A folder and single files were named',
      'analyze',
      'Name either a folder, or files with --humans and --predictions.',
    );
  }
  const { analyzeFolder } = await import('./analyze-folder.ts');
  return analyzeFolder(existingPath(folder, 'folder'));
}

/** In chunks: with many raters, the pairs alone take gigabytes, which exceeds the length of a string. */
function* jsonLine(result: object): Generator<string> {
  yield* jsonChunks(result);
  yield '\n';
}
