import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import type { Page } from 'playwright';
import { expect, test, vi } from 'vitest';
import { studySchema } from '../../../main/contract/studies/study.ts';
import { openStorage } from '../../../main/storage/open.ts';
import { chosen, toOneFile } from '../../../renderer/contributions/images/dropped-files.ts';
import { writeColors } from './pictures.ts';
import { type Files, pattern, writeFiles } from '../formats/image-folder.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from '../../renderer/harness.ts';

test('a folder of more files than a zip can hold is refused before it is packed', async () => {
  const file = new File(['x'], '1.png');
  const folder = Array.from({ length: 65_535 }, (_, k) => ({ path: `pets/cat/${k}.png`, file }));
  await expect(toOneFile(folder)).rejects.toMatchObject({
    code: 'drop.too-many',
    message: 'This folder has 65,535 files, and the page can pack 65,534',
  });
});

test('in the window of the program a chosen folder or file is its path, on every system', () => {
  const paths = new Map<File, string>();
  const file = (path: string, below = ''): File => {
    const made = Object.defineProperty(new File([], '1.png'), 'webkitRelativePath', { value: below });
    paths.set(made, path);
    return made;
  };
  vi.stubGlobal('window', { boundaryDesktop: { pathForFile: (of: File) => paths.get(of) ?? '' } });
  expect(chosen([])).toBeNull();
  expect(chosen([file('/home/pets.zip')])).toEqual({ path: '/home/pets.zip' });
  const inFolder = ['cat/1.png', 'dog/1.png'].map((path) => file(`/home/pets/${path}`, `pets/${path}`));
  expect(chosen(inFolder)).toEqual({ path: '/home/pets' });
  expect(chosen([file('C:\\my\\pets\\cat\\1.png', 'pets/cat/1.png')])).toEqual({ path: 'C:\\my\\pets' });
  expect(chosen([file('/home/other.png', 'pets/cat/1.png')])).toEqual({ files: expect.any(Function) });
  vi.stubGlobal('window', {});
  expect(chosen(inFolder)).toEqual({ files: expect.any(Function) });
  vi.unstubAllGlobals();
});

/** Drops files or folders on the page as a person does. */
async function drop(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 600, y: 300, data });
  await session.detach();
}

/** CIFAR-100's files with five fine classes of three coarse ones. */
function hundred(): Files {
  const records = (count: number, from: number): Buffer =>
    Buffer.concat(Array.from({ length: count }, (_, k) => Buffer.from([k % 3, k % 5, ...pattern(from + k, 32, 32)])));
  return {
    'train.bin': records(15, 0),
    'test.bin': records(15, 15),
    'fine_label_names.txt': 'cat\ndog\nowl\neel\ncod',
    'coarse_label_names.txt': 'pet\nbird\nfish',
  };
}

/** A zip of a folder with a folder for each class. */
function zipFolder(folder: string, name: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.png'));
  const path = join(folder, '..', name);
  writeFileSync(path, zipSync(Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file))]))));
  return path;
}

/** The study `lamps` without a reference classifier, as a study file may declare it. */
function addBare(dataFolder: string): void {
  const storage = openStorage(dataFolder, { beside: true });
  const spec = storage.studies.byName('lamps')?.spec;
  const stimuli = { ...spec?.stimuli, anchorRule: { kind: 'random', seed: 1 } };
  storage.studies.put('bare', studySchema.parse({ ...spec, name: 'bare', reference: null, stimuli }), 1);
  storage.close();
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

/** The largest difference between red, green and blue in a picture. */
const colorOf = (page: Page, selector: string): Promise<number> =>
  page
    .locator(selector)
    .first()
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
      let most = 0;
      for (let k = 0; k + 3 < data.length; k += 4) {
        const [red = 0, green = 0, blue = 0] = [data[k], data[k + 1], data[k + 2]];
        most = Math.max(most, Math.max(red, green, blue) - Math.min(red, green, blue));
      }
      return most;
    });

