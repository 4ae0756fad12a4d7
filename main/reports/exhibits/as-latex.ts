import {
  type Exhibit,
  type ExhibitCell,
  type ExhibitColumn,
  forReading,
  hasInterval,
  isMissing,
  isSpread,
} from './exhibit.ts';

const special: Record<string, string> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '^': '\\textasciicircum{}',
  // At the start of a row `[` would be taken for an option of the line break before it.
  '[': '{[}',
  ']': '{]}',
  _: '\\_',
  '~': '\\textasciitilde{}',
  '%': '\\%',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '"': '\\textquotedbl{}',
  '\u00a0': '~',
  '±': '\\ensuremath{\\pm}',
  '−': '\\ensuremath{-}',
  '×': '\\ensuremath{\\times}',
  α: '\\ensuremath{\\alpha}',
  κ: '\\ensuremath{\\kappa}',
};

/**
 * A text that LaTeX sets as it is and never runs: every character that means something to it is spelled out, and
 * control characters are dropped. Needs T1 encoding for `"`.
 */
export function latexText(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu, ' ')
    .replace(/[\\{}[\]$&#^_~%<>"\u00a0±−×ακ]/gu, (sign) => special[sign] ?? sign)
    .replace(/([-`'?!,])(?=\1)/g, '$1{}');
}

/** A table with the rules of booktabs, ready for `\\input`; its reasons and notes stand under it. */
export function exhibitLatex(exhibit: Exhibit, rehearsal: boolean): string {
  const { id, number, title, columns, rows, notes, people } = forReading(exhibit);
  const reasons: string[] = [];
  const letter = (because: string): string => {
    if (!reasons.includes(because)) reasons.push(because);
    return mark(reasons.indexOf(because));
  };
  const lines = rows.map(
    (cells) => `${cells.map((cell, at) => latexCell(cell, columns[at], letter)).join(' & ')} \\\\`,
  );
  const marked = people && rehearsal ? '\\textbf{Rehearsal with simulated labelers.} ' : '';
  const source = number === '' ? '' : ` (${latexText(number)} of the paper)`;
  const under = [...notes.map(latexText), ...reasons.map((because, at) => `$^{${mark(at)}}$ ${latexText(because)}`)];
  return [
    '\\begin{table}[htbp]',
    '\\centering',
    `\\caption{${marked}${latexText(title)}${source}}`,
    `\\label{tab:${id}}`,
    '\\small',
    `\\begin{tabular}{${columns.map((column, at) => (isText(rows, at, column) ? 'l' : 'r')).join('')}}`,
    '\\toprule',
    `${columns.map(({ name }) => latexText(name)).join(' & ')} \\\\`,
    '\\midrule',
    ...lines,
    '\\bottomrule',
    '\\end{tabular}',
    ...(under.length > 0
      ? ['\\par\\medskip', `\\begin{minipage}{\\linewidth}\\footnotesize ${under.join('\\\\ ')}\\end{minipage}`]
      : []),
    '\\end{table}',
    '',
  ].join('\n');
}

/** A document that sets all tables, to look at them and to see that they compile. `long` ones are left out by callers. */
export function latexDocument(title: string, names: readonly string[]): string {
  return [
    '\\documentclass[a4paper]{article}',
    '\\usepackage[T1]{fontenc}',
    '\\usepackage[utf8]{inputenc}',
    '\\usepackage{textcomp}',
    '\\usepackage{booktabs}',
    '\\usepackage[margin=15mm]{geometry}',
    '\\begin{document}',
    `\\section*{${latexText(title)}}`,
    ...names.map((name) => `\\input{${name}}`),
    '\\end{document}',
    '',
  ].join('\n');
}

const mark = (index: number): string => (index < 26 ? String.fromCharCode(97 + index) : String(index + 1));

const isText = (rows: Exhibit['rows'], at: number, { spread, interval }: ExhibitColumn): boolean =>
  !spread && !interval && (at === 0 || rows.some((cells) => typeof cells[at] === 'string'));

function latexCell(cell: ExhibitCell, column: ExhibitColumn | undefined, letter: (because: string) => string): string {
  const decimals = column?.decimals;
  const written = (value: number): string => (decimals === undefined ? String(value) : fixed(value, decimals));
  if (cell === null) return '';
  if (isMissing(cell)) return `--$^{${letter(cell.because)}}$`;
  if (isSpread(cell))
    return `$${written(cell.mean)} \\pm ${written(cell.std)}$${cell.n === undefined ? '' : ` (${cell.n})`}`;
  if (hasInterval(cell)) {
    const interval = cell.lo === null || cell.hi === null ? '' : ` [${written(cell.lo)}, ${written(cell.hi)}]`;
    return `$${written(cell.value)}${interval}$`;
  }
  return typeof cell === 'string' ? latexText(cell) : `$${written(cell)}$`;
}

function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text;
}
