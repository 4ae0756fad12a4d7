import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { landingNote } from '../../../renderer/features/models/run/run-overview.tsx';
import type { Page } from 'playwright';
import { classifierRecipeSchema, type Target } from '../../../main/contract/recipes/recipes.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { smallStudy } from '../../services/study/small-study.ts';
import { firstGrid, gridLike, parseGrid } from '../../../renderer/features/models/add/grid-form.tsx';
import { hasBrowser, openPage, screenshot, startHost, startHostProcess, violations } from '../harness.ts';
import { dataWithManyRuns, dataWithSmallStudy } from './models-data.ts';

const patience = 240_000;

const { models } = smallStudy() as { models: { name: string; recipe: object }[] };
const onlyMlps = { models: models.filter(({ name }) => name.startsWith('MLP')) };

/** The page is told of changes once a second: the first run lasts for several, so that it is seen while it runs. */
const firstIsSlow = {
  models: onlyMlps.models.map((model, index) =>
    index === 0
      ? { ...model, recipe: { ...model.recipe, optimiser: { stepSize: 5e-7 }, batch: 2, maxEpochs: 60 } }
      : model,
  ),
};

/** The declaration of the only study, as it is stored. */
function newestSpec(dataFolder: string): string {
  const database = new Database(join(dataFolder, 'workbench.sqlite'), { readonly: true });
  const { spec } = database.prepare('SELECT spec FROM study_spec ORDER BY id DESC LIMIT 1').get() as { spec: string };
  database.close();
  return spec;
}

/** What the table of runs of the only study was last grouped by, as it is stored. */
function lastGroup(dataFolder: string): string | undefined {
  const database = new Database(join(dataFolder, 'workbench.sqlite'), { readonly: true });
  const values = database.prepare('SELECT value FROM study_setting').all() as { value: string }[];
  database.close();
  return values.flatMap(({ value }) => (JSON.parse(value) as { group?: string } | null)?.group ?? [])[0];
}

test('what decided on a snapshot is said of runs by accuracy and of runs by budget', () => {
  const standing = { state: 'reached', accuracy: 98, errors: 200, testCount: 10_000 } as const;
  const none = { trend: null, otherHalf: null, validation: null };
  const note = (target: Target, landing: 'validation' | null): string =>
    landingNote({ landing, targets: [{ ...standing, ...none, target }] });
  expect(note(98, null)).toContain('so usually above the accuracy around it');
  for (const target of ['epochs 1', 'loss 0.05'] as const) {
    for (const landing of ['validation', null] as const) {
      expect(note(target, landing)).toMatch(
        /^(Counted|Test accuracy): .* number of epochs or the training loss decided/,
      );
      expect(note(target, landing)).not.toContain('above the accuracy around it');
    }
  }
});

test('a recipe that is opened to be changed stays as it is where nothing is changed', () => {
  const augmentation = { shift: 3, rotate: 0, scale: 0.25, flip: true };
  const optimiser = { kind: 'adamw', stepSize: 0.002, weightDecay: 0.1, beta1: 0.8, beta2: 0.99, epsilon: 1e-6 };
  const schedule = { kind: 'cosine', epochs: 3, floor: 0.1, warmUp: 0.5 };
  const architectures = [
    { kind: 'mlp', hidden: [30, 20] },
    { kind: 'cnn', channels: [4, 4, 8, 8], hidden: [16, 16], dropout: 0.1 },
    { kind: 'mlp', hidden: [30], batchNorm: true, dropout: 0.2 },
    { kind: 'cnn', channels: [4], hidden: [], dropout: 0, batchNorm: false, downsampling: 'stride', perStage: 1 },
    { kind: 'vit', patch: 4, width: 32, blocks: 2, heads: 2, headWidth: 16, mlp: 48 },
    { kind: 'resnet', blocks: 3, width: 8 },
    { kind: 'lenet' },
    { kind: 'mixer', patch: 7, width: 32, blocks: 2, tokenMlp: 16, mlp: 64 },
  ];
  for (const architecture of architectures) {
    const training = { optimiser, schedule, clip: { by: 'norm', limit: 0.5 }, labelSmoothing: 0.1, augmentation };
    const recipe = classifierRecipeSchema.parse({ architecture, ...training, targets: [90], batch: 7 });
    const parsed = parseGrid(gridLike('MLP-s0', { recipe, seed: 4 }, { architectures: [] }));
    expect(parsed).toMatchObject({ grid: { base: recipe, factors: [], name: 'MLP', seed: 4 } });
  }
});

