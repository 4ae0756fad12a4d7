import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { generatorProvenanceSchema } from '../../../main/contract/runs/generator.ts';
import { sha256 } from '../../../main/files/blobs.ts';
import { importStimulusSet } from '../../../main/contributions/sets/reading/import-stimuli.ts';
import { provenanceText } from '../../../main/services/generators/shipped.ts';
import { writeStudyReport } from '../../../main/services/report/write.ts';
import { exportStimuli } from '../../../main/contributions/sets/exchange.ts';
import type { StudyEvent } from '../../../main/services/study/events.ts';
import { runStudy } from '../../../main/services/study/run-study.ts';
import { loadStudy } from '../../../main/services/declaration/study-file.ts';
import { openWorkbench, type Workbench } from '../../../main/services/workbench/workbench.ts';
import type { StimulusSetRecord } from '../../../main/storage/stimulus-sets.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { GeneratorRenderer } from '../../../main/training/generator/renderer.ts';
import { temporaryFolder } from '../../training/small-data.ts';
import { boundary } from '../../services/study/command-line.ts';
import { smallStudy, writeSmallStudy } from '../../services/study/small-study.ts';
import { wholeSmallStudy } from '../../services/study/whole-study.ts';

/** Seconds: real trainings in real processes. */
const patience = 300_000;
const root = join(import.meta.dirname, '../../..');
const engine = 'wasm';
const folder = temporaryFolder();
const ownFolders = [folder];
const trained = join(folder, 'trained');
const exported = join(folder, 'exported');
const resources = join(folder, 'resources');
const weightsFile = 'zeros-and-ones-dcgan28.weights';
const models = (smallStudy() as { models: object[] }).models.slice(0, 1);

/** Exports the trained small generator, and puts it where the product keeps the one that it ships. */
beforeAll(async () => {
  const { study } = await wholeSmallStudy(trained);
  ownFolders.push(dirname(study));
  const made = await boundary([
    '--data',
    trained,
    'generator',
    'export',
    'small',
    '--step',
    '200',
    '--to',
    exported,
    '--engine',
    engine,
  ]);
  expect(made, made.stderr).toMatchObject({ code: 0 });
  mkdirSync(join(resources, 'generators'), { recursive: true });
  const provenance = { ...readProvenance(), name: 'mnist-dcgan64' };
  writeFileSync(join(resources, 'generators', 'mnist-dcgan64.json'), provenanceText(provenance));
  writeFileSync(join(resources, 'generators', weightsFile), readFileSync(join(exported, weightsFile)));
}, patience);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function readProvenance() {
  const { seal: _, ...content } = JSON.parse(readFileSync(join(exported, 'zeros-and-ones-dcgan28.json'), 'utf8'));
  return generatorProvenanceSchema.parse(content);
}

function open(data: string): Workbench {
  const workbench = openWorkbench({ root, resources, dataFolder: data });
  onTestFinished(() => workbench.storage.close());
  return workbench;
}

function setOf({ storage }: Workbench): StimulusSetRecord {
  const hash = storage.studies.stimuli(storage.studies.byName('small')?.id ?? 0) ?? expect.fail('no stimuli');
  return storage.stimulusSets.get(hash) ?? expect.fail('no set');
}

/** The small study with the shipped generator instead of one of its own. */
async function runShipped(workbench: Workbench, change: object = {}): Promise<StudyEvent[]> {
  const path = writeSmallStudy(join(folder, 'shipped'), { models, generator: { shipped: 'mnist-dcgan64' }, ...change });
  const events: StudyEvent[] = [];
  const file = loadStudy(path, resources, []);
  const result = await runStudy(workbench, {
    read: () => file,
    engine,
    workers: 1,
    writeReport: (name) => writeStudyReport(workbench, name, null),
    listener: (event) => events.push(event),
    onRegistered: () => undefined,
    signal: new AbortController().signal,
  });
  expect(result).toMatchObject({ complete: true, problems: [] });
  return events;
}

