import { className } from '../../../domain/numbers/index.ts';
import { readFileSync, statSync } from 'node:fs';
import { firstBytes, type TableFile } from '../table-kinds.ts';
import type { tableFormats } from '../contract/outside-models.ts';
import { largest, parseJson } from '../../../files/index.ts';
import { labelsJsonSchema, type LabelsJson } from '../contract/tables.ts';
import { currentEvents } from './current-events.ts';
import { cannotTellChoice } from '../../../contract/labeling/index.ts';
import { readCsv } from '../../../files/tables/reading/index.ts';
import { readParquet } from '../parquet/parquet-reader.ts';
import { rowLocation } from '../../../files/tables/index.ts';
import { refusals } from '../../../services/labels/index.ts';
import type { StartTable } from './table-file.ts';
import { isAnnotators, readAnnotators, readListTable, readNpyTable, readNpzTable } from './published-readers.ts';

export type { TakeRow } from './table-file.ts';

type JsonSession = LabelsJson['sessions'][number];

interface LabelReader {
  readonly format: (typeof tableFormats)[number];
  /** Whether labels are always names of classes, so that a number is never a class index. */
  readonly hasClassNames: boolean;
  /** Whether row n is about image n, so that no column need name images. */
  readonly isOrdered: boolean;
  /** @param start the first characters of the file, without byte order mark and white space */
  recognizes(start: string): boolean;
  /** Reads a file row by row. @param setHash hash of the stimulus set that the labels must belong to */
  read(file: TableFile, setHash: string, start: StartTable): Promise<void> | void;
}

/**
 * The formats that labels can be imported from; the first that recognizes a file reads it. To add a format: a reader here,
 * its name in `tableFormats` of the contract. Columns and classes are assigned the same way for all formats.
 */
const readers: readonly LabelReader[] = [
  {
    format: 'json',
    hasClassNames: true,
    isOrdered: false,
    recognizes: (start) => start.startsWith('{'),
    read: readJson,
  },
  {
    format: 'json',
    hasClassNames: false,
    isOrdered: true,
    recognizes: (start) => start.startsWith('['),
    read: (file, _, start) => readListTable(file, start),
  },
  {
    format: 'npy',
    hasClassNames: false,
    isOrdered: true,
    recognizes: (start) => start.startsWith('\x93NUMPY'),
    read: (file, _, start) => readNpyTable(file, start),
  },
  {
    format: 'npz',
    hasClassNames: false,
    isOrdered: true,
    recognizes: (start) => start.startsWith('PK\x03\x04'),
    read: (file, _, start) => readNpzTable(file, start),
  },
  {
    format: 'parquet',
    hasClassNames: false,
    isOrdered: false,
    recognizes: (start) => start.startsWith('PAR1'),
    read: (file, _, start) => readLines(readParquet, file, start),
  },
  {
    format: 'csv',
    hasClassNames: false,
    isOrdered: false,
    recognizes: () => true,
    read: (file, _, start) => readLines(readCsv, file, start),
  },
];

/**
 * Reads a table of labels row by row.
 * @param setHash hash of the stimulus set that the labels must belong to
 * @throws UserError `csv.*`, `file.*`, `labeling.table`
 */
export async function readTable(file: TableFile, setHash: string, start: StartTable): Promise<LabelReader> {
  const first = firstCharacters(file.path);
  const reader = readers.find((each) => each.recognizes(first));
  if (!reader) throw new Error(`No reader for ${file.name}`);
  await reader.read(file, setHash, (columns, decimalComma) => {
    refuseTriplets(columns, file.name);
    return start(columns, decimalComma);
  });
  return reader;
}

function firstCharacters(path: string): string {
  return firstBytes(path).toString('latin1').replace('\xef\xbb\xbf', '').trimStart();
}

/** @throws UserError `labeling.table` for choices among three images, which are no labels */
function refuseTriplets(columns: readonly string[], name: string): void {
  const lower = columns.map((column) => column.toLowerCase());
  const isOdd = lower.some((column) => /^(odd(_?one)?(_?out)?|triplet(_?id)?)$/.test(column));
  const hasThree = ['1', '2', '3'].every((n) =>
    lower.some((column) => new RegExp(`^(image|stim(ulus)?|item)_?${n}$`).test(column)),
  );
  const isTriplet = ['anchor', 'positive', 'negative'].every((column) => lower.includes(column));
  if (!isOdd && !hasThree && !isTriplet) return;
  throw refusals.table(
    'This table has choices among three images (odd one out), which say how alike images are, not what they show',
    name,
    'Choose a table in which people name what each image shows. Such choices cannot be compared with labels.',
  );
}

const readLines = (read: typeof readCsv, { path, name }: TableFile, start: StartTable): Promise<void> =>
  read(
    path,
    (header) => {
      const take = start(header.names, header.decimalComma);
      return (cells, line) => take(cells, () => rowLocation(name, line), line);
    },
    name,
  );

const jsonColumns = ['image', 'labeler', 'label', 'trial_kind', 'session_state', 'excluded'];

/** One row per current answer, with class names, because another installation may number classes differently. */
function readJson({ path, name }: TableFile, setHash: string, start: StartTable): void {
  if (statSync(path).size > largest.labelsJson) {
    const what = `This file is larger than ${largest.labelsJson / 2 ** 20} MiB, too large for labels in JSON`;
    throw refusals.table(what, name, 'Export the labels as CSV, and import that file.');
  }
  const json = parseJson(readFileSync(path, 'utf8'));
  if (isAnnotators(json)) return readAnnotators(json, name, start);
  const content = labelsJsonSchema.safeParse(json);
  if (!content.success) {
    const remedy = 'Choose a labels.json that the workbench exported, or a CSV file.';
    throw refusals.table('This JSON file does not contain labels of the workbench', name, remedy);
  }
  const { stimulusSet, classes, sessions } = content.data;
  if (stimulusSet !== setHash) throw otherStimuli(name, stimulusSet, setHash);
  const take = start(jsonColumns);
  for (const session of sessions) {
    const { labeler, trials, state, excluded } = session;
    for (const [trial, { choice }] of lastEvents(session)) {
      const { image, kind } = trials[trial] ?? {};
      const label = choice === null || choice === cannotTellChoice ? '' : className(classes, choice);
      const cells = [String(image ?? ''), labeler, label, kind ?? '', state, excluded ?? ''];
      take(cells, () => `${name}, labeler ${labeler}, trial ${trial}`);
    }
  }
}

type JsonEvent = JsonSession['sittings'][number]['events'][number];

/** The current event of each trial. Files of earlier versions have no order across sittings, so the time decides. */
function lastEvents({ sittings }: JsonSession): Map<number, JsonEvent> {
  const events = sittings.flatMap(({ openedAt, events: own }) =>
    own.map((event) => ({ event, place: event.order ?? Date.parse(openedAt) + event.atMs })),
  );
  return currentEvents(events.sort((a, b) => a.place - b.place).map(({ event }) => event));
}

const otherStimuli = (name: string, theirs: string, ours: string) =>
  refusals.table(
    'These labels belong to other stimuli',
    `${name}: stimulus set ${theirs.slice(0, 12)}…`,
    `Import labels of this study’s stimuli, ${ours.slice(0, 12)}….`,
  );
