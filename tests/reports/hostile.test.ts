import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { type ReportChoice, wholeReport } from '../../main/contract/api/report.ts';
import { reportBundle } from '../../main/reports/bundle.ts';
import type { ReportData } from '../../main/exhibits/report-data.ts';
import { evil, hostileData, hostileNames } from './hostile-sample.ts';
import { sampleData, type SampleOptions } from './sample.ts';

const choice: ReportChoice = {
  ...wholeReport,
  introduction: hostileNames.join('\n'),
  conclusion: '<script>alert(1)</script>',
};

const textsOf = (data: ReportData): [name: string, text: string][] =>
  reportBundle(data, choice).map(({ name, bytes }) => [name, Buffer.from(bytes).toString('utf8')]);

describe('names that would be commands, wherever a report writes them', () => {
  const files = textsOf(hostileData());

  it('are text in HTML and SVG', () => {
    for (const [name, text] of files.filter(([each]) => /\.(html|svg)$/.test(each))) {
      expect(text, name).not.toMatch(/<img src=x|<script/);
    }
  });

  it('are no formulas in CSV', () => {
    for (const [name, text] of files.filter(([each]) => each.endsWith('.csv'))) {
      const cells = (parse(text) as string[][]).flat();
      expect(
        cells.filter((cell) => /^([=+@]|-[^\d.])/.test(cell)),
        name,
      ).toEqual([]);
    }
  });

  it('are text in LaTeX', () => {
    for (const [name, text] of files.filter(([each]) => each.startsWith('latex/'))) {
      const own = name === 'latex/all.tex' ? text.slice(text.indexOf('\\section'), text.indexOf('\\input')) : text;
      expect(own, name).not.toMatch(/\\input|[^\\][%#]/);
    }
  });

  it('stay whole in JSON', () => {
    for (const [name, text] of files.filter(([each]) => each.endsWith('.json')))
      expect(() => JSON.parse(text), name).not.toThrow();
    expect(JSON.parse(files.find(([name]) => name === 'json/each-image.json')?.[1] ?? '').rows[0][1]).toBe(evil[0]);
  });
});

describe('a study that has little yet', () => {
  it.each<[string, SampleOptions]>([
    ['no labelers', { labelers: 'none', targets: [97.5, 98] }],
    ['one network', { networks: 1 }],
    ['one network and no labelers', { networks: 1, labelers: 'none' }],
    ['one pair', { pairs: 1 }],
    ['no network that reached a target', { networks: 0 }],
    ['nothing but images', { networks: 0, labelers: 'none', targets: [] }],
  ])('with %s is written in every format, and nothing in it is NaN', (_, options) => {
    const files = textsOf(sampleData(options));
    expect(files.map(([name]) => name)).toContain('index.html');
    for (const [name, text] of files) expect(text, name).not.toMatch(/\bNaN\b|Infinity|\[object /);
  });
});
