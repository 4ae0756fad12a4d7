import type { Cell, Column, Exhibit, Quantity } from '../../main/contract/results/exhibit.ts';
import {
  columnFor,
  flatTable,
  forReading,
  headCount,
  isQuantity,
  shownDecimals,
  smallP,
} from '../../main/domain/results/exhibits.ts';
import { HelpNote } from '../ui/parts/states.tsx';
import { PartsAt } from '../ui/places/place.tsx';
import { formatFixed } from '../../main/domain/numbers/format.ts';
import { ScrollBox, TableHead } from '../ui/tables/plain-table.tsx';
import { capitalize, useRehearsal } from '../ui/words/rehearsal.tsx';
import { groupTitle, useChoice, useOpenWhich } from './choice.tsx';
import { PaperNote, QuantityText } from './quantity.tsx';

interface ExhibitTableProps {
  exhibit: Exhibit;
  /** Number of labelers and networks that it is about. */
  n?: string;
  /** Action of a click on a number. By default it shows the images that the number counts. `row`: its cells. */
  onOpen?: (quantity: Quantity, column: Column, row: readonly Cell[]) => Action | undefined;
  /** Action of a click on the name of rows that stand together. `row`: the first of them. */
  onOpenGroup?: (row: number) => void;
}

interface Action {
  run: () => void;
  /** `choose this group`; unless given, `show the images`. */
  name?: string;
}

/** More rows scroll, so that what follows stays within reach. */
const manyRows = 60;

/** The longest text that stays on one line, in characters. */
const shortText = 28;

/** An exhibit as a table, with the paper's values in gray. Its CSV has all parts of each number. */
export function ExhibitTable({ exhibit, n = '', onOpen, onOpenGroup }: ExhibitTableProps) {
  const { id, number, title, notes, intervals } = exhibit;
  const openImages = useOpenImages(exhibit);
  // The menu itself marks rows as simulated.
  const rehearsal = useRehearsal();
  const { columns, rows } = forReading(exhibit, 'page');
  const heads = headCount(exhibit);
  const isGrouped = columns[0]?.groups === true;
  const ownHeads = isGrouped ? 1 : 0;
  const shown = columns.slice(heads).map((column, at) => ({ column, at: heads + at }));
  const named = number === '' ? title : `${number}: ${title}`;
  return (
    <section className="results-section" aria-labelledby={id}>
      <h2 id={id}>
        {number === '' ? title : number}{' '}
        <span className="soft">
          {[...(number === '' ? [] : [title]), ...(n === '' ? [] : [`n = ${n}`])].join(', ')}
        </span>
        <PartsAt
          place="export.menu"
          title={named}
          table={() => flatTable({ ...exhibit, people: false }, rehearsal, 'all')}
        />
      </h2>
      <ScrollBox label={`${named}, table`} className={rows.length > manyRows ? 'scroll-x long-table' : 'scroll-x'}>
        <table className={`plain-table quantity-table${isGrouped ? ' grouped-table' : ''}`}>
          <TableHead names={[...columns.slice(0, ownHeads + 1), ...columns.slice(heads)].map(heading)} />
          {(isGrouped ? groupRows(rows) : [{ name: '', first: 0, members: rows }]).map(
            ({ name: group, first, members }) => (
              <tbody key={first}>
                {members.map((cells, at) => {
                  const name = rowName(cells.slice(ownHeads, heads), columns.slice(ownHeads));
                  return (
                    <tr key={name}>
                      {isGrouped && at === 0 && (
                        <GroupHead
                          name={group}
                          rows={members.length}
                          onOpen={onOpenGroup && (() => onOpenGroup(first))}
                        />
                      )}
                      <th scope="row">{name}</th>
                      {shown.map(({ column, at: place }) => (
                        <CellBox
                          key={column.key ?? column.name}
                          cell={cells[place] ?? null}
                          column={column}
                          source={number}
                          label={[heading(column), ...(isGrouped ? [group] : []), name].join(', ')}
                          onOpen={(quantity) => (onOpen ?? openImages)(quantity, column, cells)}
                        />
                      ))}
                    </tr>
                  );
                })}
              </tbody>
            ),
          )}
        </table>
      </ScrollBox>
      <PaperNote exhibit={exhibit} />
      {[...notes, ...(intervals === undefined ? [] : [intervals])].map((note) => (
        <HelpNote key={note}>{note}</HelpNote>
      ))}
    </section>
  );
}

