import { type AddCommands, defineContribution } from '../../../main/contributions/define.ts';
import { nothing, ofStudy } from '../../../main/contract/wire/index.ts';
import { type Exhibit, exhibitSchema } from '../../../main/contract/results/index.ts';
import type { StudyView } from '../../../main/exhibits/parts/index.ts';
import { call, done } from '../../../main/services/api/index.ts';
import { findStudy } from '../../../main/services/workbench/index.ts';
import type { Storage, StudyRecord } from '../../../main/storage/index.ts';
import { commandOf, printLine, settingOption, withReadOnlyWorkbench } from '../../../main/terminal/index.ts';
import type { HelloQuestions } from './results.ts';
import { greetingSchema, greetingSettings } from './settings.ts';

const table = 'hello_greeting (study_id INTEGER REFERENCES study (id) ON DELETE CASCADE, word TEXT NOT NULL)';
const tables = { name: 'hello', migrations: [`CREATE TABLE ${table} STRICT`] };

const greetings = (storage: Storage, { id }: StudyRecord): { word: string }[] =>
  storage.tablesOf(tables)?.all('SELECT word FROM hello_greeting WHERE study_id = ?', id) ?? [];

const named = (id: string, title: string) => ({ id, title, number: '', people: false, notes: [] });

export const greetingsTable = (storage: Storage, study: StudyRecord): Exhibit => ({
  ...named('greetings', 'Greetings'),
  columns: [{ name: 'Greeting' }],
  rows: greetings(storage, study).map(({ word }) => [`${word}, ${study.spec.title}`]),
});

/** Of each group of networks, how many there are to greet. */
export const greetedNetworks = ({ groups }: StudyView): Exhibit => ({
  ...named('greeted-networks', 'Networks to greet'),
  columns: [{ name: 'Networks' }, { name: 'n' }],
  rows: groups.map(({ name, view }) => [name, view().group.members.length]),
});

const calls = {
  greet: call
    .input(ofStudy.extend(greetingSchema.shape))
    .output(nothing)
    .handler(({ input: { study, word }, context: { lab } }) => {
      const { id } = findStudy(lab.workbench, study);
      lab.workbench.storage.tablesOf(tables)?.insert('hello_greeting', { studyId: id, word });
      return done(lab.changes.publish('studies'));
    }),
  table: call
    .input(ofStudy)
    .output(exhibitSchema)
    .handler(({ input, context: { lab } }) => lab.analysis.askOf<HelloQuestions, 'table'>('hello', 'table', input)),
};
export type HelloCalls = typeof calls;

const addCommands: AddCommands = (program) =>
  commandOf(program, 'study')
    .command('greetings <study>')
    .description('print the greetings of a study')
    .option(...settingOption(greetingSettings, 'word'))
    .action((name: string, options: { word?: string }, command) =>
      withReadOnlyWorkbench(command, ({ storage }) => {
        for (const { word } of greetings(storage, findStudy({ storage }, name)))
          if (word === (options.word ?? word)) printLine(word);
      }),
    );

/** A small contribution, which docs/architecture.md explains. */
export const hello = defineContribution({
  name: 'hello',
  tables,
  settings: async () => ({ 'a greeting': greetingSettings }),
  results: '../tests/contributions/hello/results',
  calls: async () => ({ default: calls }),
  commands: async () => ({ default: addCommands }),
});
