import { expect, test } from 'vitest';
import { fixationMs, labelGrid, labelSingly, sittingPlan } from '../../desk/page/whole-sittings.ts';
import { viewOf } from '../../desk/page/view-of.ts';
import { hasBrowser } from '../../../renderer/harness.ts';
import { kitOf } from './kit-of.ts';
import { timedContext, TimedPage } from './timed-kit.ts';

const { trials, practice, breaks, columns } = sittingPlan;
const plan = { trials, practice, breaks, grid: { columns, rows: 3 }, fixationMs };

test.skipIf(!hasBrowser).for([
  ['grid', labelGrid],
  ['single', labelSingly],
] as const)('%s: the result of a kit has each value of what a volunteer did', async ([mode, label]) => {
  const kit = kitOf(viewOf({ ...plan, mode }));
  const it = await TimedPage.open(await timedContext(), kit);
  expect(await it.result()).toMatchObject({ finished: false, finishedAt: null, sittings: [] });
  expect(await it.page.locator('[data-ended]').count()).toBe(0);
  const { events, notes } = await label(it);
  const end = it.page.getByRole('complementary', { name: 'Result file' });
  expect(await end.getAttribute('data-ended')).toBe('true');
  expect(await end.textContent()).toMatch(
    /^Save the result file\. Then give it to the researcher\.Save the result file/,
  );
  expect(await it.page.getByRole('button', { name: 'Next person' }).count()).toBe(0);
  expect(await it.page.getByRole('button', { name: 'Researcher' }).count()).toBe(0);
  const result = await it.result();
  expect(result).toEqual({
    kit: kit.kit,
    session: kit.session.token,
    pseudonym: 'P-17',
    consented: false,
    consentedAt: null,
    declined: false,
    finished: true,
    timeUp: false,
    finishedAt: await it.date(await it.now()),
    sittings: [{ key: expect.stringMatching(/^[0-9a-f-]{36}$/), ...(await it.opening()), events, notes }],
  });
});
