import type { Command } from 'commander';

/** `generator`: contributions add its commands. */
export function addGenerator(program: Command): void {
  program.command('generator').description('the model that generates images');
}