test.skipIf(!hasBrowser)('a folder of colored pictures is dropped, uploaded or named, and read once', async () => {
  const folder = join(temporaryFolder(), 'lamps');
  writeColors(folder, ['blau', 'grün', 'rot'], 12, 12);
  const host = await startHost();
  const page = await openPage(host);
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Screen, study, run or command').fill('New study from');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'New study from images' }).waitFor();
  expect(await page.title()).toBe('New study · Boundary Workbench');
  expect(await violations(page)).toEqual([]);
  await page.getByLabel('Or a path on the computer').fill(join(folder, 'rot', '0.png'));
  await button(page, 'Look at these images').click();
  await page.getByRole('alert').getByText('What to do').waitFor();
  const uploads: string[] = [];
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname === '/uploads') uploads.push(searchParams.get('name') ?? '');
  });
  const found = async (): Promise<void> => {
    const summary = page.getByText(
      'Image folder; 36 images in 3 classes; the 24 images looked at so far: 12 × 12 pixels, in color',
    );
    await summary.waitFor().catch(async (error: unknown) => {
      throw new Error(`The page says: ${await page.locator('.new-study').textContent()}`, { cause: error });
    });
  };
  // A browser hands over what is dropped; the program's own window says where it lies, and it is read there.
  await drop(page, folder);
  await found();
  await button(page, 'Choose other images').click();
  await drop(page, zipFolder(folder, 'zipped.zip'));
  await found();
  expect(uploads).toEqual(['lamps.zip', 'zipped.zip']);
  await button(page, 'Choose other images').click();
  await page.evaluate((path) => {
    Object.assign(window, {
      boundaryDesktop: { pathForFile: ({ name }: File) => (path.endsWith(`/${name}`) ? path : '') },
    });
  }, folder);
  await drop(page, folder);
  await found();
  expect(uploads).toHaveLength(2);
  const isRead = page.getByRole('row', { name: /grün 10 2/ });
  await isRead.waitFor();
  // CIFAR-100's coarse classes are known, and can be chosen, once they were read.
  await button(page, 'Choose other images').click();
  await page.getByLabel('Or a path on the computer').fill(writeFiles(hundred()));
  await button(page, 'Look at these images').click();
  await page.getByText('30 images in 5 classes', { exact: false }).waitFor();
  await page.getByRole('radio', { name: 'Coarse (20 classes)' }).press(' ');
  await button(page, 'Read the images again').click();
  await page.getByText('30 images in 3 classes', { exact: false }).waitFor();
  await page.getByText('Classes: all 3').click();
  await page.getByRole('checkbox', { name: 'bird' }).click();
  await button(page, 'Read the images again').click();
  await page.getByRole('row', { name: /bird/ }).waitFor({ state: 'hidden' });
  await page.getByRole('row', { name: /fish/ }).waitFor();
  await page.getByText('Classes: 2 of 3').waitFor();
  expect(await page.getByRole('row', { name: /bird/ }).count()).toBe(0);
  // Images at a path are read once, and again if a person asks for it.
  await button(page, 'Choose other images').click();
  await page.getByLabel('Or a path on the computer').fill(folder);
  await button(page, 'Look at these images').click();
  const isStored = page.getByText('no file has changed since');
  await isStored.waitFor();
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'new-study-prepared');
  await button(page, 'Read again').click();
  await isStored.waitFor({ state: 'hidden' });
  await isRead.waitFor();
  // What the images cannot reach is not started, and the nearest target is a button.
  const starts = ['Start study', 'Create without starting'];
  const areEnabled = () => Promise.all(starts.map((name) => button(page, name).isEnabled()));
  await page.getByLabel('Target accuracy').fill('60');
  await page.getByText('With 6 test images no accuracy lies within 5 points of 60 %').waitFor();
  expect(await areEnabled()).toEqual([false, false]);
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'new-study-refused');
  await button(page, /^Change the target to/).click();
  await expect.poll(areEnabled).toEqual([true, true]);
});