test('several values of settings are a grid, and what is wrong with them is said', () => {
  const usual = classifierRecipeSchema.parse({ architecture: { kind: 'mlp' }, targets: [97.5] });
  const first = firstGrid({ recipe: usual, architectures: [] });
  const parsed = (change: object) => {
    const result = parseGrid({ ...first, recipe: { ...first.recipe, ...change } });
    return 'grid' in result ? result.grid : result.problem;
  };
  expect(parsed({})).toMatchObject({ base: usual, factors: [], name: 'MLP' });
  const cnn = { architecture: 'cnn', 'architecture(cnn).channels': '8-16, 4', 'architecture(cnn).hidden': 'none' };
  const levels = [{ value: [8, 16] }, { value: [4] }];
  expect(parsed({ ...cnn, 'optimiser(adam).weightDecay': '0.1' })).toMatchObject({
    base: { architecture: { kind: 'cnn', channels: [8, 16], hidden: [] }, optimiser: { weightDecay: 0.1 } },
    factors: [{ of: 'architecture.channels', levels }],
  });
  expect(parsed({ labelSmoothing: 'none, 0.1', mixup: '0' })).toMatchObject({
    base: usual,
    factors: [{ of: 'labelSmoothing', levels: [{ value: null }, { value: 0.1 }] }],
  });
  expect(parsed({ targets: '97, epochs 10; loss 0.05' })).toMatchObject({
    base: { targets: [97, 'epochs 10', 'loss 0.05'] },
  });
  expect(parsed({ targets: '97, often' })).toMatch(/^Targets: Write an accuracy in percent/);
  expect(parsed({ architecture: 'lenet' })).toMatchObject({ base: { architecture: { kind: 'lenet' } } });
  expect(parsed({ architecture: 'mixer', 'architecture(mixer).blocks': '2-3' })).toBe('Blocks: "2-3" is not a number');
  expect(parsed({ architecture: 'resnet', 'architecture(resnet).blocks': '1, 19' })).toMatch(/^Blocks: Too big/);
  expect(parsed({ architecture: 'mixer', 'architecture(mixer).tokenMlp': '' })).toBe(
    'MLP width across patches: enter a number',
  );
  expect(parsed({ 'optimiser(adam).stepSize': '0,001' })).toMatch(/^Learning rate: "0,001" can be read in two ways/);
  expect(parseGrid({ ...first, name: '/' })).toEqual({
    problem: 'Name: letters, digits, space, dot, dash and underscore',
  });
});

const address = (page: Page): string => new URL(page.url()).hash;

/** The weights of MLP1 in each format, and how PyTorch loads them. */
async function downloadWeights(page: Page): Promise<void> {
  const download = async (format: RegExp): Promise<string> => {
    const started = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the weights of MLP1 at 97 %' }).click();
    await page.getByRole('menuitem', { name: format }).click();
    return (await started).suggestedFilename();
  };
  expect(await download(/^As stored/)).toBe('MLP1-97.zip');
  expect(await download(/^ONNX/)).toBe('MLP1-97.onnx');
  expect(await download(/^safetensors/)).toBe('MLP1-97.zip');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByText('load_file("MLP1-97.safetensors")').waitFor();
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'models-loader');
  await page.getByRole('button', { name: 'Copy the Python' }).click();
}

