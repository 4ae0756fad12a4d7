import type { Cell, Column, Exhibit, Quantity } from '../../contract/results/exhibit.ts';
import { claimMarks } from './claims.ts';

/** How exhibits are read: shared by the page and by every file of a report. */

export const isQuantity = (cell: Cell | undefined): cell is Quantity => typeof cell === 'object' && cell !== null;

const hasInterval = (cell: Cell | undefined): boolean => isQuantity(cell) && cell.interval?.lo != null;

/** Whether any number of it has an interval; where none has, a note says why, once. */
export const hasIntervals = ({ rows }: Pick<Exhibit, 'rows'>): boolean => rows.flat().some(hasInterval);

/** Names a number of images, or their share of all, the same wherever it is shown. */
export const countName = (counts: NonNullable<Quantity['counts']>, unit: 'images' | '%'): string =>
  JSON.stringify([counts.group, counts.which, unit]);

/** The name of a type's share of images; undefined: it is none. Of other images that a number counts there are also means. */
export const shareName = ({ counts, std, of }: Quantity): string | undefined =>
  counts && std === null && of === 'images' && ['type', 'type-b', 'exceptions'].includes(counts.which.kind)
    ? countName(counts, '%')
    : undefined;

/** Columns that name a row, from the first. */
export const headCount = ({ heads = 1 }: Exhibit): number => heads;

/** The number in a row under the column of a key; null where there is none. */
export function quantityAt(exhibit: Exhibit, row: number, key: string): Quantity | null {
  const cell = exhibit.rows[row]?.[exhibit.columns.findIndex((column) => column.key === key)];
  return isQuantity(cell) ? cell : null;
}

/** What the column of a key is called. */
export const columnName = ({ columns }: Pick<Exhibit, 'columns'>, key: string): string =>
  columns.find((column) => column.key === key)?.name ?? key;

/** A column as one of its cells is read: with the cell's own digits, where it has them. */
export const columnFor = (column: Column, cell: Cell): Column =>
  isQuantity(cell) && cell.decimals !== undefined ? { ...column, decimals: cell.decimals } : column;

/** Digits behind the point where a number is read: a whole number without a spread in a column of means is a count. */
export const shownDecimals = (
  { spread, decimals }: Column,
  { value, std }: Pick<Quantity, 'value' | 'std'>,
): number | undefined => (spread && std === null && Number.isInteger(value) ? undefined : decimals);

/** `< 0.0001`, never broken over lines, for a p value that would be read as 0; null for any other number. */
export function smallP({ p, decimals = 0 }: Pick<Column, 'p' | 'decimals'>, value: number): string | null {
  return p && Number(value.toFixed(decimals)) === 0 ? `<\u00a0${(10 ** -decimals).toFixed(decimals)}` : null;
}

/**
 * Without the columns that do not belong where it is read. On pages also without what stands for missing intervals in a
 * column in which no number has one, if the note on intervals says why.
 */
export function forReading(exhibit: Exhibit, where: 'page' | 'latex'): Exhibit {
  const { columns, rows, intervals } = exhibit;
  const isRead = (_: unknown, at: number): boolean => columns[at]?.hiddenOn?.includes(where) !== true;
  const isSaid = (cell: Cell | undefined): boolean =>
    !isQuantity(cell) || intervals?.includes(cell.interval?.undefined ?? '') === true;
  const isNoted = columns.map(
    (_, at) => where === 'page' && rows.every((cells) => !hasInterval(cells[at]) && isSaid(cells[at])),
  );
  const read = (cell: Cell, at: number): Cell => (isNoted[at] && isQuantity(cell) ? { ...cell, interval: null } : cell);
  return { ...exhibit, columns: columns.filter(isRead), rows: rows.map((cells) => cells.map(read).filter(isRead)) };
}

/** Source of rows in files: this study's numbers, or those that the paper prints. */
const [ours, theirs] = ['this study', 'paper'];

/** The exhibit as files have it: the paper's values in rows of their own; a column `Source` tells them apart. */
export function withPaperRows(exhibit: Exhibit): Exhibit {
  if (!exhibit.paper) return exhibit;
  const heads = headCount(exhibit);
  const insert = <T>(cells: readonly T[], source: T): T[] => [...cells.slice(0, heads), source, ...cells.slice(heads)];
  return {
    ...exhibit,
    heads: heads + 1,
    columns: insert<Column>(exhibit.columns, { name: 'Source' }),
    rows: exhibit.rows.flatMap((cells) => {
      const own = insert<Cell>(cells, ours);
      if (!cells.some((cell) => isQuantity(cell) && cell.paper)) return [own];
      const paper = cells.map((cell, at) => (at < heads ? paperHead(cell) : paperCell(cell)));
      return [own, insert<Cell>(paper, theirs)];
    }),
  };
}

/** People labeled for the paper, whoever labels in this study. */
const paperHead = (cell: Cell): Cell => (cell === 'simulated labelers' ? 'people' : cell);

function paperCell(cell: Cell): Cell {
  if (!isQuantity(cell) || !cell.paper) return null;
  const { mean: value, std } = cell.paper;
  return { value, std, n: null, of: null, interval: null, paper: null, undefined: null };
}

