import { meanStd, number, Reasons } from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import { frame, type View } from '../view.ts';
import {
  type Exhibit,
  type ExhibitCell,
  type ExhibitColumn,
  forReading,
  hasInterval,
  isMissing,
  isSpread,
  type WithInterval,
} from './exhibit.ts';

/** An exhibit as a table in its frame. `rowId`: names a row, for links into the table. */
export function exhibitTable(view: View, whole: Exhibit, rowId?: (row: number) => string): Html {
  const exhibit = forReading(whole);
  const { id, title, people, columns, rows, notes } = exhibit;
  const reasons = new Reasons();
  const head = columns.map(({ name }, at) => html`<th scope="col"${isWords(exhibit, at)}>${name}</th>`);
  const lines = rows.map(
    (cells, row): Content =>
      html`<tr${rowId && html` id="${rowId(row)}"`}>
        ${cells.map((cell, at) => {
          const shown = cellHtml(cell, columns[at], reasons);
          return at === 0
            ? html`<th scope="row" class="words">${shown}</th>`
            : html`<td${isWords(exhibit, at)}>${shown}</td>`;
        })}
      </tr>`,
  );
  return frame(view, {
    ...{ id, number: exhibit.number, title, people },
    body: html`<table class="numbers narrow-heads">
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${lines}
      </tbody>
    </table>`,
    note: html`${notes.map((note) => html`<p>${note}</p>`)}${reasons.list()}`,
  });
}

/** Texts stand at the left, numbers at the right. */
function isWords({ rows }: Exhibit, column: number): Html {
  const words = column === 0 || rows.some((cells) => typeof cells[column] === 'string');
  return words ? html` class="words"` : html``;
}

const ofHowMany = (n: number | undefined): Content => n !== undefined && html` <span class="n under">n = ${n}</span>`;

function withInterval({ value, lo, hi, leftOut }: WithInterval, decimals: number): Content {
  if (lo === null || hi === null) return number(value, decimals);
  return html`${number(value, decimals)} <span class="n under">[${number(lo, decimals)} to ${number(hi, decimals)}]${leftOut > 0 && `, ${leftOut} left out`}</span>`;
}

function cellHtml(cell: ExhibitCell, column: ExhibitColumn | undefined, reasons: Reasons): Content {
  const decimals = column?.decimals ?? 0;
  if (isMissing(cell)) return reasons.undefined(cell.because);
  if (isSpread(cell)) return [meanStd(cell.mean, cell.std, [decimals, decimals]), ofHowMany(cell.n)];
  if (hasInterval(cell)) return withInterval(cell, decimals);
  if (typeof cell === 'string') return cell;
  if (cell === null) return '';
  return column?.decimals === undefined && !Number.isInteger(cell)
    ? html`<data value="${cell}">${cell}</data>`
    : number(cell, decimals);
}
