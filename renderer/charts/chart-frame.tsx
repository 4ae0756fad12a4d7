import { ActionIcon } from '@mantine/core';
import { type ReactNode, useId, useRef, useState } from 'react';
import { IconChartLine, IconTable } from '@tabler/icons-react';
import { formatCompact } from '../../main/domain/numbers/format.ts';
import type { ExportTable } from '../ui/export/csv.ts';
import type { Savable } from '../ui/export/savable.ts';
import { PartsAt } from '../ui/places/place.tsx';
import { DataTable } from '../ui/table/data-table.tsx';

export interface LegendEntry {
  name: string;
  /** CSS color. */
  color: string;
  dash?: string;
  /** Drawn instead of a line, centered on (0, 0), 12 units wide. */
  mark?: ReactNode;
}

interface ChartFrameProps {
  title: string;
  /** Shown instead of the title where a heading above has it already; the title stays the chart's name. */
  shownTitle?: string | undefined;
  /** Sample size: `n = 9 models`; empty: it is said elsewhere. */
  n?: string | undefined;
  legend: readonly LegendEntry[];
  /** Legend for saved pictures, if the page explains the colors elsewhere. */
  savedLegend?: readonly LegendEntry[];
  /** Returns the picture to save; left out: the drawing on screen. */
  picture?: Savable['picture'];
  table: () => ExportTable;
  onOpenRow?: ((row: number) => void) | undefined;
  /** Buttons of the drawing alone. */
  tools?: ReactNode;
  /** CSS pixels of the drawing. */
  height: number;
  children: ReactNode;
}

/** The frame of every chart: title, n, legend, a table of the same numbers, copy and save. */
export function ChartFrame(props: ChartFrameProps) {
  const { title, shownTitle, legend, savedLegend = legend, picture, table, onOpenRow, tools, height, children } = props;
  const n = props.n || undefined;
  const [asTable, setAsTable] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();
  return (
    <figure className="chart" aria-labelledby={id}>
      <figcaption className="chart-head">
        <span id={id} className="chart-title">
          {shownTitle === undefined ? (
            title
          ) : (
            <>
              <span className="sr">{title}</span>
              {shownTitle}
            </>
          )}{' '}
          {n !== undefined && <span className="chart-n">({n})</span>}
        </span>
        {!asTable && tools}
        <ActionIcon
          size="sm"
          className="no-print"
          aria-label={asTable ? `Show as chart: ${title}` : `Show as table: ${title}`}
          title={asTable ? 'Show as chart' : 'Show as table'}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? <IconChartLine size={16} stroke={1.5} /> : <IconTable size={16} stroke={1.5} />}
        </ActionIcon>
        <span className="no-print">
          <PartsAt
            place="export.menu"
            title={title}
            {...(!asTable && {
              picture:
                picture ??
                (() => body.current?.querySelector<SVGSVGElement>('svg.recharts-surface, svg[data-drawing]') ?? null),
            })}
            table={table}
            legend={savedLegend.map(({ mark, ...entry }, at) => ({
              ...entry,
              ...(mark !== undefined && { drawn: () => list.current?.children[at]?.querySelector('svg') ?? null }),
            }))}
            n={n}
          />
        </span>
      </figcaption>
      {asTable ? (
        <NumbersTable title={title} height={height} onOpenRow={onOpenRow} table={table()} />
      ) : (
        <div ref={body} style={{ height }}>
          {children}
        </div>
      )}
      {!asTable && legend.length > 1 && (
        <ul ref={list} className="chart-legend">
          {legend.map((entry) => (
            <li key={entry.name}>
              <LegendMark {...entry} />
              {entry.name}
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}

export function LegendMark({ color, dash, mark }: Omit<LegendEntry, 'name'>) {
  return mark !== undefined ? (
    <svg width="12" height="12" viewBox="-6 -6 12 12" aria-hidden="true">
      {mark}
    </svg>
  ) : (
    <svg width="24" height="8" aria-hidden="true">
      <line x1="0" x2="24" y1="4" y2="4" stroke={color} strokeWidth="2.5" strokeDasharray={dash} />
    </svg>
  );
}

interface NumbersRow {
  id: string;
  cells: ExportTable['rows'][number];
}

interface NumbersTableProps {
  title: string;
  table: ExportTable;
  height: number;
  onOpenRow: ((row: number) => void) | undefined;
}

function NumbersTable({ title, table, height, onOpenRow }: NumbersTableProps) {
  const columns = table.columns.map((column, index) => ({
    id: String(index),
    title: column,
    numeric: table.rows.some((cells) => typeof cells[index] === 'number'),
    value: ({ cells }: NumbersRow) => cells[index] ?? null,
    cell: ({ cells }: NumbersRow) => shown(cells[index] ?? null),
  }));
  const rows = table.rows.map((cells, index): NumbersRow => ({ id: String(index), cells }));
  return (
    <DataTable
      id={`chart: ${table.columns.join(', ')}`}
      label={title}
      rowId={({ id }) => id}
      height={Math.max(240, height)}
      {...(onOpenRow && { onOpen: ({ id }: NumbersRow) => onOpenRow(Number(id)) })}
      rows={rows}
      columns={columns}
    />
  );
}

const shown = (cell: string | number | null): string =>
  typeof cell === 'number' ? formatCompact(cell) : (cell ?? '–');
