import { type Content, type Html, html } from '../html.ts';
import { number } from '../format.ts';

/** Heading, and how many significant digits its numbers have (3), or decimals where they are whole (absent). */
export type Column = readonly [heading: string, digits?: number];

export type ProofCell = string | number | null;

/** A table of a proof in its frame; null is an empty cell. */
export function proofTable(
  id: string,
  title: string,
  columns: readonly Column[],
  rows: readonly (readonly ProofCell[])[],
): Html {
  const isText = (at: number): boolean => at === 0 || rows.some((cells) => typeof cells[at] === 'string');
  const side = (at: number): Html | false => isText(at) && html` class="words"`;
  return html`<figure id="${id}" class="frame" aria-labelledby="${id}-title">
    <figcaption id="${id}-title">${title}</figcaption>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="${id}-title">
      <table class="numbers">
        <thead><tr>${columns.map(([heading], at) => html`<th scope="col"${side(at)}>${heading}</th>`)}</tr></thead>
        <tbody>
          ${rows.map(
            (cells): Content =>
              html`<tr>${columns.map(([, digits], at) => {
                const content = cell(cells[at] ?? null, digits);
                return at === 0
                  ? html`<th scope="row" class="words">${content}</th>`
                  : html`<td${side(at)}>${content}</td>`;
              })}</tr>`,
          )}
        </tbody>
      </table>
    </div>
  </figure>`;
}

function cell(value: ProofCell, digits: number | undefined): Content {
  if (typeof value !== 'number') return value;
  return digits === undefined ? number(value, 0) : html`<data value="${value}">${significant(value, digits)}</data>`;
}

/** 1234.5 -> `1235`, 0.01234 -> `0.0123`, for 3 digits. */
export function significant(value: number, digits: number): string {
  const decimals = value === 0 ? 0 : Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(decimals, 6));
}
