import type { Command } from 'commander';
import { drawRequestSchema } from './contract/request.ts';
import { drawnRules } from './contract/task.ts';
import type { AnchorDesign } from '../../contract/stimuli/index.ts';
import { drawSettings } from './contract/request.ts';
import {
  chosenEngine,
  commandOf,
  exitCodes,
  oneOf,
  type Outcome,
  printLine,
  settingNumber,
  settingOption,
  withWorkbench,
} from '../../terminal/index.ts';

export default function addDrawsCommand(program: Command, outcome: Outcome): void {
  const stimuli = commandOf(program, 'stimuli');
  stimuli
    .command('draw <study>')
    .description('draw anchors many times, and have the networks of the study label the images of each draw')
    .option('--rule <rules>', `${drawnRules.join(', ')}, or several: best,clear; without it the rule of the study`)
    .option(
      '--anchors <design>',
      'fresh (for every pair), one (a class) or a number of anchors a class; without it those of the study',
    )
    .option(...settingOption(drawSettings, 'draws'))
    .option(...settingOption(drawSettings, 'seed'))
    .option('--engine <name>', 'tensorflow, webgpu, wasm or auto')
    .action((study: string, options: DrawOptions, command: Command) => drawAnchors(study, options, command, outcome));
}

interface DrawOptions {
  rule?: string;
  anchors?: string;
  draws?: string;
  seed?: string;
  engine?: string;
}

async function drawAnchors(study: string, options: DrawOptions, command: Command, outcome: Outcome): Promise<void> {
  const rules = options.rule?.split(',').map((asked) => oneOf(asked.trim(), drawnRules, '--rule'));
  const { draws, seed } = drawRequestSchema.pick({ draws: true, seed: true }).parse({
    draws: settingNumber(drawSettings, 'draws', options.draws),
    seed: settingNumber(drawSettings, 'seed', options.seed),
  });
  const request = {
    ...(rules && { rules: [...new Set(rules)] }),
    ...(options.anchors !== undefined && { anchorDesign: anchorDesignOf(options.anchors) }),
    draws,
    seed,
  };
  const { drawOnCommandLine } = await import('./draw-command.ts');
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
  if (text === 'one' || text === 'fresh') return { kind: text };
  const perClass = settingNumber(drawSettings, 'anchorDesign.perClass', text, '--anchors') ?? 0;
  return { kind: 'several', perClass };
}