test.skipIf(!hasBrowser)(
  'planned models are trained at a click, watched live, opened and compared',
  { timeout: patience },
  async () => {
    const dataFolder = await dataWithSmallStudy(temporaryFolder(), firstIsSlow);
    const host = await startHostProcess({ dataFolder });
    const page = await openPage(host, { route: '/studies/small/models' });
    await page.getByRole('heading', { name: '5 models planned' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: /^Train 5 models \(.*\d (s|min|h), .*B\)$/ }).click();
    const grid = page.getByRole('grid');
    await grid.getByText('Running').first().waitFor();
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    // Rows become what the runs are, without anybody asking for it.
    await grid.getByText('Done').nth(4).waitFor({ timeout: 90_000 });
    await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
    await expect.poll(() => grid.getByRole('row').count()).toBe(6);
    await screenshot(page, 'models-trained');

    await grid.getByText('MLP1', { exact: true }).click();
    await page.getByRole('heading', { name: /^MLP1/ }).waitFor();
    expect(address(page)).toMatch(/\?run=\d+$/);
    await expect.poll(() => page.getByText(/of 1,000\)/).count()).toBeGreaterThan(0);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('columnheader', { name: 'Trend', exact: true }).waitFor();
    // The snapshot was chosen for its accuracy, so no interval stands beside it.
    const interval = page.getByText(/\[\d[\d.]* to [\d.]+ %\]/);
    expect(await interval.count()).toBe(0);
    await screenshot(page, 'models-run');
    await downloadWeights(page);
    // The button says "Copied" for a second only, which a busy machine may miss.
    const copied = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
    await expect.poll(copied).toContain('def logits(x):');
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Load the weights in PyTorch' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Copy as JSON' }).click();
    await expect.poll(copied).toMatch(/^\s*\{/);
    const recipe = classifierRecipeSchema.parse(JSON.parse(await copied()));
    expect(recipe).toMatchObject({ batch: 2, maxEpochs: 60 });
    await page
      .getByLabel('Note', { exact: true })
      .fill('Compare with https://example.org/run?id=1, javascript:alert(1)');
    const links = page.getByRole('list', { name: 'Links in the note' }).getByRole('link');
    await expect
      .poll(() => links.evaluateAll((all) => all.map((link) => link.getAttribute('href'))))
      .toEqual(['https://example.org/run?id=1']);
    await page.getByRole('tab', { name: 'Curves' }).click();
    await page.locator('.chart-line').first().waitFor();
    await expect.poll(() => page.locator('.chart-marker').count()).toBeGreaterThan(0);
    // What the workers recorded of the batches, beside the test images.
    const accuracy = page.getByRole('figure', { name: /^Test and training accuracy/ });
    await accuracy.getByText('Training images since the last evaluation').waitFor();
    await screenshot(page, 'models-curves');
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: /^MLP1/ }).waitFor({ state: 'detached' });

    await page.getByRole('checkbox', { name: 'Select all runs' }).check();
    await page.getByRole('link', { name: 'Compare' }).click();
    await page.getByRole('heading', { name: 'Outcomes and recipe differences' }).waitFor();
    await page.getByRole('rowheader', { name: 'Steps trained' }).waitFor();
    await page.getByRole('rowheader', { name: 'Seed', exact: true }).waitFor();
    await page.getByRole('figure', { name: /^Training accuracy/ }).waitFor();
    await expect.poll(() => page.getByText('The study has no frozen stimuli yet').count()).toBe(1);
    expect(await violations(page)).toEqual([]);
    await page.goto(page.url().replace(/compare.*/, 'matrix'));
    await page.getByText('2 of 2').first().waitFor();
    expect(await violations(page)).toEqual([]);
    await page.goto(page.url().replace(/\/matrix.*/, '?state=failed'));
    await page.getByText('No runs match the filter').waitFor();
    await page.getByRole('button', { name: 'Show all runs' }).click();
    await expect.poll(() => page.url()).not.toContain('state=');
    await page.getByRole('checkbox', { name: 'Select all runs' }).waitFor();
  },
);

test.skipIf(!hasBrowser)(
  'models are added from a grid whose time and disk are told, removed, and brought back',
  { timeout: patience },
  async () => {
    const dataFolder = await dataWithSmallStudy(temporaryFolder(), onlyMlps);
    const host = await startHost({ dataFolder });
    const page = await openPage(host, { route: '/studies/small/models?add=models' });
    await page.getByText('Grid of values').click();
    await page.getByLabel('Hidden layers', { exact: true }).fill('8, 12');
    await page.getByLabel('Learning rate').fill('0.001, 0.002');
    await page.getByLabel('Seeds', { exact: true }).fill('2');
    await page.getByText(/^8 trainings: about .*, .*B$/).waitFor();
    await page.getByLabel('Learning rate').fill('fast');
    await page.getByText('Learning rate: "fast" is not a number').waitFor();
    await page.getByLabel('Learning rate').fill('0,001');
    await page.getByText(/^Learning rate: "0,001" can be read in two ways/).waitFor();
    await page.getByLabel('Learning rate').fill('0.001');
    await page.getByLabel('Hidden layers', { exact: true }).fill('500-x');
    await page.getByText('Hidden layers: "500-x" is not a list of sizes such as 32-64').waitFor();
    await page.getByLabel('Hidden layers', { exact: true }).fill('8, 12');
    await page.getByText(/^4 trainings/).waitFor();
    await page.getByRole('combobox', { name: 'Architecture' }).click();
    await page.getByRole('option', { name: 'ViT' }).click();
    await page.getByLabel('Patch size').fill('');
    await page.getByText('Patch size: enter a number').waitFor();
    await page.getByLabel('Patch size').fill('8');
    await page.getByText(/^2 trainings/).waitFor();
    await page.getByRole('combobox', { name: 'Architecture' }).click();
    await page.getByRole('option', { name: 'MLP', exact: true }).click();
    await page.getByText(/^4 trainings/).waitFor();
    await page.getByRole('checkbox', { name: 'Augmentation' }).check();
    await page.getByRole('checkbox', { name: 'Mirroring' }).check();
    await page.getByLabel('Shift (pixels)').fill('0');
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'models-add');
    await page.getByRole('button', { name: 'Add without training' }).click();
    // Its data set has not been read yet, so its next start queues them.
    await page.getByRole('heading', { name: '9 models planned' }).waitFor();
    const mirrored = '"augmentation":{"flip":true,"rotate":10,"scale":0.1,"shift":0}';
    expect(newestSpec(dataFolder)).toContain(mirrored);
    await page.getByRole('button', { name: 'Add models' }).click();
    await page.getByRole('checkbox', { name: 'MLP1, half the width' }).check();
    await page.getByText(/^1 training: about/).waitFor();
    expect(await violations(page)).toEqual([]);
  },
);

