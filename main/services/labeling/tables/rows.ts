import { readFileSync } from 'node:fs';
import { labelsJsonSchema } from '../../../contract/labeling/labels-json.ts';
import { cannotTell } from '../../../contract/labeling/plan.ts';
import { readCsv } from '../../../files/tables/csv-reader.ts';
import { rowOf } from '../../../files/tables/table-errors.ts';
import { refusals } from '../refusals.ts';

/** Takes one row: its cells by column, and where it is, for messages. */
export type TakeRow = (cells: readonly string[], where: () => string) => void;

/** Columns of a JSON of labels, as a table has them. */
const jsonColumns = ['image', 'labeler', 'label', 'response_ms', 'trial_kind'];

/**
 * Reads a table of labels, CSV or the workbench's own JSON, row by row.
 * @param start takes the columns, and gives what takes the rows
 * @throws UserError `csv.*`, `file.*`, `labeling.table`
 */
export async function readTable(
  file: { path: string; name: string },
  start: (columns: readonly string[]) => TakeRow,
): Promise<'csv' | 'json'> {
  if (firstSign(file.path) === '{') {
    readJson(file, start(jsonColumns));
    return 'json';
  }
  await readCsv(file.path, ({ names }) => {
    const take = start(names);
    return (cells, line) => take(cells, () => rowOf(file.name, line));
  });
  return 'csv';
}

function firstSign(path: string): string {
  return readFileSync(path).subarray(0, 100).toString('utf8').replace('﻿', '').trimStart().slice(0, 1);
}

/** The last word on each trial, a row each. */
function readJson({ path, name }: { path: string; name: string }, take: TakeRow): void {
  const content = labelsJsonSchema.safeParse(parsed(readFileSync(path, 'utf8')));
  if (!content.success) {
    const remedy = 'Choose a labels.json that the workbench exported, or a CSV file.';
    throw refusals.table('This JSON does not hold labels of the workbench', name, remedy);
  }
  for (const { labeler, trials, sittings } of content.data.sessions) {
    const last = new Map(sittings.flatMap(({ events }) => events.map((event) => [event.trial, event] as const)));
    for (const [trial, { choice, shownMs, atMs }] of last) {
      const { image, kind } = trials[trial] ?? {};
      const label = choice === null || choice === cannotTell ? '' : String(choice);
      const cells = [String(image ?? ''), labeler, label, String(atMs - shownMs), kind ?? ''];
      take(cells, () => `${name}, labeler ${labeler}, trial ${trial}`);
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
