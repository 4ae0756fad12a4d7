import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { wholeReport } from '../../../main/contract/api/report.ts';
import { archiveManifestSchema, stimulusSetArchiveSchema } from '../../../main/contributions/archives/format.ts';
import { resizeImages } from '../../../main/domain/data/images.ts';
import { stimulusSetHash } from '../../../main/domain/plans/identity.ts';
import { layOutStimuli } from '../../../main/domain/stimuli/stimulus-set.ts';
import { decodePng } from '../../../main/contributions/sets/reading/decode-png.ts';
import { exportStimulusSet } from '../../../main/contributions/sets/write-set.ts';
import { importStimulusSet } from '../../../main/contributions/sets/reading/import-stimuli.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { writeChosenReport } from '../../../main/services/report/write.ts';
import { exportStimuli } from '../../../main/contributions/sets/exchange.ts';
import { freezeGenerated, reportAnchors } from '../../../main/services/study/stimuli.ts';
import { freezeImported } from '../../contributions/sets/freeze.ts';
import type { RunRecord } from '../../../main/storage/runs/run-record.ts';
import { hash, study } from '../../storage/records.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { filesOf, jsonOf, pack, putJson, relist } from '../../contributions/archives/archive-helper.ts';
import { archiveOf } from '../../contributions/archives/archived.ts';
import { labelAll, makeSessions } from '../../contributions/desk/make-sessions.ts';
import { screen } from '../labeling/labeling-helper.ts';
import { openLab } from '../lab/lab-helper.ts';
import {
  bare,
  colorLab,
  count,
  dataSet,
  imagePixels,
  length,
  otherProgramsFolder,
  pixels,
  size,
  studyName,
} from './color-study.ts';
import { sessionTables } from '../../../main/contributions/sessions/storage/tables.ts';

test('a folder of PNGs in color becomes a set in color; exported and imported it is the same set', async () => {
  const { lab, client, setHash } = await colorLab();
  const set = lab.workbench.storage.stimulusSets.get(setHash);
  expect(set).toMatchObject({ ...size, original: null });
  expect([...lab.workbench.storage.blobs.get(set?.pixels ?? '')]).toEqual([...pixels]);
  const line = 'boundary-workbench/stimulus-set/2 6 5 3 4\n';
  expect(createHash('sha256').update(line).update(pixels).digest('hex')).toBe(setHash);
  const zip = join(temporaryFolder(), 'set.zip');
  await exportStimuli(lab.workbench, studyName, 'model', zip);
  expect(stimulusSetHash(await importStimulusSet(zip))).toBe(setHash);
  // Calls of screens.
  const { images } = await client.results.pictures({ study: studyName, page: 0 });
  expect(images).toEqual({ ...size, count, pixels: Buffer.from(pixels).toString('base64') });
  expect((await client.stimuli.state({ study: studyName })).frozen).toMatchObject(size);
  const strip = await client.stimuli.frozenStrip({ study: studyName, pair: [0, 1] });
  expect(strip.images).toEqual(images);
  const { original, hash: modelHash } = await client.stimuli.image({ study: studyName, image: 2 });
  expect(original).toEqual({ ...size, count: 1, pixels: Buffer.from(imagePixels(2)).toString('base64') });
  expect(modelHash).toBe(createHash('sha256').update(imagePixels(2)).digest('hex'));
});

test('no image is turned gray unasked', async () => {
  const { workbench } = openLab().lab;
  const path = await otherProgramsFolder();
  await expect(freezeImported(workbench, { path, folder: '', dataSet: dataSet(1) })).rejects.toMatchObject({
    code: 'stimuli.color',
    where: path,
    remedy: expect.stringContaining('column channels'),
  });
  const asked = await freezeImported(workbench, {
    path: await otherProgramsFolder(1),
    folder: '',
    dataSet: dataSet(1),
  });
  const gray = workbench.storage.stimulusSets.get(asked.setHash);
  expect(gray).toMatchObject({ channels: 1 });
  const expected = (19595 * 200 + 38470 * 10 + 7471 * 60 + 32768) >> 16;
  expect(workbench.storage.blobs.get(gray?.pixels ?? '')[0]).toBe(expected);
  // A set that an earlier version froze in gray stays as it is.
  expect(await freezeImported(workbench, { path, folder: '', dataSet: dataSet(1) })).toEqual(asked);
});

