import type { Command } from 'commander';
import { commandOf, type Outcome } from '../../terminal/index.ts';
import { addDataSet } from './data-set-command.ts';
import { addNewStudy } from './new-study-command.ts';

export default function addImageCommands(program: Command, outcome: Outcome): void {
  addNewStudy(commandOf(program, 'study'), outcome);
  addDataSet(program);
}
