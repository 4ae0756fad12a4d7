import { createElement } from 'react';
import { expect, test, vi } from 'vitest';
import { UserError } from '../../../main/contract/wire/errors.ts';
import type { WorkbenchClient } from '../../../renderer/client/client.ts';
import { SmallPage } from '../small-dom.ts';

/** A page with the foot of a plan, whose trainings cannot be started. */
async function planned(make: () => Promise<{ runs: number }>) {
  const page = await SmallPage.open(null);
  const { MantineProvider } = await import('@mantine/core');
  const { notificationsStore } = await import('@mantine/notifications');
  const { ClientProvider } = await import('../../../renderer/client/context.tsx');
  const { PlanFoot } = await import('../../../renderer/recipes/plan-foot.tsx');
  const start = () => Promise.reject(new UserError('work.busy', 'Nothing was started', 'study', 'Start it later.'));
  const client = { work: { start }, changes: { listen: () => new Promise(() => undefined) } };
  const connection = { client: client as unknown as WorkbenchClient, state: 'open', onState: () => vi.fn() } as const;
  const onDone = vi.fn();
  const foot = createElement(PlanFoot<{ runs: number }>, {
    study: 'quick',
    plan: { data: { runs: 3 }, error: null },
    disabled: false,
    actions: ['Train', 'Add without training'],
    make,
    says: ({ runs }) => `${runs} added`,
    onDone,
  });
  const connected = { connection, children: foot };
  await page.draw(createElement(MantineProvider, null, createElement(ClientProvider, connected)));
  const toasts = () => notificationsStore.getState().notifications.map(({ title }) => title);
  return { page, onDone, toasts };
}

test('models that were added stay, and the page says why they are not trained', async () => {
  const { page, onDone, toasts } = await planned(async () => ({ runs: 3 }));
  await page.click('Train 3 models');
  await page.pass(100);
  expect(onDone).toHaveBeenCalledOnce();
  expect(toasts()).toEqual(['3 added', 'Nothing was started']);
});

test('what cannot be added is said in the form, which stays', async () => {
  const { page, onDone } = await planned(() =>
    Promise.reject(new UserError('models.known', 'Known', 'MLP', 'Rename it.')),
  );
  await page.click('Add without training');
  await page.pass(100);
  expect(onDone).not.toHaveBeenCalled();
  expect(page.withRole('alert')).toEqual(['KnownWhereMLPWhat to doRename it.']);
});
