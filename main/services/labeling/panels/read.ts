import type { PanelMapping, PanelPreview } from '../../../contract/labeling/panels.ts';
import { hasPeopleAndModels, modelsAmong } from '../../../domain/model-vs-human.ts';
import { problemOf } from '../../../contract/errors.ts';
import type { PanelFindings, PanelKind } from '../../../contract/responses.ts';
import type { PanelRow, StimulusSetRecord } from '../../../storage/index.ts';
import { studyWithStimuli } from '../../labels/find.ts';
import type { Workbench } from '../../tools/workbench.ts';
import { refusals } from '../../labels/refusals.ts';
import { readTable, type TableFile } from '../tables/readers.ts';
import { PanelBuilder } from './build.ts';
import { guessMapping, guessWords, labelColumns, spellingsIn, withWords } from './guess.ts';

/** Rows that a guess looks at, rows shown, and spellings counted. */
const most = { looked: 200, sample: 8, words: 1000 };

/** Images and people that a table is about. */
export interface About {
  set: StimulusSetRecord;
  hasWithdrawn: (pseudonym: string) => boolean;
}

/** What a study's panel is about. @throws UserError `study.not-found`, `labeling.no-stimuli` */
export function panelAbout(workbench: Workbench, studyName: string, source: string): About {
  const { study, set } = studyWithStimuli(workbench, studyName);
  return { set, hasWithdrawn: withdrawalCheck(workbench, study.id, source) };
}

/** Tells whether a person of a file withdrew. */
export function withdrawalCheck(
  { storage }: Pick<Workbench, 'storage'>,
  studyId: number,
  source: string,
): About['hasWithdrawn'] {
  const withdrawals = storage.labeling.withdrawals.lookup(studyId);
  const known = new Map<string, boolean>();
  return (pseudonym) => {
    const before = known.get(pseudonym);
    if (before !== undefined) return before;
    const found = withdrawals.find({ source, pseudonym }) !== undefined;
    known.set(pseudonym, found);
    return found;
  };
}

/**
 * Reads a table and says what its import would store.
 * @param kind what to guess a mapping for; null: any kind but single labels
 * @param mapping null: guessed. Spellings without a meaning get a guessed one
 * @throws UserError `csv.*`, `file.*`, `labeling.table` if it cannot be read at all
 */
export async function previewPanel(
  file: TableFile,
  { set, hasWithdrawn, kind, mapping: wanted }: About & { kind: PanelKind | null; mapping: PanelMapping | null },
): Promise<PanelPreview> {
  let columns: readonly string[] = [];
  let rows = 0;
  const looked: string[][] = [];
  const { format } = await readTable(file, set.hash, (names) => {
    columns = names;
    return (cells) => {
      rows += 1;
      if (looked.length < most.looked) looked.push([...cells]);
    };
  });
  const sample = looked.slice(0, most.sample).map((cells) => cells.map((cell) => cell.slice(0, 200)));
  const about = { name: file.name, columns: [...columns], sample, rows };
  const start =
    wanted ?? guessMapping({ columns, rows: looked, classes: set.classes, isOrdered: format !== 'csv' }, kind);
  if (!start) return { ...about, mapping: null, words: [], names: [], reading: null, problem: null };
  const { words, names } = await readWords(file, set, start);
  const mapping = withWords(wanted ? start : withoutModels(start, names), words);
  try {
    const read = await readPanel(file, { set, hasWithdrawn, mapping });
    return { ...about, mapping, words, names, reading: readingOf(mapping.kind, read), problem: null };
  } catch (error) {
    return { ...about, mapping, words, names, reading: null, problem: problemOf(error) };
  }
}

/** How many people and answers are in what was read; people null: nobody knows. */
export const readingOf = (
  kind: PanelKind,
  { rows, findings }: { rows: readonly PanelRow[]; findings: PanelFindings },
): NonNullable<PanelPreview['reading']> => ({
  people: kind === 'counts' || findings.anonymous ? null : rows.length,
  answers: rows.reduce((sum, { amount }) => sum + amount, 0),
  findings,
});

/** Sets models aside, in a table that has people and models in one column. */
const withoutModels = (mapping: PanelMapping, names: readonly string[]): PanelMapping =>
  mapping.layout === 'answers' && hasPeopleAndModels(mapping.labeler)
    ? { ...mapping, aside: modelsAmong(names) }
    : mapping;

/** Spellings of labels, and names of labelers. */
async function readWords(
  file: TableFile,
  set: StimulusSetRecord,
  mapping: PanelMapping,
): Promise<Pick<PanelPreview, 'words' | 'names'>> {
  const [spellings, people] = [new Map<string, number>(), new Set<string>()];
  const { hasClassNames } = await readTable(file, set.hash, (names) => {
    const places = labelColumns(mapping).map((name) => names.indexOf(name));
    const labeler = mapping.layout === 'answers' ? names.indexOf(mapping.labeler ?? '') : -1;
    return (cells) => {
      if (labeler >= 0 && people.size < most.words) people.add((cells[labeler] ?? '').trim().slice(0, 200));
      for (const at of places) {
        for (const text of spellingsIn(mapping, cells[at] ?? '')) {
          if (spellings.size < most.words || spellings.has(text)) spellings.set(text, (spellings.get(text) ?? 0) + 1);
        }
      }
    };
  });
  return { words: guessWords(spellings, set.classes, hasClassNames), names: [...people] };
}

/** Reads and checks all answers of a table. @throws UserError `csv.*`, `file.*`, `labeling.table` */
export async function readPanel(
  file: TableFile,
  { mapping, ...about }: About & { mapping: PanelMapping },
): Promise<{ rows: PanelRow[]; findings: PanelFindings }> {
  let builder: PanelBuilder | undefined;
  await readTable(file, about.set.hash, (names) => {
    const own = new PanelBuilder(names, file, mapping, about);
    builder = own;
    return (cells, where) => own.take(cells, where);
  });
  if (!builder) throw refusals.table('This table contains no rows', file.name, 'Choose a table with answers.');
  return builder.end();
}
