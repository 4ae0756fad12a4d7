import type { PeopleWords } from '../contract/words.ts';
import type { PeopleMapping } from '../contract/panels.ts';
import { UserError } from '../../../contract/wire/index.ts';

/**
 * Columns by what they have: `image`, `labeler`, `label`; also `rating` of ratings, `trials` of single labels, `total` of shares,
 * `labels` (several, separated by commas) where each column has labels, and the name of a class where it has a column. A blank
 * one: no column.
 */
export type ColumnChoice = Readonly<Record<string, string>>;

interface Chosen {
  columns?: ColumnChoice;
  total?: number | null;
  aside?: string[] | null;
  words?: PeopleWords;
}

/** A mapping with what was chosen in place of a guess. @throws UserError `option.map` for a part that it does not have */
export function withChosen(
  guess: PeopleMapping,
  { columns = {}, total = null, aside = null, words = {} }: Chosen,
  classes: readonly string[],
): PeopleMapping {
  let mapping = guess;
  if (mapping.layout === 'wide' && total !== null) mapping = { ...mapping, total };
  if (mapping.layout === 'answers' && aside !== null) mapping = { ...mapping, aside };
  if (mapping.layout !== 'wide') mapping = { ...mapping, words: { ...mapping.words, ...words } };
  for (const [part, column] of Object.entries(columns)) {
    const next = withColumn(mapping, part, column, classes);
    if (!next) throw noPart(part, mapping, classes);
    mapping = next;
  }
  return mapping;
}

function withColumn(
  mapping: PeopleMapping,
  part: string,
  column: string,
  classes: readonly string[],
): PeopleMapping | null {
  const orNone = column === '' ? null : column;
  if (part === 'image') return { ...mapping, image: orNone };
  if (mapping.layout === 'labels') return part === 'labels' ? { ...mapping, columns: column.split(',') } : null;
  if (mapping.layout === 'wide') {
    if (part === 'total') return { ...mapping, total: orNone };
    const label = classes.indexOf(part);
    if (label < 0) return null;
    const others = Object.entries(mapping.classes).filter(([name, each]) => each !== label && name !== column);
    return { ...mapping, classes: Object.fromEntries(orNone === null ? others : [...others, [column, label]]) };
  }
  const { trials: _, ...withoutTrials } = mapping;
  if (part === 'labeler') return { ...mapping, labeler: orNone };
  if (part === 'label') return { ...mapping, label: column };
  if (part === 'rating' && mapping.kind === 'graded') return { ...mapping, rating: orNone };
  if (part === 'trials' && mapping.kind === 'single')
    return orNone === null ? withoutTrials : { ...mapping, trials: column };
  return null;
}

const partsOf = ({ layout, kind }: PeopleMapping, classes: readonly string[]): string[] => {
  if (layout === 'labels') return ['image', 'labels'];
  if (layout === 'wide') return ['image', 'total', ...classes.slice(0, 5)];
  const more = kind === 'graded' ? ['rating'] : kind === 'single' ? ['trials'] : [];
  return ['image', 'labeler', 'label', ...more];
};

const noPart = (part: string, mapping: PeopleMapping, classes: readonly string[]): UserError =>
  new UserError(
    'option.map',
    `"${part.slice(0, 60)}" is no part of such a table`,
    '--map',
    `Write one of ${partsOf(mapping, classes).join(', ')}, "=" and a column; --kind says what kind of answers the table has.`,
  );

/** A mapping as options of the command line. */
export function asOptions(mapping: PeopleMapping, classes: readonly string[]): string[] {
  const { image } = mapping;
  const others: Record<string, string | number | null | undefined> =
    mapping.layout === 'labels'
      ? { labels: mapping.columns.join(',') }
      : mapping.layout === 'answers'
        ? { labeler: mapping.labeler, label: mapping.label, rating: mapping.rating, trials: mapping.trials }
        : {
            ...Object.fromEntries(
              Object.entries(mapping.classes).map(([name, label]) => [classes[label] ?? label, name]),
            ),
            total: typeof mapping.total === 'string' ? mapping.total : null,
          };
  return Object.entries({ image, ...others }).flatMap(([part, column]) =>
    column === null || column === undefined ? [] : [`${part}=${column}`],
  );
}
