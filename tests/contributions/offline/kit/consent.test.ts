import { expect, test } from 'vitest';
import { focused } from '../../desk/page/sessions.ts';
import { viewOf } from '../../desk/page/view-of.ts';
import { hasBrowser } from '../../../renderer/harness.ts';
import { kitOf } from './kit-of.ts';
import { timedContext, TimedPage } from './timed-kit.ts';

const blur = (it: TimedPage): Promise<boolean> => it.page.evaluate(() => window.dispatchEvent(new Event('blur')));
const click = (it: TimedPage, name: string): Promise<void> =>
  it.page.getByRole('button', { name, exact: true }).click();

test.skipIf(!hasBrowser)('nothing is stored before consent, and nothing of a person who declines', async () => {
  const it = await TimedPage.open(await timedContext(), kitOf(viewOf({ consent: 'May we keep your answers?' })));
  await it.page.getByText('May we keep your answers?').waitFor();
  await blur(it);
  await it.pass(500);
  const empty = { consented: false, consentedAt: null, finished: false, finishedAt: null, sittings: [] };
  expect(await it.result()).toMatchObject({ ...empty, declined: false });
  await click(it, 'I do not want to take part');
  await it.page.getByText('Nothing was saved. Please tell the researcher.').waitFor();
  await blur(it);
  await it.page.reload();
  await it.opened();
  await it.page.getByText('Nothing was saved. Please tell the researcher.').waitFor();
  expect(await it.result()).toMatchObject({ ...empty, declined: true });
});

test.skipIf(!hasBrowser)(
  'consent is kept with its time; what happens is stored from then on, up to the end',
  async () => {
    const kit = kitOf(viewOf({ consent: 'May we?', trials: 3 }));
    const it = await TimedPage.open(await timedContext(), kit);
    await it.page.evaluate(() => Reflect.deleteProperty(Element.prototype, 'requestFullscreen'));
    await blur(it);
    await it.pass(5000);
    const agreedAt = await it.now();
    await click(it, 'I agree');
    await it.page.getByRole('heading', { name: 'What to do' }).waitFor();
    await it.pass(100);
    await blur(it);
    await it.pass(100);
    const shownMs = await it.now();
    await click(it, 'Start');
    await it.pass(300);
    await it.page.keyboard.press('3');
    await expect.poll(() => focused(it.page)).toBe(1);
    const consent = { consented: true, consentedAt: await it.date(agreedAt) };
    const first = {
      openedAt: await it.date(agreedAt),
      openedMs: agreedAt,
      notes: [{ seq: 0, kind: 'focus-lost', trial: null, atMs: agreedAt + 100 }],
      events: [{ seq: 1, trial: 0, kind: 'answer', choice: 2, shownMs, atMs: shownMs + 300 }],
    };
    expect(await it.result()).toMatchObject({ ...consent, sittings: [first] });
    // Loaded again, the page asks no more, and goes on at the next image.
    await it.page.reload();
    await it.opened();
    await it.page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await it.page.evaluate(() => Reflect.deleteProperty(Element.prototype, 'requestFullscreen'));
    await click(it, 'Continue');
    await expect.poll(() => focused(it.page)).toBe(1);
    const againMs = await it.now();
    await it.pass(40);
    await it.page.keyboard.press('1');
    const second = {
      ...(await it.opening()),
      events: [{ seq: 0, trial: 1, kind: 'answer', choice: 0, shownMs: againMs, atMs: againMs + 40 }],
      notes: [{ seq: 1, kind: 'review', trial: null, atMs: againMs + 40 }],
    };
    await expect.poll(() => focused(it.page)).toBe(2);
    await click(it, 'Check answers');
    await it.page.getByText('1 image has no answer.').waitFor();
    await click(it, 'Finish without it');
    await it.page.getByText('You cannot answer it later. Do you want to finish?').waitFor();
    expect((await it.result()).finished).toBe(false);
    await click(it, 'Finish');
    await it.page.getByText('You are done. Now save the result file.').waitFor();
    const finishedAt = await it.date(againMs + 40);
    // A page that is loaded again may note that it was hidden.
    const left = { ...first, notes: expect.arrayContaining(first.notes) };
    const ended = { ...consent, finished: true, timeUp: false, finishedAt, sittings: [left, second] };
    expect(await it.result()).toMatchObject(ended);
    // A page that opens later begins no sitting, and notes nothing.
    await it.page.reload();
    await it.opened();
    await it.page.getByText('You are done. Now save the result file.').waitFor();
    await it.pass(100);
    await blur(it);
    const later = await it.result();
    expect(later).toMatchObject({ finished: true, finishedAt });
    expect(later.sittings.flatMap(({ notes }) => notes).filter(({ atMs }) => atMs > againMs + 40)).toEqual([]);
    expect(later.sittings).toHaveLength(2);
  },
);
