import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { teachingOf, teachingSchema } from '../../../main/contributions/teaching/contract/design.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { exportStimulusSet } from '../../../main/contributions/sets/write-set.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { provideLabels } from '../../../main/services/study/labels.ts';
import { additionsElsewhere } from '../../../main/contributions/contrasts/elsewhere.ts';
import { declareTargets } from '../../../main/contributions/teaching/targets/declare.ts';
import { makeTargets, planTargets, storeTargets } from '../../../main/contributions/teaching/targets/make.ts';
import { readRecord, teachingOutcomes } from '../../../main/contributions/teaching/outcomes/outcomes.ts';
import { readTeachingSource } from '../../../main/contributions/teaching/labels/read.ts';
import { importResponses } from '../../../main/contributions/answers/study-tables.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { newBench } from '../archives/archive-helper.ts';
import { testLab } from '../../services/runs/test-lab.ts';
import { writeSmallStudy } from '../../services/study/small-study.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { runFile, tinyRecipe } from './taught-study.ts';

test('images that lie between no classes are folded one by one, and only where no training stops on them', async () => {
  const folder = temporaryFolder();
  const path = writeSmallStudy(folder, {
    generator: null,
    reference: null,
    labelers: { source: 'rehearsal', count: 4, seed: 1 },
    stimuli: { source: 'test-images', choose: { kind: 'listed', positions: Array.from({ length: 20 }, (_, k) => k) } },
    models: [
      { name: 'MLP', group: 'diverse', recipe: tinyRecipe(['epochs 0.1']) },
      { name: 'stops', group: 'diverse', recipe: tinyRecipe([80]), seed: 2 },
    ],
  });
  const workbench = newBench(join(folder, 'data'));
  await runFile(workbench, path, 'stimuli');
  const { id, spec } = findStudy(workbench, 'small');
  const set = workbench.storage.studies.stimuli(id) ?? '';
  await provideLabels(workbench, { id, name: 'small', spec: spec.labelers, folder, classes: 2 }, set, {
    warn: () => undefined,
    launcher: new ForkLauncher(),
  });
  const tools = additionsElsewhere(workbench);
  const plan = (change: object) => {
    const design = { base: 'MLP', arms: ['majority', 'human'], folds: 4, seeds: 1, ...change };
    return planTargets(tools, 'small', { teaching: teachingSchema.parse(design) });
  };
  // Simulated labelers agree on clear images, so both arms teach the same and share their networks.
  expect(plan({})).toMatchObject({ folds: [5, 5, 5, 5], untaught: 0, cells: 8, runs: 4 });
  expect(plan({}).parts.map(({ images }) => images)).toEqual([15, 15, 15, 15]);
  const refusal = (change: object) => () => plan(change);
  expect(refusal({ arms: ['alpha_hard', 'human'] })).toThrow(expect.objectContaining({ code: 'teaching.arm' }));
  expect(refusal({ base: 'stops' })).toThrow(
    expect.objectContaining({
      code: 'teaching.leak',
      where: expect.stringContaining('images 0, 1, 2, 3, 4 and 15 more'),
    }),
  );
  expect(refusal({ arms: ['distill', 'human'] })).toThrow(expect.objectContaining({ code: 'teaching.no-networks' }));
  expect(() => planTargets(tools, 'small', { teaching: null })).toThrow(
    expect.objectContaining({ code: 'teaching.not-declared' }),
  );

  // Counts say nothing of people, so halves are of labels; true classes are hard labels.
  const counts = join(folder, 'counts.csv');
  const rows = Array.from({ length: 20 }, (_, image) => `${image},${7 - (image % 5)},${image % 5}`);
  writeFileSync(counts, ['image,count_0,count_1', ...rows, ''].join('\n'));
  const made = storeTargets(tools, 'small', {
    teaching: teachingSchema.parse({ base: 'MLP', arms: ['majority', 'human'], folds: 4, seeds: 1 }),
  });
  await importResponses(workbench, 'small', counts, { kind: 'counts', total: null });
  await expect(declareTargets(tools, 'small', made)).rejects.toMatchObject({ code: 'teaching.study-changed' });
  expect(plan({ arms: ['truth', 'majority', 'human', 'human_forced'] })).toMatchObject({
    halvesOf: 'labels',
    simulated: false,
    cells: 16,
    runs: 16,
  });
  const { a, b } = plan({}).people;
  expect(a + b).toBe(140);
}, 60_000);

