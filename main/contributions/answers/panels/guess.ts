import { cannotTell, type PeopleWords } from '../contract/words.ts';
import type { PeopleMapping, PeoplePreview } from '../contract/panels.ts';
import type { ResponseKind } from '../../../contract/stimuli/index.ts';
import { isToolboxTable } from '../../formats/toolbox/model-vs-human.ts';
import { placeColumns } from '../../../domain/stimuli/index.ts';
import { guessClass, guessColumns, guessSpellings, looksOwn } from '../tables/columns.ts';
import { truthColumns } from '../tables/image-finder.ts';

/** What a guess rests on. */
interface Seen {
  columns: readonly string[];
  /** Some of its first rows. */
  rows: readonly (readonly string[])[];
  classes: readonly string[];
  /** Whether row n is about image n, as in an array or a list. */
  isOrdered: boolean;
}

const usual = {
  labels: ['labels', 'label_set', 'set', 'classes'],
  rating: ['rating', 'score', 'probability', 'confidence', 'value', 'strength'],
  total: ['n', 'total', 'n_labels', 'num_labels', 'annotators', 'labels'],
  severalLabels: /^((random_)?(label|annotator|rater)[ _-]?)?\d+$/i,
};

/**
 * The mapping of a table's columns that is most likely for a kind of answers, without meanings of words; null: the table
 * does not look like answers of this kind. Unknown columns of single labels are ''.
 * @param kind null: any kind, and single labels where it looks like no other
 */
export function guessMapping(seen: Seen, kind: ResponseKind | null): PeopleMapping | null {
  const single = singleMapping(seen.columns);
  if (kind === 'single') return single;
  const isOwn = looksOwn(single.label, seen.columns) && placeColumns.every((name) => seen.columns.includes(name));
  return kind === null && isOwn ? single : (guessPanel(seen, kind) ?? (kind === null ? single : null));
}

function singleMapping(columns: readonly string[]): Extract<PeopleMapping, { layout: 'answers' }> {
  const { image = '', labeler = '', label = '', trials } = guessColumns(columns);
  const mapping = { layout: 'answers', kind: 'single', image, labeler, label, rating: null, words: {} } as const;
  return trials === undefined ? mapping : { ...mapping, trials };
}

function guessPanel(seen: Seen, kind: Exclude<ResponseKind, 'single'> | null): PeopleMapping | null {
  const guess = guessColumns(seen.columns);
  const image = guess.image ?? (hasUnknown(seen) ? '' : null);
  const find = (names: readonly string[]): string | null =>
    seen.columns.find((name) => names.includes(name.toLowerCase())) ?? null;
  const isWanted = (one: ResponseKind): boolean => kind === null || kind === one;
  if (isWanted('counts')) {
    const classes = classColumns(seen);
    if (classes)
      return {
        layout: 'wide',
        kind: 'counts',
        image,
        classes,
        total: hasShares(seen, classes) ? find(usual.total) : null,
      };
    const columns = seen.columns.filter((name) => usual.severalLabels.test(name));
    if (columns.length > 1) return { layout: 'labels', kind: 'counts', image, columns, words: {} };
  }
  const labeler = guess.labeler ?? (hasUnknown(seen) ? '' : null);
  const [rating, labels] = [find(usual.rating), find(usual.labels)];
  const answers = { layout: 'answers', image, labeler, rating: null, words: {} } as const;
  const label = guess.label ?? null;
  if (isWanted('graded') && rating !== null && label !== null) return { ...answers, kind: 'graded', label, rating };
  const setLabel = labels ?? (kind === 'set' || hasCell(seen, label, /\|/) ? label : null);
  if (isWanted('set') && setLabel !== null) return { ...answers, kind: 'set', label: setLabel };
  const isAbstaining =
    kind === 'abstain' || (kind === null && (isToolboxTable(seen.columns) || hasCell(seen, label, unsure)));
  if (isAbstaining && label !== null) return { ...answers, kind: 'abstain', label };
  return null;
}

