import { expect, it } from 'vitest';
import { wholeReport } from '../../main/contract/api/report.ts';
import { reportBundle } from '../../main/reports/bundle.ts';
import { renamePeople, sampleData } from './sample.ts';

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

it('speaks of pseudonyms only where the program drew them', () => {
  const words = (names: (name: string, at: number) => string): string => {
    const data = sampleData({ labelers: 'real' });
    const { labelers } = data;
    const renamed = labelers && renamePeople(labelers, names);
    const [page] = reportBundle({ ...data, labelers: renamed }, wholeReport);
    return Buffer.from(page?.bytes ?? []).toString('utf8');
  };
  const drawn = (at: number): string => `P-AAA${'ABCDEFGHJKMNPQRSTUVWXYZ23456789'[at]}`;
  expect(words((_, at) => drawn(at))).toContain('labelers, under pseudonyms');
  // The number tells apart people of two sources with one pseudonym.
  expect(words((_, at) => `${drawn(0)} (${at})`)).toContain('labelers, under pseudonyms');
  const named = words((name, at) => (at < 2 ? name : drawn(at)));
  expect(named).toContain('2 of them named as in the table that was imported');
  expect(named).not.toContain('under pseudonyms');
  expect(words((name) => name)).toContain('labelers, named as in the table that was imported');
});
