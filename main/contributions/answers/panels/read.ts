import type { TableFile } from '../table-kinds.ts';
import type { PeopleWords } from '../contract/words.ts';
import type { PeopleMapping, PeoplePreview } from '../contract/panels.ts';
import { problemOf } from '../../../contract/wire/index.ts';
import type { ResponseKind } from '../../../contract/stimuli/index.ts';
import type { PanelFindings } from '../contract/responses.ts';
import { hasPeopleAndModels, modelsAmong } from '../../formats/toolbox/model-vs-human.ts';
import type { StimulusSetRecord } from '../../../storage/index.ts';
import type { PanelRow } from '../storage/panels.ts';
import { refusals, studyWithStimuli } from '../../../services/labels/index.ts';
import { type CheckPerson, LeftOutCount, personCheck } from '../left-out.ts';
import { fileSource } from '../file-source.ts';
import type { Workbench } from '../../../services/workbench/index.ts';
import { readTable } from '../tables/readers.ts';
import { nobody } from '../tables/table-file.ts';
import { isLeftOut, isYes, PeopleBuilder, type ReadAnswers, rowFilter, simulatedAt } from './build.ts';
import { guessMapping, guessWords, labelColumns, spellingsIn, withWords } from './guess.ts';
import { type ColumnChoice, withChosen } from './chosen-columns.ts';

/** Rows that a guess looks at, rows shown, and spellings counted. */
const most = { looked: 200, sample: 8, words: 1000 };

/** Images and people that a table is about. */
export interface About {
  set: StimulusSetRecord;
  checkPerson: CheckPerson;
}

/** What a person chose in place of a guess. */
export interface Wanted {
  /** Null: what the columns look like. */
  kind: ResponseKind | null;
  /** All of it; null: guessed. Spellings without a meaning get a guessed one. */
  mapping?: PeopleMapping | null;
  /** Labels of each image, where columns have shares; null: what the table says. */
  total?: number | null;
  /** Names that are set aside; null: models, in a table of people and models. */
  aside?: string[] | null;
  /** Columns by what they have, such as `label`, in place of guessed ones. */
  columns?: ColumnChoice;
  /** What spellings of labels mean, by class; others are guessed. */
  words?: PeopleWords;
}

/** What a study's table is about. @throws UserError `study.not-found`, `labeling.no-stimuli`, `file.*` */
export async function aboutStudy(workbench: Workbench, studyName: string, file: TableFile) {
  const { study, set } = studyWithStimuli(workbench, studyName);
  const source = await fileSource(file.path, file.name);
  return { set, source, checkPerson: personCheck(workbench, study.id, source) };
}

type Guessed = Omit<PeoplePreview, 'reading' | 'problem'>;

/** Looks through a table: what a preview shows of it, and what a guess looks at. @throws UserError `csv.*`, `file.*`, `labeling.table` */
async function lookAt(file: TableFile, set: StimulusSetRecord) {
  let columns: readonly string[] = [];
  let rows = 0;
  let hasSimulated = false;
  const looked: string[][] = [];
  const { isOrdered } = await readTable(file, set.hash, (names) => {
    columns = names;
    const simulated = simulatedAt(names);
    return (cells) => {
      rows += 1;
      if (isYes(cells[simulated])) hasSimulated = true;
      if (looked.length < most.looked) looked.push([...cells]);
    };
  });
  const sample = looked.slice(0, most.sample).map((cells) => cells.map((cell) => cell.slice(0, 200)));
  const about = { name: file.name, columns: [...columns], sample, rows };
  return { about, seen: { columns, rows: looked, classes: set.classes, isOrdered }, hasSimulated };
}

/**
 * Guesses the mapping of a table, as far as nobody chose it.
 * @throws UserError `csv.*`, `file.*`, `labeling.table` if it cannot be read at all; `option.map` for a part that it does not have
 */
async function guessTable(file: TableFile, { set, checkPerson }: About, wanted: Wanted): Promise<Guessed> {
  const { about, seen, hasSimulated } = await lookAt(file, set);
  const guess = guessMapping(seen, wanted.kind);
  const marked = hasSimulated && guess?.kind === 'single' ? { ...guess, simulated: true as const } : guess;
  const start = wanted.mapping ?? (marked && withChosen(marked, wanted, set.classes));
  if (!start) {
    const leftOut = new LeftOutCount().counts;
    return { ...about, mapping: null, words: [], names: [], leftOut };
  }
  const { words, names, leftOut } = await readWords(file, { set, checkPerson }, start);
  let mapping = withWords(start, words);
  const mayHaveModels = !wanted.mapping && !wanted.aside;
  if (mayHaveModels && mapping.layout === 'answers' && hasPeopleAndModels(mapping.labeler))
    mapping = { ...mapping, aside: modelsAmong(names) };
  return { ...about, mapping, words, names, leftOut };
}