test.skipIf(!hasBrowser)(
  'a table of hundreds of runs by keyboard alone: filter, move, select, open; views are kept',
  { timeout: patience },
  async () => {
    const dataFolder = dataWithManyRuns(temporaryFolder(), 300);
    const host = await startHost({ dataFolder });
    const page = await openPage(host, { route: '/studies/bench/models', colorScheme: 'dark' });
    const grid = page.getByRole('grid');
    await grid.getByText('M1-s0', { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'models-dark');
    await page.keyboard.press('/');
    await page.locator('input:focus').waitFor();
    await page.keyboard.type('cnn failed');
    await page.getByText(/^[1-9] of 300 runs$/).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'Run failed: The loss is not finite any more' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await grid.focus();
    await page.keyboard.press(' ');
    await page.getByText('1 run selected').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Tag' }).click();
    await page.getByRole('combobox', { name: 'Tags' }).fill('<b>odd</b>');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Add to 1 run' }).click();
    await grid.locator('.run-tag', { hasText: '<b>odd</b>' }).waitFor();
    const titles = async () => (await grid.getByRole('columnheader').allTextContents()).map((text) => text.trim());
    expect((await titles()).slice(1, 8)).toEqual([
      ...['Name↑', 'Tags', 'State', 'Progress', 'Architecture', 'Test accuracy at target (%)', 'Batch size'],
    ]);
    await page.getByRole('button', { name: 'Choose columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Batch size' }).click();
    await page.keyboard.press('Escape');
    await expect.poll(async () => (await titles()).includes('Batch size')).toBe(false);
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByText('1 run queued again').waitFor();
    await page.keyboard.press('/');
    await page.locator('input:focus').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('300 runs', { exact: true }).waitFor();
    const more = async (name: string | RegExp) => {
      await page.getByRole('toolbar', { name: 'Selected runs' }).getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name }).click();
    };
    await more(/^Archive/);
    await page.getByText('results and reports still use them').waitFor();
    await page.getByText('299 of 300 runs').waitFor();
    await page.getByRole('button', { name: 'Show 1 archived' }).click();
    await page.getByText('300 runs', { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('/');
    await page.locator('input:focus').waitFor();
    await page.keyboard.type('failed cnn');
    await page.getByText(/^[1-9] of 300 runs$/).waitFor();
    await grid.getByRole('checkbox').nth(1).click();
    await more(/^Delete/);
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Curves, snapshots and predictions of 1 run are deleted').waitFor();
    await dialog.getByText('The study still plans 1 model of them').waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'models-delete-dark');
    await dialog.getByRole('button', { name: 'Keep runs' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByText('299 of 300 runs').waitFor();
    await page.getByRole('button', { name: 'Show 1 archived' }).click();

    await page.getByRole('combobox', { name: 'Group' }).click();
    await page.getByRole('option', { name: 'By architecture' }).click();
    await grid.getByRole('button', { name: 'CNN', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByLabel('Save this view as').fill('Architectures');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Architectures', exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await grid.focus();
    // The last group opens, its runs are below it, and the keys go from group to group and run to run.
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.press('End');
    await grid.getByText('M6-s49', { exact: true }).waitFor();
    await page.keyboard.press('Home');
    expect(await grid.getByRole('button', { expanded: true }).textContent()).toBe('ViT');
    await page.keyboard.press('Enter');
    await grid.getByText('M3-s0', { exact: true }).waitFor();
    const [cnn] = await grid.getByRole('row').filter({ hasText: '100 runs, 98 done' }).allTextContents();
    expect(cnn).toContain('98:98.00 ± 0.03');
    expect(await violations(page)).toEqual([]);
    // How it was left is how it is found.
    await expect.poll(() => lastGroup(dataFolder)).toBe('architecture');
    await page.reload();
    await grid.getByRole('button', { name: 'CNN', exact: true }).waitFor();
  },
);

test.skipIf(!hasBrowser)(
  'a study that is not there, a run that is not there, a filter that nothing passes',
  { timeout: patience },
  async () => {
    const dataFolder = dataWithManyRuns(temporaryFolder(), 40);
    const host = await startHost({ dataFolder });
    const page = await openPage(host, { route: '/studies/none/models', width: 1920, height: 1080 });
    await page.getByRole('alert').filter({ hasText: 'There is no study "none"' }).waitFor();
    expect(await violations(page)).toEqual([]);
    const origin = new URL(host.address).origin;
    await page.goto(`${origin}/#/studies/bench/models?run=4711`);
    await page.getByRole('alert').filter({ hasText: 'There is no such run' }).waitFor();
    await page.goto(`${origin}/#/studies/bench/models?run=12a`);
    await page.getByRole('alert').filter({ hasText: 'There is no such run' }).getByText('run 12a').waitFor();
    await page.goto(`${origin}/#/studies/bench/models`);
    await page.getByRole('textbox', { name: 'Filter runs' }).fill('no such thing');
    await page.getByRole('heading', { name: 'No runs match the filter' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Show all runs' }).click();
    await page.getByRole('grid').getByText('M1-s0', { exact: true }).waitFor();
    await page.goto(`${origin}/#/studies/bench/models/compare`);
    await page.getByRole('heading', { name: 'No runs selected' }).waitFor();
    await page.goto(`${origin}/#/studies/bench/models/matrix`);
    await page.getByRole('heading', { name: 'No seed studies yet' }).waitFor();
    // All models are done, but nothing that this screen would show.
    expect(await page.locator('.state-mark').allTextContents()).toEqual([]);
    expect(await violations(page)).toEqual([]);
  },
);

test.skipIf(!hasBrowser)(
  'an action that is refused says so above the table, until it is dismissed',
  { timeout: patience },
  async () => {
    const dataFolder = dataWithManyRuns(temporaryFolder(), 40);
    const host = await startHost({ dataFolder });
    const page = await openPage(host, { route: '/studies/bench/models' });
    await page.clock.install();
    const grid = page.getByRole('grid');
    await grid.getByText('M1-s0', { exact: true }).waitFor();
    await grid.focus();
    await page.keyboard.press(' ');
    await page.getByText('1 run selected').waitFor();
    const other = await page.context().newPage();
    await other.goto(`${new URL(host.address).origin}/#/studies`);
    await other.getByRole('button', { name: /^Actions for/ }).click();
    await other.getByRole('menuitem', { name: 'Delete study' }).click();
    await other.getByText('Deleted (1)').click();
    await other.getByRole('button', { name: 'Delete permanently …' }).click();
    await other
      .getByRole('dialog')
      .getByText('the answers of people who are in no other study', { exact: false })
      .waitFor();
    await other.getByRole('dialog').getByRole('button', { name: 'Delete permanently' }).click();
    await other.getByText('Deleted (1)').waitFor({ state: 'detached' });
    const selection = page.getByRole('toolbar', { name: 'Selected runs' });
    // The run is done: no button that would do nothing.
    expect(await selection.getByRole('button', { name: /^(Start|Pause|Resume|Retry|Cancel)$/ }).count()).toBe(0);
    await selection.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Remove from study' }).click();
    const alerts = page.getByRole('main').getByRole('alert').filter({ hasText: 'There is no study "bench"' });
    const dismiss = page.getByRole('button', { name: 'Dismiss' });
    const notice = alerts.filter({ has: dismiss });
    await notice.waitFor();
    expect(await alerts.count()).toBe(1);
    await page.clock.fastForward(60_000);
    await expect.poll(() => notice.isVisible()).toBe(true);
    expect(await violations(page)).toEqual([]);
    await notice.getByRole('button', { name: 'Dismiss' }).click();
    await notice.waitFor({ state: 'detached' });
  },
);