/** Whether a column has an unknown meaning: it may name images or people, so that nothing may be guessed without it. */
function hasUnknown(seen: Seen): boolean {
  if (seen.isOrdered) return false;
  const { image, labeler, label } = guessColumns(seen.columns);
  const classes = Object.keys(classColumns(seen) ?? {});
  const known = new Set([image, labeler, label, ...classes]);
  const words: readonly string[] = [
    ...usual.labels,
    ...usual.rating,
    ...usual.total,
    ...truthColumns,
    '',
    'session',
    'trial',
    'rt',
  ];
  return seen.columns.some(
    (name) => !known.has(name) && !words.includes(name.toLowerCase()) && !usual.severalLabels.test(name),
  );
}

/** Columns that are called like a class, or `count_0`, `count_1`, ...; null unless there is one for each class. */
function classColumns({ columns, classes }: Seen): Record<string, number> | null {
  const byName = columns.flatMap((name): [string, number][] => {
    const label = /\d/.test(name) && !classes.includes(name.trim()) ? null : guessClass(name, classes, 'names');
    return label === null ? [] : [[name, label]];
  });
  const byNumber = columns.flatMap((name): [string, number][] => {
    const number = /^(?:count_)?(\d{1,3})$/.exec(name)?.[1];
    return number === undefined ? [] : [[name, Number(number)]];
  });
  const found = [byNumber, byName].find(
    (of) => of.length === classes.length && classes.every((_, k) => of.some(([, label]) => label === k)),
  );
  return found ? Object.fromEntries(found) : null;
}

const hasShares = ({ columns, rows }: Seen, classes: Record<string, number>): boolean =>
  rows.some((cells) =>
    Object.keys(classes).some((name) => /^[^.]*\.\d*[1-9]|e-/i.test(cells[columns.indexOf(name)] ?? '')),
  );

const hasCell = ({ columns, rows }: Seen, column: string | null, pattern: RegExp): boolean =>
  column !== null && rows.some((cells) => pattern.test(cells[columns.indexOf(column)]?.trim() ?? ''));

const unsure = /^(\?|can(['’]?t|not)[ _-]?tell|cannot-tell|unsure|don['’]?t know|dk|abstain)$/i;
const noAnswer = /^(|na|n\/a|nan|none|null)$/i;

/** Columns with labels, whose spellings have meanings. */
export const labelColumns = (mapping: PeopleMapping): string[] =>
  mapping.layout === 'answers' ? [mapping.label] : mapping.layout === 'labels' ? mapping.columns : [];

/** Spellings in a cell of these columns. */
export const spellingsIn = ({ kind }: PeopleMapping, cell: string): string[] =>
  (kind === 'set' ? cell.split('|') : [cell]).map((text) => text.trim().slice(0, 200));

/** What each spelling probably means. */
export function guessWords(
  spellings: ReadonlyMap<string, number>,
  mapping: PeopleMapping,
  about: Parameters<typeof guessSpellings>[2],
): PeoplePreview['words'] {
  const label = mapping.layout === 'answers' ? mapping.label : null;
  return guessSpellings(spellings, label, about).map(({ text, count, guess }) => ({
    text,
    count,
    guess: guess ?? (unsure.test(text) ? cannotTell : null),
  }));
}

/** The mapping with meanings for all spellings that have one; those that it has already stay. */
export function withWords(mapping: PeopleMapping, words: PeoplePreview['words']): PeopleMapping {
  if (mapping.layout === 'wide') return mapping;
  const guessed = words.flatMap(({ text, guess }): [string, PeopleWords[string]][] => {
    if (guess === cannotTell && mapping.kind !== 'abstain') return [];
    return guess !== null ? [[text, guess]] : noAnswer.test(text) ? [[text, null]] : [];
  });
  return { ...mapping, words: { ...Object.fromEntries(guessed), ...mapping.words } };
}