/** Test images of the data set, and at last two that are none. */
async function writeImported(folder: string): Promise<void> {
  const pixels = Uint8Array.from(readFileSync(join(folder, 'set', 't10k-images')).subarray(16, 16 + 20 * 784));
  const labels = readFileSync(join(folder, 'set', 't10k-labels')).subarray(8);
  pixels.subarray(18 * 784).forEach((value, at) => (pixels[18 * 784 + at] = 255 - value));
  const none = { pairI: null, pairJ: null, alpha: null, z: null };
  const images = Array.from({ length: 20 }, (_, id) => ({
    id,
    ...none,
    truth: labels[id],
  }));
  await exportStimulusSet({ width: 28, height: 28, channels: 1, pixels, images }, join(folder, 'set.zip'));
}

describe.each(['test-images', 'imported'] as const)('networks that test images teach (%s)', (source) => {
  test('have an accuracy on those that they were not taught, and lists say what theirs is', async () => {
    const folder = temporaryFolder();
    const positions = Array.from({ length: 20 }, (_, k) => k);
    const path = writeSmallStudy(folder, {
      generator: null,
      reference: null,
      labelers: { source: 'none' },
      stimuli: source === 'imported' ? { source, path: 'set.zip' } : { source, choose: { kind: 'listed', positions } },
      models: [{ name: 'MLP', group: 'diverse', recipe: tinyRecipe(['epochs 0.1']) }],
      teaching: { base: 'MLP', arms: ['truth', 'majority'], folds: 2, seeds: 3, share: 0.9 },
    });
    if (source === 'imported') await writeImported(folder);
    const tested = source === 'imported' ? 18 : 20;
    const workbench = newBench(join(folder, 'data'));
    await runFile(workbench, path);
    // These people see the second class everywhere.
    const counts = join(folder, 'counts.csv');
    const rows = Array.from({ length: 20 }, (_, image) => `${image},1,5`);
    writeFileSync(counts, ['image,count_0,count_1', ...rows, ''].join('\n'));
    await importResponses(workbench, 'small', counts, { kind: 'counts', total: null });
    await makeTargets(additionsElsewhere(workbench), 'small', { teaching: null });
    await runFile(workbench, path);
    const found = teachingOutcomes(workbench, 'small');
    expect(found).toMatchObject({ accuracyOf: 'held-out test images', directions: [{ images: 20 }] });
    const { spec } = findStudy(workbench, 'small');
    const teaching = teachingOf(spec);
    const made = teaching?.made;
    if (!teaching || !made) throw new Error('targets were made');
    const from = readTeachingSource(workbench, findStudy(workbench, 'small'), teaching);
    const fold = new Map(readRecord(workbench, made).images.map((image) => [image.id, image.fold]));
    const rightOf = (arm: string): number =>
      from.source.models.reduce((sum, { input, softmax }) => {
        const own = new RegExp(`^teach-${arm}-f(\\d)`).exec(input.name)?.[1];
        if (own === undefined) return sum;
        const p = softmax();
        const isRight = ({ id, truth }: (typeof from.images)[number], place: number): boolean =>
          fold.get(id) === Number(own) && (p[2 * place + 1]! > p[2 * place]! ? 1 : 0) === truth;
        return sum + from.images.slice(0, tested).filter(isRight).length;
      }, 0);
    expect(rightOf('majority')).not.toBe(rightOf('truth'));
    const { non_inferiority: accuracy } = at(at(found.directions, 0).arms, 1).result ?? {};
    const right = at(found.directions, 0).arms.map(({ result }) => (result?.test_accuracy.mean ?? 0) * 3 * tested);
    expect(right).toEqual(['truth', 'majority'].map((arm) => expect.closeTo(rightOf(arm), 9)));
    expect(accuracy?.mean).toBeCloseTo((rightOf('majority') - rightOf('truth')) / (3 * tested), 12);
    workbench.storage.close();
    if (source === 'imported') return;

    const { client } = testLab(folder);
    const study = { study: 'small' };
    expect((await client.runs.table(study)).testedOnTaught).toBe(true);
    const { models } = await client.results.overview(study);
    const isTaught = ({ name }: { name: string }): boolean => name.startsWith('teach-');
    expect(models.map(({ testedOnTaught }) => testedOnTaught)).toEqual(models.map(isTaught));
    expect(new Set(models.map(isTaught))).toEqual(new Set([true, false]));
    for (const { runId, testedOnTaught } of models)
      expect((await client.runs.get({ id: runId ?? -1 })).row.testedOnTaught).toBe(testedOnTaught);
  }, 120_000);
});
