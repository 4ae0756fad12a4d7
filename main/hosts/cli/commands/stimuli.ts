import type { Command } from 'commander';

/** `stimuli`: contributions add its commands. */
export function addStimuli(program: Command): void {
  program.command('stimuli').description('the images between two classes');
}