test.skipIf(!hasBrowser)(
  'a folder of colored pictures becomes a study that runs to its report, and is labeled in color',
  { timeout: 300_000 },
  async () => {
    const folder = join(temporaryFolder(), 'lamps');
    writeColors(folder, ['blau', 'grün', 'rot'], 12, 12);
    const host = await startHost();
    const page = await openPage(host);
    await page.getByRole('link', { name: 'New study from images' }).click();
    await page.getByLabel('Or a path on the computer').fill(folder);
    await button(page, 'Look at these images').click();
    await expect.poll(() => colorOf(page, '.new-study-pictures canvas')).toBeGreaterThan(60);
    await page.getByText(/^Proposed: \d+/).waitFor({ timeout: 120_000 });
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'new-study');
    await page.getByLabel('Networks of each architecture').fill('1');
    await page.getByLabel('Simulated labelers').fill('3');
    await page.getByText(/^3 networks at/).waitFor();
    await button(page, 'Start study').click();
    await page.getByRole('heading', { name: 'lamps: networks and people' }).waitFor();
    await expect.poll(() => page.locator('.pipeline-step[data-state="done"]').count(), { timeout: 200_000 }).toBe(7);

    // No generator made the images: nothing can be drawn again, and one instead would have to be trained.
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Results' }).click();
    await page.getByRole('link', { name: 'What causes it' }).click();
    await page.getByRole('link', { name: 'Effects', exact: true }).waitFor();
    expect(await page.getByRole('link', { name: 'Anchor draws' }).count()).toBe(0);
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Stimuli' }).click();
    await page.getByText('Mixed from the 6 test images of lamps. No generator is needed.').waitFor();
    await page.getByRole('radio', { name: 'Generator' }).press(' ');
    const question = page.getByRole('dialog');
    await question.getByText('must be trained first: a dcgan28 of 15,000 steps.', { exact: false }).waitFor();
    await question.getByText('the labels of 3 simulated labelers', { exact: false }).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'stimuli-source');
    await button(page, 'Use a generator').click();
    await button(page, 'Train the generator and find candidates').waitFor();
    await page.getByText(/^Draft differs from frozen/).waitFor();
    await screenshot(page, 'stimuli-untrained');
    await button(page, 'Undo').click();
    await page.getByText('Frozen', { exact: true }).waitFor();
    // A study without a classifier that finds anchors says so, and does not offer a generator.
    addBare(host.dataFolder);
    const bare = await openPage(host, { route: '/studies/bare/stimuli' });
    await bare.getByText('A generator needs a reference classifier', { exact: false }).waitFor();
    expect(await bare.getByRole('radio', { name: 'Generator' }).isDisabled()).toBe(true);
    expect(await violations(bare)).toEqual([]);
    await screenshot(bare, 'stimuli-no-generator');

    const route = '/studies/lamps/labeling';
    const labeling = await openPage(host, { route });
    await button(labeling, 'Save the plan').click();
    await labeling.getByText(/^Version 1, saved/).waitFor();
    await labeling.getByRole('tab', { name: 'Sessions' }).click();
    await button(labeling, /^Create \d+ sessions?$/).click();
    await button(labeling, /^Start .* on this screen$/)
      .first()
      .click();
    const opening = labeling.waitForEvent('popup');
    await button(labeling, 'Start without a PIN').click();
    const desk = await opening;
    await desk.getByRole('button', { name: 'Start', exact: true }).click();
    await desk.locator('.desk-cell canvas').first().waitFor();
    await expect.poll(() => colorOf(desk, '.desk-cell canvas')).toBeGreaterThan(60);
    // A key counts once the desk has begun to listen.
    const answered = desk.locator('.desk-cell canvas[aria-label*="answer"]');
    await expect
      .poll(async () => {
        await desk.keyboard.press('b');
        return answered.count();
      })
      .toBeGreaterThan(0);
  },
);
