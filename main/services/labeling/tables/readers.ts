import { readFileSync } from 'node:fs';
import { labelsJsonSchema } from '../../../contract/labeling/tables.ts';
import { currentEvents } from '../../../domain/labeling/time-limits.ts';
import type { LabelsJson } from '../../../contract/labeling/tables.ts';
import { cannotTellChoice } from '../../../contract/labeling/plan.ts';
import { readCsv, rowLocation } from '../../../files/tables/csv-reader.ts';
import { refusals } from '../../labels/refusals.ts';

/** Takes one row: its cells by column, and where it is, for messages. */
export type TakeRow = (cells: readonly string[], where: () => string) => void;

export interface TableFile {
  path: string;
  name: string;
}

type JsonSession = LabelsJson['sessions'][number];

/** Columns of a JSON of labels, as a table has them. */
const jsonColumns = ['image', 'labeler', 'label', 'trial_kind', 'session_state', 'excluded'];

/**
 * Reads a table of labels, CSV or the workbench's own JSON, row by row.
 * @param setHash of the stimuli that the labels are to be of; a JSON names its own
 * @param start takes the columns, and gives what takes the rows
 * @throws UserError `csv.*`, `file.*`, `labeling.table`
 */
export async function readTable(
  file: TableFile,
  setHash: string,
  start: (columns: readonly string[]) => TakeRow,
): Promise<'csv' | 'json'> {
  if (firstSign(file.path) === '{') {
    readJson(file, setHash, start(jsonColumns));
    return 'json';
  }
  await readCsv(file.path, ({ names }) => {
    const take = start(names);
    return (cells, line) => take(cells, () => rowLocation(file.name, line));
  });
  return 'csv';
}

function firstSign(path: string): string {
  return readFileSync(path).subarray(0, 100).toString('utf8').replace('﻿', '').trimStart().slice(0, 1);
}

/** The last word on each trial, a row each. Classes go by their names: another installation may number them otherwise. */
function readJson({ path, name }: TableFile, setHash: string, take: TakeRow): void {
  const content = labelsJsonSchema.safeParse(parsed(readFileSync(path, 'utf8')));
  if (!content.success) {
    const remedy = 'Choose a labels.json that the workbench exported, or a CSV file.';
    throw refusals.table('This JSON does not hold labels of the workbench', name, remedy);
  }
  const { stimulusSet, classes, sessions } = content.data;
  if (stimulusSet !== setHash) throw otherStimuli(name, stimulusSet, setHash);
  for (const session of sessions) {
    const { labeler, trials, state, excluded } = session;
    for (const [trial, { choice }] of lastWords(session)) {
      const { image, kind } = trials[trial] ?? {};
      const label = choice === null || choice === cannotTellChoice ? '' : (classes[choice] ?? String(choice));
      const cells = [String(image ?? ''), labeler, label, kind ?? '', state, excluded ?? ''];
      take(cells, () => `${name}, labeler ${labeler}, trial ${trial}`);
    }
  }
}

type JsonEvent = JsonSession['sittings'][number]['events'][number];

/**
 * By trial. Files of earlier versions do not say in which order events of several sittings came: there it is the time
 * at which they happened.
 */
function lastWords({ sittings }: JsonSession): Map<number, JsonEvent> {
  const events = sittings.flatMap(({ openedAt, events: own }) =>
    own.map((event) => ({ event, place: event.order ?? Date.parse(openedAt) + event.atMs })),
  );
  return currentEvents(events.sort((a, b) => a.place - b.place).map(({ event }) => event));
}

const otherStimuli = (name: string, theirs: string, ours: string) =>
  refusals.table(
    'These are labels of other stimuli',
    `${name}: stimulus set ${theirs.slice(0, 12)}…`,
    `Import labels of this study’s own stimuli, ${ours.slice(0, 12)}….`,
  );

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
