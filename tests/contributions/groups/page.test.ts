import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { openWorkbench, type Workbench } from '../../../main/services/workbench/workbench.ts';
import { repository } from '../../architecture/tools.ts';
import { openSample, sampleFolder } from '../../services/report/sample-lab.ts';
import { addSeedStudy } from '../../services/results/seed-study.ts';
import { compareIn } from './compare-in.ts';
import { hasBrowser, screenshot, shareHost, violations } from '../../renderer/harness.ts';

const shared = shareHost(async (folder) => {
  const dataFolder = await sampleFolder(folder);
  const workbench = openSample(dataFolder);
  addSeedStudy(workbench);
  addPeopleAlone(workbench);
  workbench.storage.close();
  return dataFolder;
});

/** The sample and the study of seeds on the same stimuli, and one without networks. */
async function open<T>(route: string, ask: (compare: ReturnType<typeof compareIn>['compare']) => T) {
  const host = await shared.host();
  const places = { root: repository, resources: join(repository, 'resources'), dataFolder: host.dataFolder };
  const workbench = openWorkbench({ ...places, readOnly: true });
  const answer = ask(compareIn(workbench).compare);
  workbench.storage.close();
  const page = await shared.openPage({ route: `/studies/sample/results${route}` });
  return { page, answer, go: (next: string) => page.goto(`${new URL(host.address).origin}/#/studies${next}`) };
}

function addPeopleAlone(workbench: Workbench): void {
  const { storage, now } = workbench;
  const sample = findStudy(workbench, 'sample');
  const id = storage.studies.put('alone', { ...sample.spec, name: 'alone', title: 'People alone' }, now());
  storage.studies.useStimuli(id, storage.studies.stimuli(sample.id)!, now());
  const people = compareIn(workbench).results.overview({ study: 'sample' }).people;
  const labelers = people.map((each) => each.id);
  storage.studies.useLabelers(id, labelers, now());
}

const group = { kind: 'diverse', target: 97.5 } as const;
const own = { study: 'sample', labelers: null, group };

test.skipIf(!hasBrowser)('two studies: the same group on both sides, with the computed differences', async () => {
  const { page, answer } = await open('/compare?study2=seeds', (compare) =>
    compare({ a: own, b: { ...own, study: 'seeds' } }),
  );
  const table = page.getByRole('region', { name: 'Differences', exact: true });
  await table.waitFor();
  await expect.poll(() => page.getByRole('combobox', { name: 'Second networks' }).inputValue()).toMatch(/97.5/);
  const shown = answer.tests.filter((each) => each.in !== 'bits' && each.difference !== null);
  expect(shown.length).toBeGreaterThan(3);
  for (const { name, difference } of shown) {
    const row = table.getByRole('row', { name: name.replace('people', 'simulated labelers') }).first();
    const text = difference!.toFixed(1).replace('-', '−');
    await expect.poll(() => row.getByRole('cell').first().textContent()).toBe(`${text} %`);
  }
  await screenshot(page, 'results-compare-studies');
});

test.skipIf(!hasBrowser)('the study that Compare opens with stays when other networks of it are chosen', async () => {
  const { page } = await open('/compare', () => null);
  const study = page.getByRole('combobox', { name: 'Study' });
  const second = page.getByRole('combobox', { name: 'Second networks' });
  await expect.poll(() => second.inputValue()).toMatch(/97.5/);
  const before = await study.inputValue();
  await second.click();
  await page.getByRole('option', { name: /^All recipes at 98 %/ }).click();
  await expect.poll(() => second.inputValue()).toMatch(/98 %/);
  expect(await study.inputValue()).toBe(before);
  await page.waitForURL(/study2=seeds/);
});

