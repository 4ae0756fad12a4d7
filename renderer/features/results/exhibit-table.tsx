import type { Cell, Column, Exhibit, Quantity } from '../../../main/contract/exhibit.ts';
import { flatTable, forReading, headCount, isQuantity } from '../../../main/domain/exhibits.ts';
import { ExportMenu } from '../../ui/export/export-menu.tsx';
import { formatFixed } from '../../../main/domain/format.ts';
import { ScrollBox, TableHead } from '../../ui/plain-table.tsx';
import { capitalize, useRehearsal } from '../../ui/rehearsal.tsx';
import { groupTitle, useChoice, useOpenWhich } from './choice.tsx';
import { QuantityText } from './quantity.tsx';

interface ExhibitTableProps {
  exhibit: Exhibit;
  /** Action of a click on a number. By default it shows the images that the number counts. */
  onOpen?: (quantity: Quantity, column: Column) => Action | undefined;
}

interface Action {
  run: () => void;
  /** `choose this group`; unless given, `show the images`. */
  name?: string;
}

/** An exhibit as a table, with the paper's values in gray. Its CSV has all parts of each number. */
export function ExhibitTable({ exhibit, onOpen }: ExhibitTableProps) {
  const { id, number, title, notes, intervals } = exhibit;
  const openImages = useOpenImages(exhibit);
  // The menu itself marks rows as simulated.
  const rehearsal = useRehearsal();
  const { columns, rows } = forReading(exhibit, 'page');
  const heads = headCount(exhibit);
  const shown = columns.slice(heads).map((column, at) => ({ column, at: heads + at }));
  const named = number === '' ? title : `${number}: ${title}`;
  return (
    <section className="results-section" aria-labelledby={id}>
      <h2 id={id}>
        {number === '' ? (
          title
        ) : (
          <>
            {number} <span className="soft">{title}</span>
          </>
        )}
        <ExportMenu title={named} table={() => flatTable({ ...exhibit, people: false }, rehearsal, 'all')} />
      </h2>
      <ScrollBox label={named}>
        <table className="plain-table quantity-table">
          <TableHead names={[...columns.slice(0, 1), ...columns.slice(heads)].map(heading)} />
          <tbody>
            {rows.map((cells) => {
              const name = rowName(cells.slice(0, heads), columns);
              return (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {shown.map(({ column, at }) => (
                    <CellBox
                      key={column.key ?? column.name}
                      {...{ cell: cells[at] ?? null, column, source: number, label: `${heading(column)}, ${name}` }}
                      onOpen={onOpen ?? openImages}
                    />
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollBox>
      {[...notes, ...(intervals === undefined ? [] : [intervals])].map((note) => (
        <p key={note} className="help-note">
          {note}
        </p>
      ))}
    </section>
  );
}

const heading = ({ name, heading: short }: Column): string => short ?? name;

/** `98 %`, `CNN 98 %`, `People`. */
function rowName(heads: readonly Cell[], columns: readonly Column[]): string {
  const texts = heads.flatMap((cell, at) => {
    if (cell === null) return [];
    const unit = typeof cell === 'number' ? columns[at]?.unit : undefined;
    return [unit === undefined ? String(cell) : `${String(cell)} ${unit}`];
  });
  return capitalize(texts.join(' '));
}

interface CellBoxProps {
  cell: Cell;
  column: Column;
  source: string;
  label: string;
  onOpen: (quantity: Quantity, column: Column) => Action | undefined;
}

function CellBox({ cell, column, source, label, onOpen }: CellBoxProps) {
  if (!isQuantity(cell)) return <td>{typeof cell === 'number' ? formatFixed(cell, column.decimals ?? 0) : cell}</td>;
  const action = cell.value === null || cell.value === 0 ? undefined : onOpen(cell, column);
  return (
    <td className={cell.note === undefined ? undefined : 'beside-cell'}>
      <QuantityText
        {...(column.unit !== undefined && { unit: column.unit })}
        of={cell}
        decimals={column.decimals ?? 0}
        label={action?.name === undefined ? label : undefined}
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
