import { z } from 'zod';
import { type AddCommands, defineContribution } from '../../../main/contributions/define.ts';
import { nothing, ofStudy } from '../../../main/contract/base.ts';
import { call, done } from '../../../main/services/api/base.ts';
import { findStudy } from '../../../main/services/tools/find.ts';
import type { Workbench } from '../../../main/services/tools/workbench.ts';
import { commandOf } from '../../../main/terminal/command.ts';
import { withReadOnlyWorkbench } from '../../../main/terminal/context.ts';
import { printLine } from '../../../main/terminal/output.ts';
import type { HelloQuestions } from './results.ts';

const tables = {
  name: 'hello',
  migrations: [
    `CREATE TABLE hello_greeting (
       study_id INTEGER PRIMARY KEY REFERENCES study (id) ON DELETE CASCADE, greetings INTEGER NOT NULL
     ) STRICT`,
  ],
};

/** How often a study was greeted. */
function greetings({ storage }: Workbench, studyId: number): number {
  const sql = 'SELECT greetings FROM hello_greeting WHERE study_id = ?';
  return storage.tablesOf(tables)?.get<{ greetings: number }>(sql, studyId)?.greetings ?? 0;
}

function greet(workbench: Workbench, studyId: number): void {
  const row = { studyId, greetings: greetings(workbench, studyId) + 1 };
  workbench.storage
    .tablesOf(tables)
    ?.insert('hello_greeting', row, 'ON CONFLICT (study_id) DO UPDATE SET greetings = excluded.greetings');
}

const calls = {
  greet: call
    .input(ofStudy)
    .output(nothing)
    .handler(({ input, context: { lab } }) => done(greet(lab.workbench, findStudy(lab.workbench, input.study).id))),
  greetings: call
    .input(ofStudy)
    .output(z.int().min(0))
    .handler(({ input, context: { lab } }) => greetings(lab.workbench, findStudy(lab.workbench, input.study).id)),
  letters: call
    .input(ofStudy)
    .output(z.int().min(0))
    .handler(({ input, context: { lab } }) => lab.analysis.askOf<HelloQuestions, 'letters'>('hello', 'letters', input)),
};
export type HelloCalls = typeof calls;

const addCommands: AddCommands = (program) =>
  commandOf(program, 'study')
    .command('greetings <study>')
    .description('print how often a study was greeted')
    .action((name: string, _options: unknown, command) =>
      withReadOnlyWorkbench(command, (workbench) =>
        printLine(String(greetings(workbench, findStudy(workbench, name).id))),
      ),
    );

/** A small contribution, which docs/architecture.md explains. */
export const hello = defineContribution({
  name: 'hello',
  tables,
  // From `main`, where the results of others lie.
  results: '../tests/contributions/hello/results',
  calls: async () => ({ default: calls }),
  commands: async () => ({ default: addCommands }),
});
