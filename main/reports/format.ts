import { claimMarks } from '../domain/results/claims.ts';
import type { ApiInterval } from '../contract/results/exhibit.ts';
import type { Spread } from '../analysis/statistics/spread.ts';
import { formatFixed } from '../domain/numbers/format.ts';
import { type Content, type Html, html, nothing } from './html.ts';

/**
 * Numbers as a report writes them. Each stands in a `<data>` element that carries the exact value, so that a script
 * (or a test) reads what was computed, not what was rounded.
 */
export function number(value: number, decimals: number): Html {
  return html`<data value="${value}">${formatFixed(value, decimals)}</data>`;
}

/** `15.2 %` */
export const percent = (value: number): Html => html`${number(value, 1)}&nbsp;%`;

/** `25 of 165` */
export const ofTotal = (count: number, total: number): Html =>
  html`<span class="n"><data value="${count}">${count}</data> of ${total}</span>`;

/** Mean ± std as one unit that never breaks over a line. */
export function meanStd(mean: number, std: number, decimals: readonly [number, number], unit = ''): Html {
  return html`<span class="unit">${number(mean, decimals[0])} ± ${number(std, decimals[1])}${unit}</span>`;
}

/** 2026-01-02T03:04:05.678Z -> `2026-01-02 03:04 UTC`. */
export const moment = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

/** First 12 digits; the title has all. */
export const shortHash = (hash: string): Html => html`<code title="${hash}">${hash.slice(0, 12)}</code>`;

/** `[12.1 to 18.9]a`: a mark says for whom it holds, explained under the table; nothing where there is none. */
export function interval(of: Pick<ApiInterval, 'lo' | 'hi' | 'claim'> | null | undefined, decimals = 1): Html {
  if (of?.lo == null || of.hi === null) return nothing;
  return html`<span class="interval">[${number(of.lo, decimals)} to ${number(of.hi, decimals)}]<sup>${claimMarks[of.claim]}</sup></span>`;
}

/** `(1)` for the first reason: letters are the marks of claims (`claimMarks`), and `–1` would read as a number. */
export const reasonMark = (index: number): string => `(${index + 1})`;

/** The reasons for undefined values of one table: each dash carries a number, and the list explains the numbers. */
export class Reasons {
  readonly #reasons: string[] = [];

  /** A dash for a value that is not defined, and why. */
  undefined(reason: string): Html {
    if (!this.#reasons.includes(reason)) this.#reasons.push(reason);
    const mark = reasonMark(this.#reasons.indexOf(reason));
    return html`<span class="undefined" title="${reason}">–<sup>${mark}</sup></span>`;
  }

  /** A value, or the dash. */
  or(value: number | null, reason: string, show: (value: number) => Html): Html {
    return value === null ? this.undefined(reason) : show(value);
  }

  /** Mean ± std, or the dash. */
  spread(value: Pick<Spread, 'mean' | 'std'>, reason: string, decimals: readonly [number, number] = [1, 1]): Html {
    const { mean, std } = value;
    return mean === null || std === null ? this.undefined(reason) : meanStd(mean, std, decimals);
  }

  /** The text without reasons that the list has already. */
  without(text: string): string {
    return this.#reasons.reduce((rest, reason) => rest.replace(` ${reason}`, ''), text);
  }

  /** To be put under the table. */
  list(): Html {
    if (this.#reasons.length === 0) return nothing;
    const items = this.#reasons.map(
      (reason, index): Content => html`<li><sup>${reasonMark(index)}</sup> ${reason}</li>`,
    );
    return html`<ul class="reasons" aria-label="Why values are not defined">
      ${items}
    </ul>`;
  }
}

/** The paper's value, in gray under ours. */
export const paperNote = (value: Html): Html =>
  html`<span class="paper"><span class="sr">paper: </span>${value}</span>`;
