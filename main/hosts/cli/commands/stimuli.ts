import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { AnchorDesign } from '../../../contract/study.ts';
import { UserError } from '../../../contract/errors.ts';
import { chosenEngine, withReadOnlyWorkbench, withWorkbench, wholeNumber } from '../context.ts';
import { exitCodes, type Outcome, printLine } from '../output.ts';

/** `stimuli`: pictures of the candidates, the frozen set as files, and draws of anchors. */
export function addStimuli(program: Command, outcome: Outcome): void {
  const stimuli = program.command('stimuli').description('the images between two classes');
  stimuli
    .command('candidates <study>')
    .description('draw the numbered anchor candidates of every class as a PNG, best first')
    .requiredOption('--out <file.png>', 'the picture to write')
    .action(async (study: string, options: { out: string }, command: Command) => {
      const { drawCandidates } = await import('../../../services/stimuli/exchange.ts');
      await withReadOnlyWorkbench(command, (workbench) => drawCandidates(workbench, study, resolve(options.out)));
      printLine(resolve(options.out));
    });
  stimuli
    .command('draw <study>')
    .description('draw anchors many times, and have the networks of the study label the images of each draw')
    .option(
      '--rule <rules>',
      'best, clear (any clear sample), candidate (any candidate), or several: best,clear; without it the rule of the study',
    )
    .option(
      '--anchors <design>',
      'fresh (for every pair), one (a class) or a number of anchors a class; without it those of the study',
    )
    .option('--draws <number>', 'how many', '100')
    .option('--seed <number>', 'of the first draw; the others count up', '1')
    .option('--engine <name>', 'tensorflow, webgpu, wasm or auto')
    .action((study: string, options: DrawOptions, command: Command) => drawAnchors(study, options, command, outcome));
  stimuli
    .command('export <study>')
    .description('write the frozen stimulus set as PNGs with a manifest, to a new folder or a .zip')
    .requiredOption('--out <path>', 'a new or empty folder, or a path that ends in .zip')
    .option('--models-size', 'at the input size of the models instead of the generator’s size')
    .action(async (study: string, options: { out: string; modelsSize?: boolean }, command: Command) => {
      const { exportStimuli } = await import('../../../services/stimuli/exchange.ts');
      const size = options.modelsSize ? 'model' : 'original';
      await withReadOnlyWorkbench(command, (workbench) => exportStimuli(workbench, study, size, resolve(options.out)));
      printLine(resolve(options.out));
    });
}

interface DrawOptions {
  rule?: string;
  anchors?: string;
  draws: string;
  seed: string;
  engine?: string;
}

async function drawAnchors(study: string, options: DrawOptions, command: Command, outcome: Outcome): Promise<void> {
  const rules = options.rule?.split(',').map((asked) => {
    const rule = (['best', 'clear', 'candidate'] as const).find((name) => name === asked.trim());
    if (!rule) throw unknown('rule', asked, 'best, clear or candidate');
    return rule;
  });
  const request = {
    ...(rules && { rules: [...new Set(rules)] }),
    ...(options.anchors !== undefined && { anchorDesign: anchorDesignOf(options.anchors) }),
    draws: wholeNumber(options.draws, '--draws', 1, 10_000),
    seed: wholeNumber(options.seed, '--seed', 0, 2 ** 32 - 1),
  };
  const { drawOnCommandLine } = await import('../../../services/stimuli/draw-command.ts');
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    const lines = await withWorkbench(command, (workbench) =>
      drawOnCommandLine(workbench, study, request, {
        engine: chosenEngine(options.engine),
        signal: abort.signal,
        onProgress: (text) => process.stderr.write(`${text}\n`),
      }),
    );
    if (lines === null) outcome.exitCode = exitCodes.stopped;
    else for (const line of lines) printLine(line);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

function anchorDesignOf(text: string): AnchorDesign {
  const sharing = (['fresh', 'one'] as const).find((name) => name === text);
  return sharing ? { kind: sharing } : { kind: 'several', perClass: wholeNumber(text, '--anchors', 2, 100) };
}

const unknown = (option: string, given: string, known: string): UserError =>
  new UserError({
    code: `option.unknown-${option}`,
    what: `"${given.slice(0, 40)}" is no ${option}`,
    where: `--${option}`,
    remedy: `Choose ${known}.`,
  });
