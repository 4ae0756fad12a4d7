import { expect, test } from 'vitest';
import { leaveNobody, importPeople } from '../../services/results/people.ts';
import { openSample, sampleFolder } from '../../services/report/sample-lab.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { hasBrowser, openPage, screenshot, startHost } from '../../renderer/harness.ts';

/** The Softmax view of the sample study, with other people. */
async function open(people: (workbench: Workbench) => unknown) {
  const dataFolder = await sampleFolder(temporaryFolder());
  const workbench = openSample(dataFolder);
  people(workbench);
  workbench.storage.close();
  return openPage(await startHost({ dataFolder }), { route: '/studies/sample/results/softmax' });
}

test.skipIf(!hasBrowser)('tables and figures stand around those of the core, and a bin opens its images', async () => {
  const page = await open(() => undefined);
  await page.getByRole('heading', { name: /^Networks against the majority/ }).waitFor();
  await page.getByRole('heading', { name: /^Each image/ }).waitFor();
  const shown = await page.locator('main').getByRole('figure').or(page.locator('main h2')).allTextContents();
  const known = [/^Table 4/, /^Distribution of the/, /^Quartiles/, /^How often/, /^Networks against/, /^Each image/];
  const places = shown.map((text) => known.findIndex((each) => each.test(text))).filter((place) => place >= 0);
  expect([...new Set(places)]).toEqual(known.map((_, at) => at));
  const figure = page.getByRole('figure', { name: /^How often networks agree with the majority/ });
  const plot = figure.locator('.pick-area');
  await plot.scrollIntoViewIfNeeded();
  const { width = 0, height = 0 } = (await plot.boundingBox()) ?? {};
  await plot.click({ position: { x: 0.97 * width, y: height / 2 } });
  const list = page.getByRole('listbox', { name: 'Ensemble, softmax 0.933–1', exact: true });
  await list.waitFor();
  expect(Number(await list.getByRole('option').first().getAttribute('aria-setsize'))).toBeGreaterThan(0);
  await screenshot(page, 'results-calibration');
});

test.skipIf(!hasBrowser)('without people, or a majority, it says so, and shows scores against all labels', async () => {
  const nobody = await open(leaveNobody);
  await nobody.getByText('Calibration is not defined. Nobody has labeled these images yet.').waitFor();
  const page = await open((workbench) => importPeople(workbench, 2, (who) => who));
  await page.getByText('Calibration is not defined. On no image is one label more frequent than all others.').waitFor();
  const rows = page.getByRole('region', { name: /^Networks against the majority/ }).locator('tbody tr');
  const texts = await rows.allTextContents();
  expect(texts).toHaveLength(2);
  for (const text of texts) expect(text).toMatch(/(with|against) people’s labels(, nats)?165/);
});
