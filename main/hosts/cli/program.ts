import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { contributedBy, type Contribution } from '../../contributions/define.ts';
import { addEngine } from './commands/engine.ts';
import { addGenerator } from './commands/generator.ts';
import { addReport } from './commands/report.ts';
import { addRuns } from './commands/runs.ts';
import { addStimuli } from './commands/stimuli.ts';
import { addStudy } from './commands/study.ts';
import { offer, root } from '../../terminal/context.ts';
import { exitCodes, explain } from '../../terminal/output.ts';
import type { Outcome } from '../../terminal/output.ts';

/** Runs one command line and gives its exit code. Commands import their modules when they run: `--help` stays fast. */
export async function runCommandLine(args: readonly string[], contributions: readonly Contribution[]): Promise<number> {
  const outcome: Outcome = { exitCode: exitCodes.done };
  try {
    const program = await buildProgram(outcome, contributions);
    await program.parseAsync(args, { from: 'user' });
    return outcome.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.userError;
    return explain(error);
  }
}

async function buildProgram(outcome: Outcome, contributions: readonly Contribution[]): Promise<Command> {
  const manifest: { version: string; description: string } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const program = new Command('boundary')
    .description(manifest.description)
    .version(manifest.version)
    .option('--data <folder>', 'folder of the studies (default: BOUNDARY_DATA, or a folder in your home)')
    .option('--upgrade', 'first bring a folder of an older version up to date, after a backup')
    .showHelpAfterError('Add --help for a list of commands and options.')
    .exitOverride();
  for (const add of [addStudy, addRuns, addGenerator, addStimuli, addReport, addEngine]) {
    add(program, outcome);
  }
  offer(program, contributedBy(contributions));
  for (const { commands } of contributions) (await commands?.())?.default(program, outcome);
  return program;
}
