import { randomBytes, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { shownPlanSchema } from '../../../../main/contributions/sessions/contract/shown-plan.ts';
import type { KitSession } from '../../../../main/contributions/offline/kit-format.ts';
import { kitPort } from '../../../../renderer/contributions/offline/kit/kit-port.ts';
import { KitStore, type StoredState } from '../../../../renderer/contributions/offline/kit/kit-store.ts';

const view: KitSession['view'] = {
  state: 'active',
  pseudonym: 'P-1',
  ...shownPlanSchema.parse({ question: '?', timeLimit: { sessionMinutes: 1 } }),
  consented: false,
  options: [],
  hasPin: false,
  image: { width: 28, height: 28, channels: 1 },
  trials: 1,
  practice: 0,
  breaks: [],
  answers: [null],
  timedOut: [],
  leftMs: 60_000,
  next: 0,
};

/** A store whose states are in memory: which of two ends is kept is not the browser's. */
class Memory extends KitStore {
  kept: StoredState = { token: 't', kit: 'k', consented: false, consentedAt: null, finishedAt: null, state: 'open' };
  override state = async (): Promise<StoredState> => this.kept;
  override putState = async (state: StoredState): Promise<void> => {
    this.kept = state;
  };
}

test('what ended a kit’s session first is its end', async () => {
  const store = new Memory('k', false);
  const session = { token: 't', key: '', view, clock: [], images: [] };
  const imageKey = randomBytes(32).toString('base64');
  const kit = { schema: 'boundary-workbench/labeling-kit/2' as const, kit: 'k', createdAt: '', imageKey, images: [] };
  const ended: boolean[] = [];
  const port = kitPort({
    kit: { ...kit, session, locked: null },
    session,
    store,
    sitting: randomUUID(),
    onState: (hasEnded) => ended.push(hasEnded),
  });
  await port.finish(true);
  const { finishedAt } = store.kept;
  await port.timeUp();
  expect(store.kept).toMatchObject({ state: 'finished', finishedAt });
  expect(ended).toEqual([true, true]);
});
