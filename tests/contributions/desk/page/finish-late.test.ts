import { expect, test } from 'vitest';
import type { DeskPort } from '../../../../renderer/contributions/desk/page/desk-port.ts';
import { Sitting } from '../../../../renderer/contributions/desk/page/sitting.ts';
import { hasBrowser, openPage, startHost } from '../../../renderer/harness.ts';
import { prepareSession, refuseRows, stored } from './sessions.ts';

const plain = { practice: 0, repeats: 0, attention: 0 };

test.skipIf(!hasBrowser)('whoever has finished is done, though the time ran out before that was stored', async () => {
  const timeLimit = { imageSeconds: null, sessionMinutes: 1 };
  const session = await prepareSession({ ...plain, timeLimit }, { worked: 10_000 });
  const host = await startHost({ dataFolder: session.dataFolder });
  const page = await openPage(host, { route: `/desk/${session.token}`, hasClock: true });
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  await button('Continue').click();
  await page.getByRole('timer').waitFor();
  const allow = refuseRows(session, 'labeling_event');
  await page.keyboard.press('2');
  await button('Check answers').press('Enter');
  await button('Finish without them').press('Enter');
  await button('Finish').press('Enter');
  await page.clock.fastForward(50_000);
  await page.getByRole('heading', { name: 'The time is up' }).waitFor();
  allow();
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  // A second look, once all that was queued behind the end had its turn.
  await expect.poll(() => stored(session).state).toBe('finished');
  await page.clock.runFor(1500);
  await expect.poll(() => page.getByText('The time is up. You are done.', { exact: false }).count()).toBe(0);
  await expect.poll(() => page.getByRole('alert').count()).toBe(0);
  await host.stop();
  expect(stored(session)).toMatchObject({ state: 'finished', imagesLeft: null });
  expect(stored(session).answers.slice(0, 3)).toEqual([0, 1, null]);
});

/** A port that writes down what it is asked for; the first end is held up. */
function portOf(): { port: DeskPort; said: string[]; letGo: (error?: Error) => void } {
  const said: string[] = [];
  const held = Promise.withResolvers<void>();
  const say = (word: string) => async (): Promise<void> => void said.push(word);
  const never = async (): Promise<never> => Promise.reject(new Error('not asked for here'));
  return {
    port: {
      session: 'a',
      open: never,
      images: never,
      consent: never,
      checkPin: never,
      addEvents: say('event'),
      addNotes: async ([note]) => void said.push(`note ${note?.kind}`),
      timeUp: say('time-up'),
      finish: () => held.promise.then(say('finish')),
    },
    said,
    letGo: (error) => (error ? held.reject(error) : held.resolve()),
  };
}

test('what ended a session first is its end; an end that was refused is none', async () => {
  const one = portOf();
  const sitting = new Sitting(one.port, () => undefined);
  const ends = [sitting.finish(true, () => true), sitting.timeUp()];
  one.letGo();
  await Promise.all(ends);
  expect(one.said).toEqual(['finish']);

  const other = portOf();
  const refused = new Sitting(other.port, () => undefined);
  const finish = refused.finish(true, () => true);
  const timeUp = refused.timeUp();
  other.letGo(new Error('refused'));
  await expect(finish).rejects.toThrow('refused');
  await timeUp;
  expect(other.said).toEqual(['note time-up', 'time-up']);
});
