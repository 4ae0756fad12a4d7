import type { ErrorConsistency } from '../../analysis/error-consistency.ts';
import { inWords } from '../../exhibits/study-numbers.ts';
import { type Content, type Html, html, nothing } from '../html.ts';
import type { View } from '../../exhibits/view.ts';
import { targetTitle } from '../../domain/targets.ts';

const cell = 22;
const left = 96;
const top = 84;

/** More raters than these are a list, not a picture. */
export const mostRaters = 40;

/**
 * Error consistency of networks with each other and with people; the number in each cell is 100 kappa. Without a target:
 * of people alone. Words where there is nothing to draw, or too much.
 */
export function consistencyMatrix(view: View, target: string | null): Html {
  const found = view.groups.find((each) => each.target === target)?.group.error_consistency;
  const networks = [...(found?.model_model.pairs.namesA ?? [])];
  const people = [...(view.data.analysis?.humans.error_consistency?.pairs.namesA ?? [])];
  const names = [...networks, ...people];
  if (names.length < 2) return html`<p class="note">There is no other to be consistent with.</p>`;
  if (names.length > mostRaters)
    return html`<p class="note">
      ${names.length} ${networks.length === 0 ? view.people.toLowerCase() : 'raters'} are too many to be drawn: at most
      ${mostRaters} are.${whereEveryPair(view, networks.length)}
    </p>`;
  const values = kappaByPair([found?.model_model, found?.human_model, view.data.analysis?.humans.error_consistency]);
  const size = names.length * cell;
  const cells = names.map((row, y) =>
    names.map((column, x) => (x === y ? null : kappaCell(row, column, x, y, values.get(`${row}\n${column}`) ?? null))),
  );
  const ofPeople = `${people.length} ${view.people.toLowerCase()}`;
  const besides = people.length > 0 ? ` and ${ofPeople}` : '';
  const spoken = `Error consistency ${target === null ? `of ${ofPeople}` : `at ${targetTitle(target)} of ${networks.length} networks${besides}`}`;
  return html`<svg class="heat matrix" viewBox="0 0 ${left + size + 2} ${top + size + 2}" width="${left + size + 2}" height="${top + size + 2}" role="img" aria-label="${spoken}">
    ${names.map((name, at) => html`<text class="axis row" x="${left - 5}" y="${top + at * cell + 15}">${name.slice(0, 16)}</text><text class="axis slant" transform="translate(${left + at * cell + 14} ${top - 5}) rotate(-60)">${name.slice(0, 16)}</text>`)}
    ${cells}
  </svg>`;
}

/** Which of the report's own files have the pairs; nothing where it has no such files. */
function whereEveryPair({ choice, people, humans }: View, networks: number): Content {
  const formats = inWords(
    (['csv', 'json'] as const).flatMap((of) => (choice.formats.includes(of) ? [of.toUpperCase()] : [])),
  );
  if (formats === '') return nothing;
  const ofNetworks = networks > 0 && html`pairs with networks in <code>error-consistency</code>`;
  const ofPeople =
    (humans?.cohen?.pairs.length ?? 0) > 0 && html`every two ${people.toLowerCase()} in <code>labeler-pairs</code>`;
  return html` Their numbers are in the report’s ${formats} files: ${ofNetworks}${ofNetworks && ofPeople && ', '}${ofPeople}.`;
}

/** Keys of each pair in both orders: `a\nb`. */
function kappaByPair(all: readonly (ErrorConsistency | null | undefined)[]): Map<string, number | null> {
  const values = new Map<string, number | null>();
  for (const each of all) {
    if (!each) continue;
    for (let pair = 0; pair < each.pairs.length; pair++) {
      const { a, b } = each.pairs.row(pair);
      const kappa = each.pairs.value('kappa', pair);
      values.set(`${a}\n${b}`, kappa).set(`${b}\n${a}`, kappa);
    }
  }
  return values;
}

function kappaCell(row: string, column: string, x: number, y: number, kappa: number | null): Html {
  const [px, py] = [left + x * cell, top + y * cell];
  const level = kappa === null ? 'none' : String(Math.max(0, Math.min(5, Math.floor(kappa * 5 + 0.5))));
  const text = kappa === null ? '–' : String(Math.round(kappa * 100)).replace('-', '−');
  return html`<g class="level-${level}"><title>${row} and ${column}: ${kappa === null ? 'not defined' : kappa.toFixed(3)}</title><rect x="${px}" y="${py}" width="${cell - 1}" height="${cell - 1}" /><text x="${px + cell / 2}" y="${py + 14}">${text}</text></g>`;
}
