import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wholeReport } from '../../main/contract/api/report.ts';
import { reportBundle } from '../../main/reports/bundle.ts';
import { exhibitLatex } from '../../main/reports/formats/as-latex.ts';
import { spreadOrWhy, undefinedCell } from '../../main/exhibits/parts/cells.ts';
import { smallP } from '../../main/domain/results/exhibits.ts';
import type { Exhibit } from '../../main/contract/results/exhibit.ts';
import { latexText, wrapped } from '../../main/reports/formats/latex-text.ts';
import type { ReportData } from '../../main/exhibits/report-data.ts';
import { hostileData } from './hostile-sample.ts';
import { sampleData } from './sample.ts';

const exhibit = (rows: Exhibit['rows']): Exhibit => ({
  id: 'some',
  number: '',
  title: 'Some',
  people: false,
  notes: [],
  rows,
  columns: [{ name: 'Name' }, { name: 'Entropy of people and votes: Pearson', decimals: 3 }],
});

describe('a table for LaTeX', () => {
  it('has its headings in lines as short as their words and numbers', () => {
    expect(exhibitLatex(exhibit([['a', 0.5]]), false)).toContain(
      '{@{}r@{}}Entropy of\\\\people and\\\\votes:\\\\Pearson\\end{tabular}',
    );
  });

  it('writes counts among means as whole numbers', () => {
    const columns = [{ name: 'What' }, { name: '90 %', decimals: 1, spread: true }];
    const rows = [
      ['Images', 14],
      ['CNN', spreadOrWhy({ mean: 80, std: 2 }, '', null)],
      ['Floor', 0.153354],
    ];
    const table = exhibitLatex({ ...exhibit(rows), columns }, false);
    expect(table).toContain('Images & $14$ ');
    expect(table).toContain('Floor & $0.2$ ');
    expect(table).toContain('CNN & $80.0 \\pm 2.0$ ');
  });

  it('calls no p value zero', () => {
    const columns = [{ name: 'What' }, { name: 'p', decimals: 4, p: true }];
    const rows = [
      ['plain', 4.6e-13],
      ['none', undefinedCell('why')],
      ['seen', 0.00006],
    ];
    const table = { ...exhibit(rows), columns };
    const latex = exhibitLatex(table, false);
    for (const row of ['plain & $< 0.0001$', 'seen & $0.0001$']) expect(latex).toContain(row);
    expect(smallP({ p: true, decimals: 4 }, 4.6e-13)).toBe('<\u00a00.0001');
    expect(smallP({ decimals: 4 }, 4.6e-13)).toBeNull();
  });

  it('takes no star at the start of a row for an option of the row before', () => {
    expect(exhibitLatex(exhibit([['*a', 1]]), false)).toContain('\n{*}a & $1.000$');
  });

  it('writes letters that pdfLaTeX has no font for by their number there, and as they are elsewhere', () => {
    expect(latexText('a 日本\u200d b')).toBe('a \\ifdefined\\pdftexversion U+65E5 U+672C\\else 日本\u200d\\fi{} b');
    expect(latexText('β ≤ é ½')).toBe('\\ensuremath{\\beta} \\ensuremath{\\leq} é ½');
    expect(latexText('e\u0301')).toBe('é');
  });

  it('breaks words only where one is longer than a line, and no sign in two', () => {
    expect(wrapped('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrapped('😀😀😀😀😀', 2)).toEqual(['😀😀', '😀😀', '😀']);
    expect(wrapped('97.5\u00a0% of all', 6)).toEqual(['97.5\u00a0%', 'of all']);
  });
});

/** Compiles what a report writes. @returns what the program says of errors and of what does not fit, without the rest. */
function compiled(program: string, data: ReportData): { tables: number; pages: boolean; complaints: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'boundary-latex-'));
  try {
    for (const { name, bytes } of reportBundle(data, wholeReport)) {
      if (name.startsWith('latex/')) writeFileSync(join(folder, name.slice(6)), bytes);
    }
    const tables = readdirSync(folder).length - 1;
    const options = program === 'tectonic' ? ['--keep-logs'] : ['-interaction=nonstopmode', '-no-shell-escape'];
    spawnSync(program, [...options, 'all.tex'], { cwd: folder });
    const log = readFileSync(join(folder, 'all.log'), 'utf8');
    const complaints = log.split('\n').filter((line) => /^! |^Overfull|Float too large|Missing number/.test(line));
    return { tables, pages: readFileSync(join(folder, 'all.pdf')).length > 10_000, complaints };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const programs = ['pdflatex', 'lualatex', 'xelatex', 'tectonic'];
const installed = programs.filter((program) => spawnSync(program, ['--version']).status === 0);

describe('every table of a report compiles and fits its page', () => {
  if (installed.length === 0) {
    it('with the LaTeX of this machine', ({ skip }) => {
      process.stderr.write(`Not checked that LaTeX tables compile: there is none of ${programs.join(', ')}.\n`);
      skip(`none of ${programs.join(', ')} is installed`);
    });
    return;
  }
  describe.each(installed)('with %s', (program) => {
    it.each<[string, () => ReportData, number]>([
      ['a whole study', () => sampleData({ targets: [97.5, 98], repeats: 2 }), 16],
      ['names that would be commands, or that no font has', hostileData, 16],
      ['one network', () => sampleData({ networks: 1 }), 8],
      ['no labelers', () => sampleData({ labelers: 'none' }), 5],
    ])(
      'of %s',
      (_, data, fewest) => {
        const { tables, pages, complaints } = compiled(program, data());
        expect(complaints).toEqual([]);
        expect(pages).toBe(true);
        expect(tables).toBeGreaterThanOrEqual(fewest);
      },
      120_000,
    );
  });
});
