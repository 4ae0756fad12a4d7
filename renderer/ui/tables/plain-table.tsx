import { Box } from '@mantine/core';
import { type ComponentProps, Fragment, type ReactNode } from 'react';

/** A scrolling element must be reachable by keyboard. */
const reachable = { tabIndex: 0 };

/** A box that scrolls by mouse and keyboard, for content that may be larger than its place. */
export function ScrollBox({ label, className = 'scroll-x', maxHeight, children }: ScrollBoxProps) {
  const style = maxHeight === undefined ? undefined : { maxHeight, overflow: 'auto' };
  return (
    <section className={className} aria-label={label} style={style} {...reachable}>
      {children}
    </section>
  );
}

interface ScrollBoxProps {
  /** Accessible name. */
  label: string;
  className?: string | undefined;
  /** CSS pixels, from which on it scrolls up and down too. */
  maxHeight?: number | undefined;
  children: ReactNode;
}

type Heading = Pick<PlainColumn<never>, 'title' | 'hidden' | 'numeric'>;

function HeadRow({ headings }: { headings: readonly Heading[] }) {
  return (
    <thead>
      <tr>
        {withKeys(headings).map(({ key, item: { title, hidden, numeric } }) => (
          <th key={key} scope="col" data-numeric={numeric || undefined}>
            {hidden ? <span className="sr">{title}</span> : title}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** One row of column headings. */
export const TableHead = ({ names }: { names: readonly string[] }) => (
  <HeadRow headings={names.map((title) => ({ title }))} />
);

export interface PlainColumn<Row> {
  title: ReactNode;
  /** True: only screen readers read the title. */
  hidden?: boolean;
  numeric?: boolean;
  cell: (row: Row) => ReactNode;
  /** What its cells have besides their content. */
  attributes?: (row: Row) => ComponentProps<'td'> & Readonly<Record<`data-${string}`, unknown>>;
}

interface PlainTableProps<Row> {
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
  /** The first names the row. Those that are false are left out. */
  columns: readonly (PlainColumn<Row> | false)[];
  /** Accessible name of the box in which it scrolls; left out: it does not scroll. */
  label?: string;
  /** Class of that box. */
  box?: string;
  /** Height of that box at most, in CSS pixels. */
  maxHeight?: number;
  /** Further classes of the table. */
  className?: string;
  /** Shown over a row that the mouse points at. */
  rowTitle?: (row: Row) => string;
  /** Stands in a row over all columns but the first; undefined: the row has its cells. */
  instead?: (row: Row) => ReactNode;
  /** Stands below a row over all columns; false: nothing does. */
  below?: (row: Row) => ReactNode;
  /** Above the table. */
  caption?: ReactNode;
}

/** A table from its columns, all of whose rows are drawn. */
export function PlainTable<Row>(props: PlainTableProps<Row>) {
  const { rows, rowKey, label, box, maxHeight, className, rowTitle, instead, below, caption } = props;
  const columns = withKeys(props.columns.filter((column) => column !== false));
  const table = (
    <table className={['plain-table', className].join(' ').trim()}>
      {caption !== undefined && (
        <Box component="caption" pb="xs" c="dimmed" fz="xs" ta="left">
          {caption}
        </Box>
      )}
      <HeadRow headings={columns.map(({ item }) => item)} />
      <tbody>
        {rows.map((row) => {
          const text = instead?.(row);
          const more = below?.(row);
          return (
            <Fragment key={rowKey(row)}>
              <tr title={rowTitle?.(row)}>
                {columns.slice(0, text === undefined ? columns.length : 1).map(({ key, item, place }) =>
                  place === 0 ? (
                    <th key={key} scope="row">
                      {item.cell(row)}
                    </th>
                  ) : (
                    <td key={key} data-numeric={item.numeric || undefined} {...item.attributes?.(row)}>
                      {item.cell(row)}
                    </td>
                  ),
                )}
                {text !== undefined && <td colSpan={columns.length - 1}>{text}</td>}
              </tr>
              {more && (
                <tr>
                  <td colSpan={columns.length}>{more}</td>
                </tr>
              )}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
  if (label === undefined) return table;
  return (
    <ScrollBox label={label} className={box} maxHeight={maxHeight}>
      {table}
    </ScrollBox>
  );
}

/** Items with React keys by position, for items without a unique name. */
export const withKeys = <T,>(items: readonly T[]): { key: string; item: T; place: number }[] =>
  items.map((item, place) => ({ key: `place-${place}`, item, place }));
