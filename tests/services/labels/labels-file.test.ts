import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { UserError } from '../../../main/contract/errors.ts';
import { labelersSchema } from '../../../main/contract/study.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { ReadingProcess } from '../../../main/services/labeling/reading-process.ts';
import { type LabelsOfFile, readLabels, type WantedLabels } from '../../../main/services/labels/labels-file.ts';
import { provideLabels } from '../../../main/services/labels/study-labels.ts';
import { openWorkbench } from '../../../main/services/tools/workbench.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { addStimuli, classes, studyName } from '../labeling/labeling-helper.ts';

const root = join(import.meta.dirname, '../../..');

/** A study with stimuli in a data folder, and the process that reads files of labels for it. */
function setUp() {
  const folder = temporaryFolder();
  const places = { root, resources: join(root, 'resources'), dataFolder: join(folder, 'data') };
  const workbench = openWorkbench(places);
  const reading = new ReadingProcess({ launcher: new ForkLauncher() });
  onTestFinished(async () => {
    await reading.close();
    workbench.storage.close();
  });
  const setHash = addStimuli(workbench.storage);
  const path = join(folder, 'humans.csv');
  const read = ({ path: file, setHash: set }: WantedLabels): Promise<LabelsOfFile> =>
    reading.readLabels({ ...places, path: file, name: file, set, classes: classes.length });
  const wanted = { path, setHash, classes: classes.length };
  return { workbench, folder, path, setHash, read, wanted };
}

const images = ({ workbench, setHash }: ReturnType<typeof setUp>) => workbench.storage.stimulusSets.images(setHash);

test('labels that a study file names are read in a process of their own, and stored as they are in the file', async () => {
  const it = setUp();
  const { workbench, folder, path, setHash, read, wanted } = it;
  const stimuli = images(it);
  const people = Array.from({ length: 60 }, (_, k) => `person ${k}`);
  const label = (image: number, person: number): number | null =>
    (image + person) % 7 === 0 ? null : (image * person) % 3;
  const lines = people.flatMap((name, person) =>
    stimuli.map(({ id, pairI, pairJ, alpha }) => [id, pairI, pairJ, alpha, name, label(id, person) ?? ''].join(',')),
  );
  writeFileSync(path, `image,pair_i,pair_j,alpha,labeler,label\n${lines.join('\n')}\n`);
  const there = await read(wanted);
  expect(there.source).toBe(`csv:${createHash('sha256').update(readFileSync(path)).digest('hex')}`);
  expect(there.rows).toEqual(
    people.flatMap((pseudonym, person) =>
      stimuli.map(({ id }) => ({ imageId: id, pseudonym, label: label(id, person) })),
    ),
  );
  expect(await readLabels(workbench, wanted)).toEqual(there);

  const id = workbench.storage.studies.byName(studyName)?.id ?? 0;
  const spec = labelersSchema.parse({ source: 'csv', path: 'humans.csv' });
  const asked = vi.fn(read);
  const given = await provideLabels(workbench, { id, spec, folder, classes: 3 }, setHash, {
    warn: vi.fn(),
    read: asked,
  });
  expect(asked).toHaveBeenCalledExactlyOnceWith(wanted);
  const labels = there.rows.filter((row) => row.label !== null).length;
  expect(given).toMatchObject({
    simulated: false,
    detail: expect.stringContaining(`60 labelers, ${labels.toLocaleString('en-US')} labels`),
  });
  const stored = workbench.storage.responses.table(id, setHash);
  for (const [index, { pseudonym }] of stored.labelers.entries()) {
    const person = people.indexOf(pseudonym);
    for (const [place, { id: image }] of stimuli.entries())
      expect(stored.labels[index]?.[place] ?? null).toBe(label(image, person));
  }
});

const head = 'image,pair_i,pair_j,alpha,labeler,label';
test.each([
  ['another alpha', `${head}\n0,0,1,0.35,ann,0\n`, 'humans.other-stimuli'],
  ['an unknown image', `${head}\n0,0,1,0,ann,0\n7000,0,1,0,ann,0\n`, 'humans.unknown-image'],
  ['a label of no class', `${head}\n0,0,1,0,ann,3\n`, 'humans.label-out-of-range'],
  ['two labels of one image', `${head}\n0,0,1,0,ann,0\n0,0,1,0,ann,1\n`, 'humans.duplicate'],
  ['a quote without an end', `${head}\n0,0,1,0,"ann,0\n`, 'csv.syntax'],
  ['bytes that are no text', Buffer.from('image,labeler,label\n\0'), 'csv.binary'],
  ['only a header', `${head}\n`, 'csv.no-rows'],
  ['no file', null, 'file.not-found'],
] as const)('%s: refused alike there and here, with the path', async (_, text, code) => {
  const it = setUp();
  if (text !== null) writeFileSync(it.path, text);
  const here: unknown = await readLabels(it.workbench, it.wanted).catch((error: unknown) => error);
  expect(here).toMatchObject({ code, where: expect.stringContaining(it.path) });
  if (!(here instanceof UserError)) throw here;
  const { message, where, remedy } = here;
  await expect(it.read(it.wanted)).rejects.toMatchObject({ code, message, where, remedy });
});

test('a folder in place of the file is refused', async () => {
  const { path, read, wanted } = setUp();
  mkdirSync(path);
  await expect(read(wanted)).rejects.toMatchObject({ code: expect.stringMatching(/^file\./) });
});