describe('an exported generator', () => {
  it('is the same bytes each time, and says where it comes from', { timeout: patience }, async () => {
    const again = join(folder, 'again');
    const made = await boundary([
      '--data',
      trained,
      'generator',
      'export',
      'small',
      '--step',
      '200',
      '--to',
      again,
      '--engine',
      engine,
    ]);
    expect(made, made.stderr).toMatchObject({ code: 0 });
    const files = readdirSync(exported).sort();
    expect(files).toEqual(['zeros-and-ones-dcgan28.json', weightsFile]);
    for (const file of files) expect(readFileSync(join(again, file))).toEqual(readFileSync(join(exported, file)));

    const workbench = open(trained);
    const { storage } = workbench;
    const run = storage.studyRuns.get(storage.studies.byName('small')?.id ?? 0, 'generator');
    const stage = storage.runHistory.sampleGrids(run?.runId ?? 0).find(({ step }) => step === 200);
    const provenance = readProvenance();
    expect(provenance).toMatchObject({
      seed: 3,
      step: 200,
      epochs: 2.15,
      recipe: { kind: 'dcgan28', features: 8, steps: 250 },
      dataSet: {
        name: 'zeros and ones',
        classes: ['zero', 'one'],
        trainCount: 3000,
        hash: storage.dataSets.list()[0]?.hash,
      },
      engine: { name: engine },
      product: workbench.environment.product,
      weights: { sha256: sha256(readFileSync(join(exported, weightsFile))), float32Sha256: stage?.weights },
    });
    for (const own of ownFolders) expect(JSON.stringify(provenance)).not.toContain(own);
  });

  it('makes the images of its float32 weights, but for a gray level here and there', async () => {
    const workbench = open(trained);
    const set = setOf(workbench);
    const { float32Sha256 } = readProvenance().weights;
    const points = Float32Array.from(set.images.flatMap(({ z }) => [...(z ?? [])]));
    const opened = await openEngine(engine);
    const render = (bytes: Uint8Array): Promise<Uint8Array> =>
      new GeneratorRenderer(opened, bytes, 'test').render(points, () => Promise.resolve());
    const full = await render(workbench.storage.blobs.get(float32Sha256));
    const half = await render(readFileSync(join(exported, weightsFile)));
    const differences = Array.from(full, (value, k) => Math.abs(value - (half[k] ?? 0)));
    expect(Math.max(...differences)).toBeLessThanOrEqual(3);
    expect(differences.filter((difference) => difference > 0).length).toBeLessThan(0.05 * full.length);
  });

  it('is judged alike from its study', { timeout: patience }, async () => {
    const words = [
      '--data',
      trained,
      'generator',
      'check',
      'small',
      '--samples',
      '2000',
      '--json',
      '--grids',
      folder,
      '--engine',
      engine,
    ];
    const checked = await boundary(words);
    const quality = JSON.parse(checked.stdout);
    const { quality: written } = readProvenance();
    expect(quality).toMatchObject({ samples: 2000, seed: 1, judge: written.judge, realClear: written.realClear });
    const counts = quality.classes.map((each: { samples: number }) => each.samples);
    expect(counts[0] + counts[1]).toBe(2000);
    expect(written.clear).toBe(written.classes.reduce((sum, each) => sum + each.clear, 0));
    expect(checked.code).toBe(counts.includes(0) ? 1 : 0);
    expect(quality.frechet.heldOut).toBeLessThan(quality.frechet.samples);
    expect(written.frechet?.heldOut).toBe(quality.frechet.heldOut);
    for (const file of ['samples.png', 'classes.png'])
      expect(readFileSync(join(folder, file)).length).toBeGreaterThan(100);
  });

  it.each([
    [['export', 'small', '--step', '201'], /Choose one of these steps: 50, 100, 150, 200, 250/],
    [['export', 'nothing'], /no study "nothing"/],
    [['check', 'small', '--by', 'nothing'], /no study "nothing"/],
  ])('that is not there is refused: %j', { timeout: patience }, async (words, message) => {
    const target = words[0] === 'export' ? ['--to', join(folder, 'none')] : [];
    const refused = await boundary(['--data', trained, 'generator', ...words, ...target]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(message);
  });
});

describe('a study with a shipped generator', () => {
  it('trains none, traces its images to the provenance, and says so', { timeout: patience }, async () => {
    const workbench = open(join(folder, 'data'));
    const events = await runShipped(workbench);
    const { storage } = workbench;
    const runs = storage.runs.list({});
    expect(runs.map(({ kind }) => kind)).not.toContain('generator');
    expect(events).toContainEqual(
      expect.objectContaining({ name: 'Generator', detail: expect.stringContaining('step 200') }),
    );

    const provenance = { ...readProvenance(), name: 'mnist-dcgan64' };
    const set = setOf(workbench);
    expect(set.provenance).toMatchObject({ generator: provenance.weights.sha256, shipped: provenance });
    expect(storage.blobs.get(provenance.weights.sha256)).toEqual(readFileSync(join(exported, weightsFile)));
    const search = storage.runs.get(runs.find(({ kind }) => kind === 'candidates')?.id ?? 0);
    expect(search?.task).toMatchObject({ generator: provenance.weights.sha256 });

    const page = readFileSync(await writeStudyReport(workbench, 'small', null), 'utf8').replace(/\s+/g, ' ');
    expect(page).toContain('It was not trained in this study:');
    expect(page).toContain('generator (mnist-dcgan64, trained before this study)');

    const before = storage.runs.list({}).map(({ id, endedAt }) => [id, endedAt]);
    await runShipped(workbench);
    expect(
      storage.runs.list({}).map(({ id, endedAt }) => [id, endedAt]),
      'nothing is done twice',
    ).toEqual(before);

    const exportedSet = join(folder, 'exported-set');
    await exportStimuli(workbench, 'small', 'model', exportedSet);
    expect((await importStimulusSet(exportedSet, { classes: 2 })).pixels).toEqual(
      new Uint8Array(storage.blobs.get(set.pixels)),
    );
  });

  it('warns if the generator was trained on another data set', { timeout: patience }, async () => {
    const { dataSet } = smallStudy() as { dataSet: object };
    const workbench = open(join(folder, 'other'));
    const swapped = { trainImages: 'set/t10k-images', trainLabels: 'set/t10k-labels' };
    const events = await runShipped(workbench, { dataSet: { ...dataSet, ...swapped } });
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'warning', message: expect.stringContaining('was trained on zeros and ones') }),
    );
  });

  it('is refused before anything is stored if the files are damaged', async () => {
    const damaged = join(folder, 'damaged');
    mkdirSync(join(damaged, 'generators'), { recursive: true });
    writeFileSync(
      join(damaged, 'generators', 'mnist-dcgan64.json'),
      provenanceText({ ...readProvenance(), name: 'mnist-dcgan64' }),
    );
    writeFileSync(join(damaged, 'generators', weightsFile), 'damaged');
    const workbench = { ...open(join(folder, 'untouched')), resources: damaged };
    await expect(runShipped(workbench)).rejects.toMatchObject({ code: 'generator.shipped-damaged' });
    expect(workbench.storage.studies.list()).toEqual([]);
  });
});
