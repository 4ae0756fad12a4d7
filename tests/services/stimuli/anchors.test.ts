import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Candidates } from '../../../main/contract/runs/generator.ts';
import type { AnchorSpec } from '../../../main/contract/stimuli/stimuli.ts';
import { studySchema } from '../../../main/contract/studies/study.ts';
import { layOutDesign } from '../../../main/domain/anchors/anchors.ts';
import { canonicalJson } from '../../../main/domain/plans/identity.ts';
import { latentPoint } from '../../../main/domain/anchors/latents.ts';
import { importStimulusSet } from '../../../main/contributions/sets/reading/import-stimuli.ts';
import { exportStimulusSet } from '../../../main/contributions/sets/write-set.ts';
import { readHumansCsv } from '../../../main/contributions/folders/tables/humans-csv-reader.ts';
import { writeHumansCsv } from '../../../main/contributions/answers/tables/humans-csv.ts';
import { readStudyData } from '../../../main/services/analysis-input.ts';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { tableText } from '../../../main/contributions/answers/tables/export.ts';
import { planCandidates } from '../../../main/services/declaration/plan.ts';
import { anchorPoints, chooseAnchors, designLatents } from '../../../main/services/study/stimuli.ts';
import { freezeImported } from '../../contributions/sets/freeze.ts';
import { newBench } from '../../contributions/archives/archive-helper.ts';
import { repository } from '../../architecture/tools.ts';
import { hash, study } from '../../storage/records.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { labelMatrix } from '../../analysis/people.ts';

const latent = 3;
const candidates: Candidates = {
  schema: 'boundary-workbench/candidates/2',
  classes: [0, 1, 2].map((k) =>
    [3, 1, 2].map((n) => ({
      index: 10 * k + n,
      confidence: 1,
      margin: 9,
      distance: null,
      score: 1,
      z: [...latentPoint(8, 10 * k + n, { z: latent, classes: 0 })],
    })),
  ),
  width: 1,
  height: 1,
  pixels: hash(1),
  clear: [0, 1, 2].map((k) => [0, 1, 2, 3, 4, 5].map((n) => 10 * k + n)),
};
const pairs = [[0, 1] as const, [0, 2] as const, [1, 2] as const];
const choose = (spec: Parameters<typeof chooseAnchors>[1]) => chooseAnchors(candidates, spec, pairs, 8);

test('anchors: by hand first, then by the rule, and none twice', () => {
  expect(choose({ anchors: null })).toEqual([[0], [0], [0]]);
  expect(choose({ anchors: [2, 0, 1] })).toEqual([[2], [0], [1]]);
  const fresh = { anchorDesign: { kind: 'fresh' } } as const;
  expect(choose({ anchors: null, ...fresh })).toEqual([
    [0, 1],
    [0, 1],
    [0, 1],
  ]);
  expect(choose({ anchors: [1, [2, 0], []], ...fresh })).toEqual([
    [1, 0],
    [2, 0],
    [0, 1],
  ]);
  const own = { z: [1, 2, 3], from: { seed: 8, sample: 10 } };
  const clear = choose({ anchors: [[], own, []], ...fresh, anchorRule: { kind: 'clear', seed: 4 } });
  expect(clear[1]?.[0]).toEqual(own);
  expect(clear.map((list) => list.length)).toEqual([2, 2, 2]);
  for (const anchor of [...(clear[0] ?? []), ...(clear[2] ?? [])]) {
    if (typeof anchor === 'number' || anchor.from === null) throw new Error('a clear sample is a latent point');
    expect(anchor.z).toEqual([...latentPoint(8, anchor.from.sample, { z: latent, classes: 0 })]);
  }
  expect(clear[1]?.[1]).not.toMatchObject({ from: { sample: 10 } });
  expect(() => choose({ anchors: [0, [0, 3], 0], ...fresh })).toThrow('Class 1 has 3 candidates');
  expect(() => choose({ anchors: [0, 0], ...fresh })).toThrow('There are 3 classes and 2 anchors');
});

test('a class’s anchors by hand differ, however they are written, and the rule chooses none of them again', () => {
  const fresh = { anchorDesign: { kind: 'fresh' } } as const;
  const z = candidates.classes[1]?.[0]?.z ?? [];
  const same = 'Anchors 1 and 2 of class 1 are the same latent point';
  const equal = (first: AnchorSpec, second: AnchorSpec) => [[], [first, second], []];
  expect(() => choose({ anchors: equal(2, 2), ...fresh })).toThrow(same);
  expect(() => choose({ anchors: equal(0, { z, from: null }), ...fresh })).toThrow(same);
  const near = { z: [0.1, 2, 3], from: null };
  expect(() => choose({ anchors: equal(near, { ...near, z: near.z.map(Math.fround) }), ...fresh })).toThrow(same);
  expect(() => choose({ anchors: equal(2, 2), anchorDesign: { kind: 'several', perClass: 2 } })).toThrow(same);
  expect(choose({ anchors: equal(2, 2) })[1]).toEqual([2]);
  expect(choose({ anchors: [[], [{ z, from: null }], []], ...fresh })[1]).toEqual([{ z, from: null }, 1]);
});

