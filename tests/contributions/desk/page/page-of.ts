import { type ComponentProps, createElement } from 'react';
import { onTestFinished } from 'vitest';
import type { VolunteerView } from '../../../../main/contributions/desk/contract/view.ts';
import type { DeskView as View } from '../../../../renderer/contributions/desk/page/desk-view.tsx';
import type { DeskPort } from '../../../../renderer/contributions/desk/page/desk-port.ts';
import { portOf } from './desk-of.ts';
import { SmallPage } from '../../../renderer/small-dom.ts';
import { viewOf } from './view-of.ts';

/** What a page had stored, in order: `0=1` is answer 1 to trial 0, `0=` takes it back, `0 timeout`; notes by their kinds. */
export interface Stored {
  kind: string;
  trial: number | null;
  choice: number | null;
  shownMs: number | null;
  atMs: number;
}

/** The page of a session in a small document, and what it stores. */
export async function pageOf(
  change: Partial<VolunteerView> = {},
  parts: Partial<DeskPort> = {},
  props: Partial<ComponentProps<typeof View>> = {},
) {
  // What it loads reads whether there is a document.
  const page = await SmallPage.open(null);
  const { DeskView } = await import('../../../../renderer/contributions/desk/page/desk-view.tsx');
  const stored: Stored[] = [];
  // Sittings of all pages wait for one another, also of tests that come later.
  const closed = Promise.withResolvers<void>();
  onTestFinished(() => page.do(() => closed.resolve()));
  const own = portOf({
    open: async () => viewOf(change),
    images: async (from, count) =>
      Uint8Array.from({ length: 16 * count }, (_, index) => 1 + from + Math.floor(index / 16)),
    addEvents: async (events) =>
      void stored.push(
        ...events.map(({ kind, trial, choice, shownMs, atMs }) => ({ kind, trial, choice, shownMs, atMs })),
      ),
    addNotes: async (notes) =>
      void stored.push(...notes.map(({ kind, trial, atMs }) => ({ kind, trial, choice: null, shownMs: null, atMs }))),
    finish: async () => undefined,
    timeUp: async () => undefined,
    ...parts,
  });
  const port: DeskPort = {
    ...own,
    addEvents: (events) => Promise.race([own.addEvents(events), closed.promise]),
    addNotes: (notes) => Promise.race([own.addNotes(notes), closed.promise]),
  };
  const draw = (shown: DeskPort, more: Partial<ComponentProps<typeof View>> = {}) =>
    page.draw(createElement(DeskView, { port: shown, ...props, ...more }));
  await draw(port);
  const cells = () => page.all('button').filter((one) => one.getAttribute('class') === 'desk-cell');
  return {
    page,
    port,
    stored,
    draw,
    /** Presses a button once the screen is measured. */
    start: async (button = 'Start') => {
      await page.pass(600);
      await page.click(button);
    },
    events: () =>
      stored
        .filter(({ shownMs }) => shownMs !== null)
        .map(({ kind, trial, choice }) => (kind === 'timeout' ? `${trial} timeout` : `${trial}=${choice ?? ''}`)),
    notes: () => stored.filter(({ shownMs }) => shownMs === null).map(({ kind }) => kind),
    /** The trial in focus on a grid. */
    focus: () => cells().findIndex((one) => one.getAttribute('aria-current') === 'true'),
  };
}
