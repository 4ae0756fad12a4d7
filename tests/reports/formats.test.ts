import { describe, expect, it } from 'vitest';
import { wholeReport } from '../../main/contract/api/report.ts';
import { reportBundle } from '../../main/reports/bundle.ts';
import { latexText } from '../../main/reports/formats/latex-text.ts';
import { sampleData } from './sample.ts';

const hostile = [
  '=1+1',
  '<img src=x onerror=alert(1)>',
  '\\input{/etc/passwd}',
  '$x_1^2$ & #5%',
  '[b]',
  '"; DROP',
  '\u202Eabc',
  'a-b',
  'e',
  'f',
];

describe('names that would be commands', () => {
  const files = reportBundle(sampleData({ targets: [97.5, 98], repeats: 1, classes: hostile }), wholeReport);
  const of = (start: string) => files.filter(({ name }) => name.startsWith(start));
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

  it('stay text in CSV', () => {
    for (const { name, bytes } of of('csv/')) expect(text(bytes), name).not.toMatch(/(^|,|\n)"?[=+@]/);
    expect(text(of('csv/each-image')[0]?.bytes ?? new Uint8Array())).toContain("'=1+1");
  });

  it('stay text in HTML and SVG', () => {
    for (const { name, bytes } of [...of('index.html'), ...of('svg/')]) {
      expect(text(bytes), name).not.toContain('<img src=x');
      expect(text(bytes), name).not.toContain('\u202E');
    }
  });

  it('stay text in LaTeX', () => {
    for (const { name, bytes } of of('latex/')) {
      if (name !== 'latex/all.tex') expect(text(bytes), name).not.toMatch(/\\input|\\write|\\def/);
    }
    expect(latexText('\\input{x} 50% $a_b^c$ #&~"[]')).toBe(
      '\\textbackslash{}input\\{x\\} 50\\% \\$a\\_b\\textasciicircum{}c\\$ \\#\\&\\textasciitilde{}\\textquotedbl{}{[}{]}',
    );
  });
});
