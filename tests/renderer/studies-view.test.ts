import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import type { StudySummary } from '../../main/contract/calls.ts';
import { answerOf, connect } from '../../renderer/client/connect.ts';
import { StudiesView } from '../../renderer/features/studies/studies-view.tsx';
import type { Overview } from '../../renderer/features/studies/use-overview.ts';
import { ago } from '../../renderer/ui/ago.ts';

const now = Date.UTC(2026, 0, 2, 12);
const info: Overview['info'] = { ok: true, value: { version: '1.2.3', runtime: { node: '24' }, dataFolder: '/data' } };
const study: StudySummary = {
  name: 'quick',
  title: 'Quick <study>',
  runs: { queued: 0, running: 2, interrupted: 0, done: 12, failed: 1, cancelled: 0 },
  updatedAt: new Date(now - 5 * 60_000).toISOString(),
  report: null,
};

/** The page as text: what a reader of the screen gets. */
function textOf(overview: Overview | undefined): string {
  return renderToStaticMarkup(createElement(StudiesView, { overview, now }))
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('the page of studies', () => {
  test('says that it reads, before the first answer', () => {
    expect(textOf(undefined)).toContain('Reading the studies');
  });

  test('says how to start where there is no study', () => {
    const text = textOf({ studies: { ok: true, value: [] }, info });
    expect(text).toContain('No study yet');
    expect(text).toContain('npm run study');
    expect(text).toContain('Data folder /data');
  });

  test('shows a study with its runs by state, states without runs left out', () => {
    const text = textOf({ studies: { ok: true, value: [study] }, info });
    expect(text).toContain('Quick &lt;study&gt;');
    expect(text).toContain('5 minutes ago');
    expect(text).toContain('15 runs 12 done 2 running 1 failed');
    expect(text).not.toContain('cancelled');
    expect(text).toContain('not written yet');
  });

  test('shows where the report is', () => {
    const text = textOf({ studies: { ok: true, value: [{ ...study, report: '/data/report.html' }] }, info });
    expect(text).toContain('/data/report.html');
  });

  test('shows an error with its place and its remedy, and no list', () => {
    const error = { code: 'x', what: 'The database is damaged', where: '/data/db', remedy: 'Restore it.' };
    const text = textOf({ studies: { ok: false, error }, info });
    expect(text).toContain('The database is damaged');
    expect(text).toContain('/data/db');
    expect(text).toContain('Restore it.');
    expect(text).not.toContain('No study yet');
  });
});

describe('the connection', () => {
  test('without a bridge answers with what to do', async () => {
    const answer = await connect({}).call('studies.list', {});
    expect(answer).toMatchObject({ ok: false, error: { code: 'client.no-bridge' } });
  });

  test('that breaks is an answer too', async () => {
    const answer = await answerOf(Promise.reject(new Error('gone')));
    expect(answer).toMatchObject({ ok: false, error: { code: 'client.broken' } });
  });
});

test.each([
  [0, 'just now'],
  [-5_000, 'just now'],
  [59_000, 'just now'],
  [60_000, '1 minute ago'],
  [3_599_000, '59 minutes ago'],
  [7_200_000, '2 hours ago'],
  [86_400_000, 'yesterday'],
  [10 * 86_400_000, '10 days ago'],
])('%d ms before is %s', (before, words) => {
  expect(ago(now - before, now)).toBe(words);
});