test('an uploaded set in color is refused for gray data before anything changes', async () => {
  const { lab, client } = openLab();
  const { storage } = lab.workbench;
  storage.dataSets.put(dataSet(1), 1);
  storage.studies.put(studyName, { ...study(), name: studyName }, 1);
  const path = join(temporaryFolder(), 'set.zip');
  await exportStimulusSet(await importStimulusSet(await otherProgramsFolder()), path);
  const upload = await lab.uploads.take('set.zip', createReadStream(path));
  await expect(client.sets.import({ study: studyName, upload })).rejects.toMatchObject({
    data: { code: 'stimuli.color' },
  });
  expect(storage.studies.byName(studyName)?.spec.stimuli).toEqual(study().stimuli);
});

test('gray images become RGB for a data set in color, and are resized like others', async () => {
  const { workbench } = openLab().lab;
  const path = join(temporaryFolder(), 'gray.zip');
  const images = [0, 1].map((id) => ({ id, pairI: 0, pairJ: 1, alpha: id }));
  const gray = Uint8Array.from({ length: 60 }, (_, k) => 4 * k);
  await exportStimulusSet({ ...size, channels: 1, images, pixels: gray }, path);
  const small = { ...size, width: 3, height: 2 };
  const { setHash } = await freezeImported(workbench, { path, folder: '', dataSet: dataSet(3, small) });
  const set = workbench.storage.stimulusSets.get(setHash);
  expect(set).toMatchObject({ ...small, original: size });
  const rgb = [...gray].flatMap((value) => [value, value, value]);
  expect([...workbench.storage.blobs.get(set?.original?.pixels ?? '')]).toEqual(rgb);
  expect(workbench.storage.blobs.get(set?.pixels ?? '')).toEqual(
    Buffer.from(resizeImages(Uint8Array.from(rgb), size, small)),
  );
});

test('a generated set is in color, with the anchors of its report', async () => {
  const { workbench } = openLab().lab;
  const { blobs, stimulusSets } = workbench.storage;
  const small = { ...size, width: 3, height: 2 };
  const [original, candidates] = [pixels.slice(0, 2 * length), pixels.slice(length)];
  const found = {
    schema: 'boundary-workbench/candidates/2',
    classes: [0, 1, 2].map((index) => [{ index, confidence: 0.9, margin: 1, distance: null, score: 1, z: [index] }]),
    ...size,
    pixels: blobs.put(candidates),
  };
  const rendered = {
    kind: 'stimuli',
    original: { ...size, pixels: blobs.put(original) },
    model: { ...small, pixels: blobs.put(resizeImages(original, size, small)) },
  };
  const { setHash } = freezeGenerated(workbench, {
    chosen: {
      images: layOutStimuli([[0, 2]], [0, 1]),
      values: Float32Array.of(0, 2),
      latents: hash(3),
      anchors: [[0], [0], [0]],
    },
    rendered: { id: 2, result: rendered } as RunRecord,
    search: {
      id: 1,
      result: { kind: 'candidates', candidates: blobs.put(Buffer.from(JSON.stringify(found))) },
    } as RunRecord,
    generator: { weights: hash(5), shipped: null },
    spec: {
      source: 'generated',
      seed: 1,
      samples: 10,
      candidatesPerClass: 1,
      anchors: null,
      alphas: 2,
      design: { kind: 'listed', pairs: [[0, 2]] },
      interpolation: 'linear',
    },
    dataSet: dataSet(3, small),
  });
  const set = stimulusSets.header(setHash);
  expect(set).toMatchObject({ ...small, original: size });
  const line = 'boundary-workbench/stimulus-set/2 3 2 3 2\n';
  const resized = resizeImages(original, size, small);
  expect(createHash('sha256').update(line).update(resized).digest('hex')).toBe(setHash);
  if (!set) throw new Error('it was frozen');
  const anchors = await Promise.all(reportAnchors(workbench, set).map(({ png }) => decodePng(png, 'anchor', 'as-is')));
  expect(anchors.map(({ pixels: own, ...form }) => ({ ...form, pixels: [...own] }))).toEqual(
    [1, 2, 3].map((image) => ({ ...size, pixels: [...imagePixels(image)] })),
  );
});

