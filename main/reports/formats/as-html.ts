import type { Cell, Column, Exhibit, Quantity } from '../../contract/results/exhibit.ts';
import { columnFor, forReading, headCount, isQuantity, shownDecimals, smallP } from '../../domain/results/exhibits.ts';
import { interval as intervalHtml, number, ofTotal, paperNote, Reasons } from '../format.ts';
import { type Content, type Html, html, nothing } from '../html.ts';
import { frame } from '../frame.ts';
import type { View } from '../../exhibits/view.ts';

/** More columns stand closer together, to be seen whole. */
const manyColumns = 9;

/** An exhibit as a table in its frame. `rowId`: names a row, for links into the table. */
export function exhibitTable(view: View, exhibit: Exhibit, rowId?: (row: number) => string): Html {
  const { columns, rows, ...table } = forReading(exhibit, 'page');
  const heads = headCount(exhibit);
  const reasons = new Reasons();
  const isText = (at: number): boolean => at === 0 || rows.some((cells) => typeof cells[at] === 'string');
  const side = (at: number): Html => (isText(at) ? html` class="words"` : nothing);
  const shown = columns.flatMap((column, at) => (at > 0 && at < heads ? [] : [{ column, at }]));
  return exhibitFrame(view, table, reasons, [
    html`<table class="numbers narrow-heads${shown.length > manyColumns && ' close'}">
      <thead>
        <tr>
          ${shown.map(({ column, at }) => html`<th scope="col"${side(at)}>${column.heading ?? column.name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells, row): Content =>
            html`<tr${rowId && html` id="${rowId(row)}"`}>
        ${shown.map(({ column, at }) =>
          at === 0
            ? html`<th scope="row" class="words">${rowHead(cells.slice(0, heads), columns)}</th>`
            : html`<td${side(at)}>${cellHtml(cells[at] ?? null, column, reasons)}</td>`,
        )}
      </tr>`,
        )}
      </tbody>
    </table>`,
  ]);
}

/** The frame of an exhibit, whatever is drawn in it: its title, and under it notes and reasons for undefined values. */
export function exhibitFrame(
  view: View,
  { id, number: label, title, people, notes, intervals }: Omit<Exhibit, 'columns' | 'rows'>,
  reasons: Reasons,
  body: Content,
): Html {
  return frame(view, {
    id,
    number: label,
    title,
    people,
    body,
    note: html`${[...notes, ...(intervals === undefined ? [] : [reasons.without(intervals)])].map((note) => html`<p>${note}</p>`)}${reasons.list()}`,
  });
}

/** `98 %`, `CNN 98 %`, `People`. */
const rowHead = (heads: readonly Cell[], columns: readonly Column[]): Content =>
  heads.map((cell, at): Content => {
    const { unit, names } = columns[at] ?? {};
    if (cell === null) return nothing;
    const words = names ? String(cell) : capital(String(cell));
    const text = typeof cell === 'number' ? html`<data value="${cell}">${cell}</data>` : words;
    return html`${at > 0 && ' '}${text}${typeof cell === 'number' && unit !== undefined && html`&nbsp;${unit}`}`;
  });

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A cell with all that belongs beside its number. */
function cellHtml(cell: Cell, column: Column, reasons: Reasons): Content {
  if (isQuantity(cell)) return quantityHtml(cell, columnFor(column, cell), reasons);
  if (typeof cell === 'string') return cell;
  return cell === null ? '' : plainNumber(cell, column);
}

const plainNumber = (value: number, { decimals, p }: Pick<Column, 'decimals' | 'p'>): Html => {
  const text = smallP({ p, decimals }, value) ?? (decimals === undefined && !Number.isInteger(value) ? value : null);
  return text === null ? number(value, decimals ?? 0) : html`<data value="${value}">${text}</data>`;
};

function quantityHtml(quantity: Quantity, column: Column, reasons: Reasons): Content {
  const { value, std, note, paper } = quantity;
  return html`${value === null ? reasons.undefined(quantity.undefined ?? '') : valueHtml(value, std, column)}${value !== null && besideHtml(reasons, quantity, column)}${
    note !== undefined && html` <span class="n">${note}</span>`
  }${paper && html` ${paperNote(valueHtml(paper.mean, paper.std, column))}`}`;
}

function valueHtml(value: number, std: number | null, column: Column): Html {
  const { decimals = 0, unit } = column;
  if (column.spread && std !== null)
    return html`<span class="unit">${number(value, decimals)} ± ${number(std, decimals)}</span>`;
  return html`${plainNumber(value, { ...column, decimals: shownDecimals(column, { value, std }) })}${unit !== undefined && !column.spread && html`&nbsp;${unit}`}`;
}

/** Number of what a value is about, and its interval. */
function besideHtml(reasons: Reasons, quantity: Quantity, { showN, unit, decimals = 0 }: Column): Content {
  const { value, std, n, of, interval: found } = quantity;
  const share = value !== null && std === null && n !== null && of === 'images' && unit === '%';
  return [
    showN && n !== null && html` <span class="n under">n = ${n}</span>`,
    share && html` ${ofTotal(Math.round((value * n) / 100), n)}`,
    found?.undefined != null && html` <span class="interval">[${reasons.undefined(found.undefined)}]</span>`,
    found?.lo != null &&
      html` <span class="n under">${intervalHtml(found, decimals)}${found.nNull > 0 && `, ${found.nNull} left out`}</span>`,
  ];
}