interface RowGroup {
  /** The first cell, which all members have. */
  name: string;
  /** Index of its first row. */
  first: number;
  members: Exhibit['rows'];
}

/** Rows in succession with the same first cell. */
function groupRows(rows: Exhibit['rows']): RowGroup[] {
  const groups: RowGroup[] = [];
  for (const [row, cells] of rows.entries()) {
    const last = groups.at(-1);
    const name = String(cells[0]);
    if (last?.name === name) last.members.push(cells);
    else groups.push({ name, first: row, members: [cells] });
  }
  return groups;
}

/** The name of rows that stand together, over all of them. */
function GroupHead({ name, rows, onOpen }: { name: string; rows: number; onOpen: (() => void) | undefined }) {
  return (
    <th scope="rowgroup" rowSpan={rows}>
      {onOpen ? (
        <button type="button" className="link-button" onClick={onOpen}>
          {name}
        </button>
      ) : (
        name
      )}
    </th>
  );
}

const heading = ({ name, heading: short }: Column): string => short ?? name;

/** `98 %`, `CNN 98 %`, `People`; what has a name of its own keeps it as it is. */
function rowName(heads: readonly Cell[], columns: readonly Column[]): string {
  const texts = heads.flatMap((cell, at) => {
    if (cell === null) return [];
    const unit = typeof cell === 'number' ? columns[at]?.unit : undefined;
    return [unit === undefined ? String(cell) : `${String(cell)} ${unit}`];
  });
  const name = texts.join(' ');
  return columns[0]?.names ? name : capitalize(name);
}

interface CellBoxProps {
  cell: Cell;
  column: Column;
  source: string;
  label: string;
  onOpen: (quantity: Quantity) => Action | undefined;
}

function CellBox({ cell, source, label, onOpen, ...box }: CellBoxProps) {
  const column = columnFor(box.column, cell);
  const { key, difference } = column;
  const which = {
    'data-column': key,
    'data-difference': difference && [difference.of, difference.less].join(' ').trim(),
  };
  const value = isQuantity(cell) ? cell.value : cell;
  const small = typeof value === 'number' ? smallP(column, value) : null;
  if (small !== null) return <td {...which}>{small}</td>;
  if (typeof cell === 'number') return <td {...which}>{formatFixed(cell, column.decimals ?? 0)}</td>;
  if (!isQuantity(cell)) return <td className={(cell?.length ?? 0) <= shortText ? 'short-cell' : undefined}>{cell}</td>;
  const action = cell.value === null || cell.value === 0 ? undefined : onOpen(cell);
  return (
    <td className={cell.note === undefined ? undefined : 'beside-cell'} {...which}>
      <QuantityText
        {...(column.unit !== undefined && { unit: column.unit })}
        of={cell}
        decimals={shownDecimals(column, cell) ?? 0}
        label={label}
        {...(source !== '' && { source })}
        onOpen={action?.run}
        actionName={action?.name}
      />
    </td>
  );
}

/** Opens the images behind a number. */
function useOpenImages({ number, title }: Exhibit) {
  const { overview } = useChoice();
  const open = useOpenWhich();
  return ({ counts }: Quantity, column: Column): Action | undefined => {
    if (!counts) return undefined;
    const { group, which } = counts;
    const of = group ? groupTitle(group, overview) : number || title;
    return { run: () => open(group, which, `${heading(column)}, ${of}`) };
  };
}