test('the images of a set with fresh anchors lie between the anchors that they name', () => {
  const spec = { anchors: null, anchorDesign: { kind: 'fresh' } } as const;
  const points = anchorPoints(candidates, choose(spec));
  const { images, values } = designLatents(
    { points, space: { z: latent, classes: 0 } },
    { ...spec, alphas: 2, interpolation: 'linear' },
    pairs,
  );
  expect(images.map(({ anchorI, anchorJ }) => `${anchorI}-${anchorJ}`)).toEqual([
    '1-1',
    '1-1',
    '2-1',
    '2-1',
    '2-2',
    '2-2',
  ]);
  expect([...values.subarray(4 * latent, 5 * latent)]).toEqual([...(points[1]?.[1] ?? [])]);
});

test('declarations of earlier versions keep every byte, and ask for the same search', () => {
  for (const preset of ['paper', 'quick', 'replay', 'generator']) {
    const text = readFileSync(join(repository, 'resources', 'studies', `${preset}.json`), 'utf8');
    const spec = studySchema.parse(JSON.parse(text));
    expect(canonicalJson(spec)).not.toMatch(/anchorDesign|anchorRule/);
    expect(canonicalJson(planCandidates(spec, hash(1), hash(2), hash(3)).task)).not.toContain('clear');
  }
});

/** Two pairs at two alphas; classes 0 and 2 with two anchors each, class 1 with one. */
const anchored = () => ({
  width: 2,
  height: 1,
  channels: 1 as const,
  pixels: Uint8Array.from({ length: 12 }, (_, k) => 20 * k),
  images: layOutDesign(pairs, [0, 1], { kind: 'fresh' }),
});

test('anchors outlast files, database and archives, and the analysis reads them', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'set.zip');
  await exportStimulusSet(anchored(), path);
  expect((await importStimulusSet(path)).images).toEqual(anchored().images);

  const humans = join(folder, 'humans.csv');
  const labelers = [{ name: 'P1', simulated: true }];
  writeHumansCsv(humans, { images: anchored().images, labelers, labels: labelMatrix([[0, 1, null, 2, 1, 2]], 10) });
  const table = await readHumansCsv(humans);
  expect(table.images).toEqual(anchored().images.filter(({ id }) => id !== 2));
  expect(table.simulated).toBe(true);

  const workbench = newBench();
  const dataSet = {
    hash: hash(1),
    source: { source: 'mnist' as const },
    name: 'small',
    classes: ['a', 'b', 'c'],
    trainCount: 1,
    testCount: 1,
    width: 2,
    height: 1,
    channels: 1 as const,
    mean: [0],
    std: [1],
  };
  const { setHash } = await freezeImported(workbench, { path, folder: '', dataSet });
  const id = workbench.storage.studies.put('small', study(), 1);
  workbench.storage.studies.useStimuli(id, setHash, 1);
  const images = anchored().images.map(({ anchorI, anchorJ }) => ({ anchorI, anchorJ }));
  expect(readStudyData(workbench, id)?.input.images).toMatchObject(images);

  // The exports of the labeling screen, read as an analysis reads them.
  const rows = [0, 1, 3].map((imageId) => ({ imageId, pseudonym: 'P1', label: 1 }));
  const labeled = workbench.storage.responses.importTable({ setHash, source: 'csv:1', simulated: false, rows }, 1);
  workbench.storage.studies.useLabelers(id, labeled, 1);
  const text: Buffer[] = [];
  for await (const piece of tableText({ workbench }, 'small', 'humans')) text.push(piece);
  writeFileSync(join(folder, 'exported.csv'), Buffer.concat(text));
  const exported = await readHumansCsv(join(folder, 'exported.csv'));
  expect(exported.images).toEqual(anchored().images.filter(({ id: image }) => [0, 1, 3].includes(image)));

  const archive = join(folder, 'study.zip');
  await exportArchive(workbench, { study: 'small', path: archive, weights: false });
  const other = newBench();
  await importArchive(other, archive);
  expect(other.storage.stimulusSets.images(setHash)).toEqual(workbench.storage.stimulusSets.images(setHash));
  expect(other.storage.stimulusSets.images(setHash)).toMatchObject(images);

  // A manifest without anchors adds nothing; one with other anchors contradicts a frozen set.
  const plain = join(folder, 'plain.zip');
  await exportStimulusSet({ ...anchored(), images: layOutDesign(pairs, [0, 1]) }, plain);
  await freezeImported(workbench, { path: plain, folder: '', dataSet });
  expect(readStudyData(workbench, id)?.input.images).toMatchObject(images);
  const swapped = join(folder, 'swapped.zip');
  await exportStimulusSet(
    { ...anchored(), images: layOutDesign(pairs, [0, 1], { kind: 'several', perClass: 2 }) },
    swapped,
  );
  await freezeImported(workbench, { path: swapped, folder: '', dataSet });
  const wrong = { ...anchored(), images: anchored().images.map((image) => ({ ...image, anchorI: '9' })) };
  const conflicting = join(folder, 'wrong.zip');
  await exportStimulusSet(wrong, conflicting);
  await expect(freezeImported(workbench, { path: conflicting, folder: '', dataSet })).rejects.toMatchObject({
    code: 'stimuli.conflict',
  });
});

test('a bad name of an anchor is refused with its row', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'set');
  await exportStimulusSet({ ...anchored(), images: anchored().images.map((i) => ({ ...i, anchorJ: '=1+1' })) }, path);
  await expect(importStimulusSet(path)).rejects.toMatchObject({ code: 'stimuli.bad-anchor' });
});
