import { Command } from 'commander';
import { expect, test } from 'vitest';
import addSlurmCommands from '../../../main/contributions/slurm/commands.ts';

test.each([
  [[], undefined],
  [['--cluster', 'lab'], 'lab'],
  [['--cluster', 'here'], null],
])('study run %j says where trainings go', async (words, place) => {
  const program = new Command('boundary');
  const given: unknown[] = [];
  const study = program.command('study');
  study.command('run').action((options: { place?: string | null }) => void given.push(options.place));
  addSlurmCommands(program, { exitCode: 0 });
  await program.parseAsync(['study', 'run', ...words], { from: 'user' });
  expect(given).toEqual([place]);
});
