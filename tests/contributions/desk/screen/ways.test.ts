import { createORPCClient } from '@orpc/client';
import { createElement } from 'react';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Board, BoardRow } from '../../../../main/contributions/desk/contract/board.ts';
import type { Medium } from '../../../../main/contributions/sessions/contract/plan.ts';
import type { WorkbenchClient } from '../../../../renderer/client/client.ts';
import { plan } from '../../../services/labeling/labeling-helper.ts';
import { markupOf, textOf } from '../../../renderer/text-of.ts';

const row = (id: number, medium: Medium): BoardRow => ({
  id,
  token: `token-${id}`,
  pseudonym: `P-000${id}`,
  medium,
  state: 'planned',
  planVersion: 1,
  trials: 10,
  answered: 0,
  at: null,
  blocks: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: null,
  lastSeenAt: null,
  finishedAt: null,
  sittings: 0,
  focusLost: 0,
  imagesLeft: null,
  secondWindows: 0,
  isUsed: false,
  excluded: null,
});

const board: Board = {
  plan: {
    id: 1,
    version: 1,
    texts: { question: 1, labels: 1, instructions: 1, consent: 1 },
    savedAt: '2026-01-01T00:00:00.000Z',
    plan: plan(),
  },
  hasPin: false,
  sessions: [row(1, 'kit'), row(2, 'paper')],
  withdrawn: [],
};

const NextStep = () => null;

/** The part with the sessions. @param isAdded whether a contribution adds a card and labeling on paper @param protocol of the page's address */
async function sessionsPart(isAdded: boolean, protocol = 'http:'): Promise<string> {
  vi.resetModules();
  vi.stubGlobal('localStorage', { getItem: () => null });
  vi.stubGlobal('window', { location: { protocol } });
  onTestFinished(() => {
    vi.resetModules();
    vi.unstubAllGlobals();
  });
  const { ClientProvider } = await import('../../../../renderer/client/context.tsx');
  const { addParts } = await import('../../../../renderer/ui/places/places.ts');
  const { Sessions } = await import('../../../../renderer/contributions/desk/sessions-part.tsx');
  if (isAdded) {
    addParts('paper', {
      'labeling.cards': ({ sessions }) => createElement('i', null, `${sessions.length} elsewhere`),
      'labeling.ways': [{ medium: 'paper', note: 'On sheets.', NextStep, width: 300 }],
    });
  }
  const client: WorkbenchClient = createORPCClient({ call: () => new Promise<never>(() => undefined) });
  const connection = { client, state: 'open', onState: () => vi.fn() } as const;
  const part = createElement(Sessions, { study: 'small', board, onPlan: vi.fn() });
  const connected = { connection, children: part };
  return markupOf(createElement(ClientProvider, connected));
}

/** What can be chosen for new sessions. */
const choices = (html: string): string[] =>
  [...html.matchAll(/<input [^>]*type="radio"[^>]*value="([^"]*)"/g)].map(([, value = '']) => value);

test('without other contributions people label on this screen', async () => {
  const html = await sessionsPart(false);
  expect(choices(html)).toEqual(['screen']);
  expect(textOf(html)).toContain('2 rows');
  expect(textOf(html)).not.toContain('elsewhere');
  expect(textOf(html)).toContain('Hand over this browser');
  expect(textOf(await sessionsPart(false, 'app:'))).toContain('Hand over this window');
});

test('a way that a contribution adds can be chosen, and its card stands beside the others', async () => {
  const html = await sessionsPart(true);
  expect(choices(html)).toEqual(['screen', 'paper']);
  expect(textOf(html)).toContain('2 elsewhere');
});
