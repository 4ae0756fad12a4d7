import type { Cell, Column, Exhibit } from '../../contract/results/exhibit.ts';
import { claimMarks } from '../../domain/results/claims.ts';
import {
  columnFor,
  forReading,
  isQuantity,
  shownDecimals,
  smallP,
  withPaperRows,
} from '../../domain/results/exhibits.ts';
import { reasonMark } from '../format.ts';
import { latexLines, latexProse, latexText, wrapped } from './latex-text.ts';

/** Characters of a line in a cell of text. */
const longestLine = 32;
/** Lines of a heading, at most. */
const headingLines = 4;
/** More lines than that with notes are higher than a page. */
const tallTable = 40;

/**
 * A table with the rules of booktabs, ready for `\\input`; its reasons and notes stand under it. It is scaled down where it would
 * be wider than the text or higher than a page.
 * @param sample of how many people and networks it is
 */
export function exhibitLatex(exhibit: Exhibit, rehearsal: boolean, sample = ''): string {
  const { id, number, title, columns, rows, notes, intervals, people } = forReading(withPaperRows(exhibit), 'latex');
  const reasons: string[] = [];
  const mark = (because: string): string => {
    if (!reasons.includes(because)) reasons.push(because);
    return reasonMark(reasons.indexOf(because));
  };
  const sides = columns.map((column, at) => (isText(rows, at, column) ? 'l' : 'r'));
  const lines = rows.map((cells) => `${cells.map((cell, at) => latexCell(cell, columns[at], mark)).join(' & ')} \\\\`);
  const marked = people && rehearsal ? '\\textbf{Rehearsal with simulated labelers.} ' : '';
  const source = number === '' ? '' : ` (${latexText(number)} of the paper)`;
  const explained = columns.some((column) => column.interval) && intervals !== undefined ? [intervals] : [];
  const under = [
    ...[...notes, ...explained].map(latexProse),
    ...reasons.map((because, at) => `$^{${reasonMark(at)}}$ ${latexProse(because)}`),
  ];
  const headings = columns.map((column, at) => heading(column, rows, at, sides[at] ?? 'l'));
  return [
    '% Packages: booktabs and graphicx; for pdfLaTeX fontenc with T1, too.',
    '\\begin{table}[htbp]',
    '\\centering',
    `\\caption{${marked}${latexText(title)}${source}${people && sample !== '' ? `, $n$ = ${latexText(sample)}` : ''}}`,
    `\\label{tab:${id}}`,
    '\\smallskip',
    '\\small',
    '\\setlength{\\tabcolsep}{4pt}',
    ...fitted(
      [
        `\\begin{tabular}{${sides.join('')}}`,
        '\\toprule',
        `${headings.join(' & ')} \\\\`,
        '\\midrule',
        ...lines,
        '\\bottomrule',
        '\\end{tabular}',
      ],
      rows.map(countLines).reduce((sum, each) => sum + each, under.length),
    ),
    ...(under.length > 0
      ? ['\\par\\medskip', `\\begin{minipage}{\\linewidth}\\footnotesize ${under.join('\\\\ ')}\\end{minipage}`]
      : []),
    '\\end{table}',
    '',
  ].join('\n');
}

/** No wider than the text and, where it has many lines, no higher than most of a page. */
function fitted(table: readonly string[], lines: number): string[] {
  const wide = '\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{';
  const high = '\\resizebox*{!}{\\ifdim\\totalheight>.75\\textheight .75\\textheight\\else\\totalheight\\fi}{';
  const boxes = lines > tallTable ? [high, wide] : [wide];
  return [boxes.join(''), ...table, '}'.repeat(boxes.length)];
}

/** A heading in lines as short as the column's content and its own words allow. */
function heading(
  { name, heading: read = name, spread }: Column,
  rows: Exhibit['rows'],
  at: number,
  side: 'l' | 'r',
): string {
  const content = rows.map((cells) => cellWidth(cells[at] ?? null, spread));
  const whole = read.replaceAll(' %', '\u00a0%');
  let longest = Math.max(1, ...content, ...whole.split(' ').map((word) => word.length));
  while (wrapped(whole, longest).length > headingLines) longest++;
  return latexLines(whole, longest, side, 'b');
}

/** About how wide a cell is. */
function cellWidth(cell: Cell, spread = false): number {
  if (cell === null) return 0;
  if (typeof cell === 'string') return Math.min(cell.length, longestLine);
  if (!isQuantity(cell)) return 6;
  if (cell.value === null) return 3;
  return spread && cell.std !== null ? 14 : cell.interval ? 20 : 6;
}

const countLines = (cells: readonly Cell[]): number =>
  Math.max(1, ...cells.map((cell) => (typeof cell === 'string' ? wrapped(cell, longestLine).length : 1)));

/** A document with all of these tables, to read them and to check that they compile. */
export function latexDocument(title: string, names: readonly string[]): string {
  return [
    '\\documentclass[a4paper]{article}',
    '\\ifdefined\\pdftexversion',
    '\\usepackage[T1]{fontenc}',
    '\\usepackage[utf8]{inputenc}',
    '\\usepackage{textcomp}',
    '\\IfFileExists{lmodern.sty}{\\usepackage{lmodern}}{}',
    '\\fi',
    '\\usepackage{booktabs}',
    '\\usepackage{graphicx}',
    '\\usepackage[margin=15mm]{geometry}',
    '\\begin{document}',
    `\\section*{${latexProse(title)}}`,
    ...names.map((name) => `\\input{${name}}`),
    '\\end{document}',
    '',
  ].join('\n');
}

const isText = (rows: Exhibit['rows'], at: number, { spread, interval }: Column): boolean =>
  !spread && !interval && (at === 0 || rows.some((cells) => typeof cells[at] === 'string'));

function latexCell(cell: Cell, of: Column | undefined, mark: (reason: string) => string): string {
  const column = of && columnFor(of, cell);
  const written = (value: number, digits: number | undefined): string =>
    (column && smallP(column, value)?.replace('\u00a0', ' ')) ??
    (digits === undefined ? String(value) : fixed(value, digits));
  const decimals = column?.decimals;
  if (cell === null) return '';
  if (typeof cell === 'string') return latexLines(cell, longestLine, 'l', 't');
  if (!isQuantity(cell)) return `$${written(cell, column && shownDecimals(column, { value: cell, std: null }))}$`;
  if (cell.value === null) return `--$^{${mark(cell.undefined ?? '')}}$`;
  if (column?.spread && cell.std !== null) {
    const n = column.showN ? ` (${cell.n})` : '';
    return `$${written(cell.value, decimals)} \\pm ${written(cell.std, decimals)}$${n}`;
  }
  const drawn = column?.interval ? cell.interval : null;
  const why = drawn?.undefined;
  const range =
    drawn?.lo == null || drawn.hi === null
      ? why == null
        ? ''
        : ` [--$^{${mark(why)}}$]`
      : ` [$${written(drawn.lo, decimals)}$, $${written(drawn.hi, decimals)}$]$^{${claimMarks[drawn.claim]}}$`;
  return `$${written(cell.value, column && shownDecimals(column, cell))}$${range}`;
}

function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text;
}
