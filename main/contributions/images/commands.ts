import type { Command } from 'commander';
import { commandOf } from '../../terminal/command.ts';
import type { Outcome } from '../../terminal/output.ts';
import { addDataSet } from './data-set-command.ts';
import { addNewStudy } from './new-study-command.ts';

export default function addImageCommands(program: Command, outcome: Outcome): void {
  addNewStudy(commandOf(program, 'study'), outcome);
  addDataSet(program);
}