test.skipIf(!hasBrowser)('two groups of one study can be chosen on the screen', async () => {
  const seeds = { ...own, study: 'seeds' };
  const other = { kind: 'diverse', target: 98.5 } as const;
  const { page, answer, go } = await open('', (compare) => compare({ a: seeds, b: { ...seeds, group: other } }));
  await go('/seeds/results/compare?group=diverse:97.5&other=diverse:98');
  const second = page.getByRole('combobox', { name: 'Second networks' });
  await second.click();
  await page.getByRole('option', { name: /^All recipes at 98.5 %/ }).click();
  const sides = /^First: All recipes at 97\.5 %, \d.* Second: All recipes at 98\.5 %, \d/;
  await expect.poll(() => page.locator('.compare-sides').textContent()).toMatch(sides);
  const [first] = answer.tests;
  const cell = page
    .getByRole('region', { name: 'Differences', exact: true })
    .getByRole('row')
    .nth(1)
    .getByRole('cell')
    .first();
  await expect.poll(() => cell.textContent()).toBe(`${first!.difference!.toFixed(1).replace('-', '−')} %`);
  await page.getByText(/At equal sizes: the exact mean over all choices of 8 of 9 networks/).waitFor();
  // All networks of an architecture are one click away.
  await second.click();
  await page.getByRole('option', { name: 'All MLP at 97.5 % (3)' }).click();
  await page.getByText(/Second: All MLP at 97.5 %, 3 networks/).waitFor();
  await page.getByText(/At equal sizes: the exact mean over all choices of 3 of 9 networks/).waitFor();
  expect(await violations(page)).toEqual([]);
});

test.skipIf(!hasBrowser)(
  'groups can be compared at equal trend accuracy instead of equal counted targets',
  async () => {
    const { page, go } = await open('', () => null);
    await go('/seeds/results/compare?group=seeds:MLP:97.5:1&other=seeds:CNN:97.5:1');
    const note = page.getByText(/^Mean trend accuracy: first/);
    // At one counted target the networks were not equally far: CNNs were luckier by 0.4 points.
    await expect
      .poll(() => note.textContent())
      .toMatch(/first 97\.4\d % \(4 networks\), second 97\.0\d % \(4 networks\)/);
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'results-compare-trend');
    await page
      .getByRole('button', { name: /^Compare with CNN seeds at 98 %, repeat \d \(trend 97\.\d\d %\)$/ })
      .click();
    await expect
      .poll(() => page.getByRole('combobox', { name: 'Second networks' }).inputValue())
      .toMatch(/^CNN seeds at 98 %/);
    await page.getByRole('region', { name: 'Differences', exact: true }).waitFor();
  },
);

test.skipIf(!hasBrowser)('a missing second study, and one without networks, are reported', async () => {
  const { page, go } = await open('/compare?study2=gone', () => null);
  await page
    .getByText(/no study/i)
    .first()
    .waitFor();
  await expect.poll(() => page.getByText('Computing results').count()).toBe(0);
  expect(await violations(page)).toEqual([]);
  await go('/sample/results/compare?study2=alone');
  await page.getByText('This study has no predictions yet').waitFor();
  await expect.poll(() => page.getByText('Computing results').count()).toBe(0);
  expect(await violations(page)).toEqual([]);
});

test.skipIf(!hasBrowser)(
  'parameters of Compare do not leak into other views; the map of differences reports what it cannot compare',
  async () => {
    const { page, go } = await open('/compare?study2=seeds&other=seeds:CNN:98:1&labelers2=1', () => null);
    await page.getByRole('link', { name: 'Who disagrees' }).click();
    await expect.poll(() => page.url()).not.toMatch(/study2|other|labelers2/);
    await go('/sample/results/stimuli?map=difference&other=seeds:CNN:98:1');
    await page.getByText(/has no predictions of this group/).waitFor();
    await expect.poll(() => page.getByText('Comparing').count()).toBe(0);
    await go('/seeds/results/stimuli?map=difference&group=diverse:97.5&other=diverse:98');
    const option = page.getByRole('listbox', { name: /^Images whose type differs/ }).getByRole('option');
    await expect.poll(() => option.textContent()).toMatch(/first group: .*second group: /);
  },
);
