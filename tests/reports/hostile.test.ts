import { describe, expect, it } from 'vitest';
import { type ReportChoice, wholeReport } from '../../main/contract/api/report.ts';
import { bundleOf } from '../../main/reports/bundle.ts';
import type { ReportData } from '../../main/reports/report-data.ts';
import { sampleData, type SampleOptions } from './sample.ts';

const evil = ['<img src=x onerror=alert(1)>', '=cmd()', '\\input{x}', '100%', '#tag', 'a_b', 'x'.repeat(300)];
const names = [...evil, '+1', '@sum', '-2'];
const renamed = (at: number): string => `${names[at % names.length]} ${at}`;

/** Every name that users, files or machines give is one of these. */
function hostileData(): ReportData {
  const data = sampleData({ targets: [97.5, 98], repeats: 1, classes: names, labelers: 'real' });
  const { labelers, models, runs } = data;
  return {
    ...data,
    study: { ...data.study, title: names.join(' '), question: names.join(' ') },
    dataSet: { ...data.dataSet, name: evil[0]! },
    labelers: labelers && { ...labelers, names: labelers.names.map((_, at) => renamed(at)) },
    models: models.map((model, at) => ({ ...model, name: renamed(at), architecture: evil[0]! })),
    runs: runs.map((run, at) => ({ ...run, name: renamed(at), machine: evil[0]! })),
    missed: [
      {
        name: evil[0]!,
        architecture: '=cmd()',
        repeat: null,
        seed: 1,
        target: 98,
        nearestAccuracy: 97,
        why: names.join(),
      },
    ],
    warnings: names,
  };
}

const choice: ReportChoice = {
  ...wholeReport,
  introduction: names.join('\n'),
  conclusion: '<script>alert(1)</script>',
};

const textsOf = (data: ReportData): [name: string, text: string][] =>
  bundleOf(data, choice).map(({ name, bytes }) => [name, Buffer.from(bytes).toString('utf8')]);

describe('names that would be commands, wherever a report writes them', () => {
  const files = textsOf(hostileData());

  it('are text in HTML and SVG', () => {
    for (const [name, text] of files.filter(([each]) => /\.(html|svg)$/.test(each))) {
      expect(text, name).not.toMatch(/<img src=x|<script/);
    }
  });

  it('are no formulas in CSV', () => {
    for (const [name, text] of files.filter(([each]) => each.endsWith('.csv'))) {
      expect(text, name).not.toMatch(/(^|,|\n)"?([=+@]|-[^\d.])/);
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
    ['no network that landed', { networks: 0 }],
    ['nothing but images', { networks: 0, labelers: 'none', targets: [] }],
  ])('with %s is written in every format, and nothing in it is NaN', (_, options) => {
    const files = textsOf(sampleData(options));
    expect(files.map(([name]) => name)).toContain('index.html');
    for (const [name, text] of files) expect(text, name).not.toMatch(/\bNaN\b|Infinity|\[object /);
  });
});
