import { readFileSync } from 'node:fs';
import type { TableLook } from '../../../contract/labeling/tables.ts';
import { sha256 } from '../../../files/blobs.ts';
import type { LabelingDesk } from '../desk.ts';
import { labelledStudy } from '../../labels/find.ts';
import { guessClass, guessColumns, looksOwn, readingOf } from './guess.ts';
import { LeftOutCount, ownWords, standingIn } from '../../labels/left-out.ts';
import { readTable } from './rows.ts';
import type { TableFile } from './rows.ts';

/** Spellings that are looked at, and rows that are shown. */
const most = { labels: 1000, sample: 8 };

/** The columns that are looked into; null: those that seem to be meant. */
export interface LookedAt {
  label: string | null;
  labeler: string | null;
}

/** The source of labelers who come with a file. */
export const sourceOf = (path: string): string => `csv:${sha256(readFileSync(path))}`;

/** What is in a table, and what its columns and classes seem to be. @throws UserError `csv.*`, `labeling.*`, `upload.gone` */
export async function inspectTable(
  desk: LabelingDesk,
  studyName: string,
  upload: string,
  wanted: LookedAt,
): Promise<TableLook> {
  const found = labelledStudy(desk.bench, studyName);
  return desk.uploads.use(upload, (file) => lookInto(desk, found, file, wanted));
}

async function lookInto(
  desk: LabelingDesk,
  { study, set }: ReturnType<typeof labelledStudy>,
  file: TableFile,
  wanted: LookedAt,
): Promise<TableLook> {
  const standing = standingIn(desk.bench, study.id, sourceOf(file.path));
  const [sample, spellings, leftOut] = [[] as string[][], new Map<string, number>(), new LeftOutCount()];
  let columns: readonly string[] = [];
  let rows = 0;
  const format = await readTable(file, set.hash, (names) => {
    columns = names;
    const guess = guessColumns(names);
    const [label, labeler] = [wanted.label ?? guess.label, wanted.labeler ?? guess.labeler].map((name) =>
      names.indexOf(name ?? ''),
    );
    const own = ownWords(names);
    return (cells) => {
      rows += 1;
      if (sample.length < most.sample) sample.push(cells.map((cell) => cell.slice(0, 200)));
      const [word, name] = [own(cells), cells[labeler ?? -1] ?? ''];
      const why = word ?? standing(name.trim());
      if (why !== null && why !== 'older') leftOut.add(why, name);
      const text = cells[label ?? -1]?.slice(0, 200);
      if (why !== null || text === undefined || (spellings.size >= most.labels && !spellings.has(text))) return;
      spellings.set(text, (spellings.get(text) ?? 0) + 1);
    };
  });
  const guess = guessColumns(columns);
  const own = looksOwn(wanted.label ?? guess.label, columns);
  // The workbench's JSON has names alone.
  const reading = format === 'json' ? 'names' : readingOf([...spellings.keys()], set.classes, own);
  return {
    guess,
    ...{ name: file.name, format, columns: [...columns], sample, rows, leftOut: leftOut.counts },
    labels: [...spellings].map(([text, count]) => ({ text, count, guess: guessClass(text, set.classes, reading) })),
  };
}
