import { expect, it } from 'vitest';
import { wholeReport } from '../../main/contract/api/report.ts';
import { reportBundle } from '../../main/reports/bundle.ts';
import { sampleData } from './sample.ts';

/** What a rehearsal may say of people: that it says nothing of them, the study's own words, and the paper's rows. */
const allowed = [
  'not from people',
  'nothing about people',
  'the same images as people do',
  'fewer-people',
  '"people":',
  '--people',
  // The name of a claim in tables.json.
  '"claim": "people"',
  '"about": "people"',
];

const readable = (text: string): string =>
  allowed
    .reduce((rest, words) => rest.replaceAll(words, ''), text)
    .replace(/<style>.*?<\/style>/gs, '')
    .replace(/ class="[^"]*"/g, '');

it('a rehearsal speaks of simulated labelers, in every table, figure and file', () => {
  for (const { name, bytes } of reportBundle(sampleData({ targets: [97.5, 98], repeats: 1 }), wholeReport)) {
    if (name === 'manifest.json' || name.endsWith('table-2.csv')) continue;
    const lines = readable(Buffer.from(bytes).toString('utf8')).split('\n');
    const spoken = lines.filter((line) => /\bpeople\b/i.test(line) && !/^\s*"?people"?( &|,)/.test(line));
    expect(spoken, name).toEqual([]);
  }
});

it('with people it speaks of people', () => {
  const [page] = reportBundle(sampleData({ labelers: 'real' }), wholeReport);
  const text = Buffer.from(page?.bytes ?? []).toString('utf8');
  expect(text).toContain('only people disagree');
  expect(text).not.toContain('imulated');
});