test('people label in color on a screen', async () => {
  const it = await colorLab();
  const { client, lab } = it;
  const [onScreen] = await makeSessions(it, 1, bare);
  const { token = '', id = 0 } = onScreen ?? {};
  const order = (session: number) =>
    sessionTables(lab.workbench.storage)
      .sessions.trials(session)
      .map(({ image }) => image);
  const view = await client.desk.volunteer.open({ token, sitting: randomUUID(), screen });
  expect(view.image).toEqual(size);
  const shown = await client.desk.volunteer.images({ token, from: 1, count: 2 });
  const expected = order(id)
    .slice(1, 3)
    .map((image) => Buffer.from(imagePixels(image)));
  expect(Buffer.from(shown.pixels, 'base64')).toEqual(Buffer.concat(expected));
  expect((await client.labeling.state({ study: studyName })).stimuli).toMatchObject(size);
});

test('an archive and a report are in color', async () => {
  const it = await colorLab();
  const [row] = await makeSessions(it, 1, bare);
  await labelAll(it, row?.token ?? '');
  const archive = await archiveOf(it);
  const files = filesOf(archive);
  // A version that knows gray images only says that it does not read this format.
  expect(archiveManifestSchema.parse(jsonOf(files, 'manifest.json')).schema).toBe('boundary-workbench/archive/3');
  expect(stimulusSetArchiveSchema.parse(jsonOf(files, `stimuli/${it.setHash}.json`))).toMatchObject(size);
  const other = openLab();
  await importArchive(other.lab.workbench, archive);
  const set = other.lab.workbench.storage.stimulusSets.get(it.setHash);
  expect(set).toMatchObject({ ...size, original: null });
  expect([...other.lab.workbench.storage.blobs.get(set?.pixels ?? '')]).toEqual([...pixels]);
  expect(readFileSync(await archiveOf(other)).equals(readFileSync(archive))).toBe(true);

  const record = jsonOf(files, `stimuli/${it.setHash}.json`);
  const forgeries = [
    [{ channels: undefined }, 'archive.bomb'],
    [{ channels: undefined, width: 18 }, 'archive.wrong-hash'],
    [{ channels: 2 }, 'archive.invalid'],
  ] as const;
  for (const [change, code] of forgeries) {
    const forged = { ...files };
    putJson(forged, `stimuli/${it.setHash}.json`, { ...record, ...change });
    relist(forged);
    await expect(importArchive(other.lab.workbench, pack(forged)), code).rejects.toMatchObject({ code });
  }

  const folder = join(temporaryFolder(), 'report');
  const html = { ...wholeReport, formats: ['html' as const] };
  await writeChosenReport(other.lab.workbench, studyName, html, { archive: null, folder });
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const pictures = [...page.matchAll(/data:image\/png;base64,([A-Za-z0-9+/=]*)/g)];
  expect(pictures.length).toBeGreaterThanOrEqual(count);
  const first = await decodePng(Buffer.from(pictures[0]?.[1] ?? '', 'base64'), 'report', 'as-is');
  expect({ ...first, pixels: [...first.pixels] }).toEqual({ ...size, pixels: [...imagePixels(0)] });
  expect(page).toContain('6 × 5 pixels in color');
});