/** Whether a row of `withPaperRows` holds what the paper prints. */
export const isPaperRow = (exhibit: Exhibit, row: number): boolean =>
  exhibit.paper === true && exhibit.rows[row]?.[headCount(exhibit) - 1] === theirs;

type Flat = string | number | null;

/** A part of a number in a column of its own. */
type Part = readonly [name: string, read: (quantity: Quantity) => Flat];

const when = (value: boolean, parts: readonly Part[]): readonly Part[] => (value ? parts : []);

/** Parts that stand right behind a column's value. */
function closeParts({ spread = false, showN = false, interval = false }: Column): readonly Part[] {
  const read = (part: 'lo' | 'hi' | 'nNull') => (quantity: Quantity) =>
    quantity.value === null ? null : (quantity.interval?.[part] ?? null);
  return [
    ...when(interval, [
      ['from', read('lo')],
      ['to', read('hi')],
      ['left out', read('nNull')],
      ['claim', ({ value, interval: of }) => (value === null ? null : of && claimMarks[of.claim])],
    ]),
    ...when(spread, [['std', ({ std }) => std]]),
    ...when(spread && showN, [['n', ({ value, n }) => (value === null ? null : n)]]),
  ];
}

const intervalParts: readonly Part[] = [
  ['95 % from', ({ interval }) => interval?.lo ?? null],
  ['95 % to', ({ interval }) => interval?.hi ?? null],
  ['95 % claim', ({ interval }) => (interval?.n ? claimMarks[interval.claim] : null)],
  ['95 % units', ({ interval }) => (interval?.n ? `${interval.n} ${interval.units}` : null)],
  ['95 % not defined', ({ interval }) => interval?.undefined ?? null],
];

/** Other parts of a column's numbers, behind all columns so that those keep their places. */
function furtherParts({ columns, rows }: Exhibit, at: number, rehearsal: boolean): readonly Part[] {
  const quantities = rows.map((cells) => cells[at]).filter(isQuantity);
  const has = (part: keyof Quantity): boolean => quantities.some((quantity) => (quantity[part] ?? null) !== null);
  const { spread, showN } = columns[at] ?? {};
  const unit = ({ of }: Quantity): Flat => (rehearsal ? (of?.replace('people', 'simulated labelers') ?? null) : of);
  const isClaimed = quantities.some(({ interval }) => interval !== null && interval.claim !== 'raters');
  return [
    ...when(!spread && has('std'), [['std', ({ std }) => std]]),
    ...when(!(spread && showN) && has('n'), [['n', ({ n }) => n]]),
    ...when(has('of'), [['n of what', unit]]),
    ...when(isClaimed, intervalParts),
    ...when(has('undefined'), [['not defined', (quantity) => quantity.undefined]]),
    ...when(has('note'), [['note', ({ note }) => note ?? null]]),
  ];
}

/** A column of plain numbers and texts that is read from the cells of a row. */
interface FlatColumn {
  name: string;
  read: (cells: readonly Cell[]) => Flat;
}

const partColumns = ({ name }: Column, at: number, parts: readonly Part[]): FlatColumn[] =>
  parts.map(([part, read]) => ({
    name: `${name}: ${part}`,
    read: (cells) => (isQuantity(cells[at]) ? read(cells[at]) : null),
  }));

/** Columns that files of the paper's tables have behind those of the exhibit: intervals, n, reasons, notes of its numbers. */
export const furtherColumns = (exhibit: Exhibit, rehearsal: boolean): FlatColumn[] =>
  exhibit.paper ? allParts(exhibit, rehearsal) : [];

const allParts = (exhibit: Exhibit, rehearsal: boolean): FlatColumn[] =>
  exhibit.columns.flatMap((column, at) => partColumns(column, at, furtherParts(exhibit, at, rehearsal)));

/**
 * An exhibit as columns of plain numbers and texts, for files to compute with: every digit, nothing where a value is not
 * defined. @param rehearsal labels are simulated: a last column says so in each row that they are in
 * @param further what columns of all else that is known of its numbers follow
 */
export function flatTable(
  exhibit: Exhibit,
  rehearsal: boolean,
  further: 'as in files' | 'all' = 'as in files',
): { columns: string[]; rows: Flat[][] } {
  const table = withPaperRows(exhibit);
  const columns = [
    ...table.columns.flatMap((column, at): FlatColumn[] => [
      { name: column.name, read: (cells) => (isQuantity(cells[at]) ? cells[at].value : (cells[at] ?? null)) },
      ...partColumns(column, at, closeParts(column)),
    ]),
    ...(further === 'all' ? allParts : furtherColumns)(table, rehearsal),
  ];
  const marked = exhibit.people && rehearsal;
  return {
    columns: [...columns.map(({ name }) => name), ...(marked ? ['rehearsal'] : [])],
    rows: table.rows.map((cells, row) => [
      ...columns.map(({ read }) => read(cells)),
      ...(marked ? [isPaperRow(table, row) ? null : 'yes'] : []),
    ]),
  };
}