/**
 * Reads a table and says what its import would store.
 * @throws UserError `csv.*`, `file.*`, `labeling.table` if it cannot be read at all
 */
export async function previewPeople(file: TableFile, about: About, wanted: Wanted): Promise<PeoplePreview> {
  const guess = await guessTable(file, about, wanted);
  const { mapping } = guess;
  if (!mapping) return { ...guess, reading: null, problem: null };
  try {
    const read = await readPeople(file, about, mapping);
    if (read.rows.length === 0) throw nobody(file);
    return { ...guess, reading: readingOf(mapping.kind, read), problem: null };
  } catch (error) {
    return { ...guess, reading: null, problem: problemOf(error) };
  }
}

/** The kind of answers that a table's columns look like. @throws UserError `csv.*`, `file.*`, `labeling.table` */
export async function kindOfTable(file: TableFile, { set }: Pick<About, 'set'>): Promise<ResponseKind> {
  const { seen } = await lookAt(file, set);
  return guessMapping(seen, null)?.kind ?? 'single';
}

/** How many people and answers are in what was read; people null: nobody knows. */
export const readingOf = (
  kind: ResponseKind,
  { rows, findings }: { rows: readonly PanelRow[]; findings: PanelFindings },
): NonNullable<PeoplePreview['reading']> => ({
  people: kind === 'counts' || findings.anonymous ? null : rows.length,
  answers: rows.reduce((sum, { amount }) => sum + amount, 0),
  findings,
});

/** Spellings of labels, names of labelers, and who is left out. */
async function readWords(file: TableFile, { set, checkPerson }: About, mapping: PeopleMapping) {
  const [spellings, people, leftOut] = [new Map<string, number>(), new Set<string>(), new LeftOutCount()];
  let columns: readonly string[] = [];
  const { hasClassNames } = await readTable(file, set.hash, (names) => {
    columns = names;
    const places = labelColumns(mapping).map((name) => names.indexOf(name));
    const labeler = mapping.layout === 'answers' ? names.indexOf(mapping.labeler ?? '') : -1;
    const filter = rowFilter(names, mapping, checkPerson);
    return (cells) => {
      const person = (cells[labeler] ?? '').trim();
      if (labeler >= 0 && people.size < most.words) people.add(person.slice(0, 200));
      const why = filter(cells);
      if (isLeftOut(why)) leftOut.add(why, person);
      if (why !== null) return;
      for (const at of places) {
        for (const text of at < 0 ? [] : spellingsIn(mapping, cells[at] ?? '')) {
          if (spellings.size < most.words || spellings.has(text)) spellings.set(text, (spellings.get(text) ?? 0) + 1);
        }
      }
    };
  });
  const words = guessWords(spellings, mapping, { columns, classes: set.classes, hasClassNames });
  return { words, names: [...people], leftOut: leftOut.counts };
}

/**
 * Reads and checks all answers of a table, with a guessed mapping where nobody chose one.
 * @throws UserError `csv.*`, `file.*`, `labeling.table`, `option.map`
 */
export async function readWanted(file: TableFile, about: About, wanted: Wanted) {
  const mapping = wanted.mapping ?? (await guessTable(file, about, wanted)).mapping;
  if (mapping) return { mapping, ...(await readPeople(file, about, mapping)) };
  throw refusals.table(
    `The columns of this table do not look like answers of the kind “${wanted.kind}”`,
    file.name,
    'Choose its columns on the screen Labeling of a study with these images, or with --map.',
  );
}

/** `readWanted` for a table that a study will store. @throws UserError `csv.*`, `file.*`, `labeling.*`, `option.map` */
export async function readForStudy(workbench: Workbench, studyName: string, { path, name }: TableFile, wanted: Wanted) {
  const { source, ...about } = await aboutStudy(workbench, studyName, { path, name });
  const { leftOut, ...read } = await readWanted({ path, name }, about, wanted);
  return { ...read, source, leftOut: leftOut.counts, present: leftOut.names('present') };
}

/** Reads and checks all answers of a table. @throws UserError `csv.*`, `file.*`, `labeling.table` */
export async function readPeople(file: TableFile, about: About, mapping: PeopleMapping): Promise<ReadAnswers> {
  let builder: PeopleBuilder | undefined;
  await readTable(file, about.set.hash, (names) => {
    const own = new PeopleBuilder(names, file, mapping, about);
    builder = own;
    return (cells, where) => own.take(cells, where);
  });
  if (!builder) throw refusals.table('This table contains no rows', file.name, 'Choose a table with answers.');
  return builder.end();
}
