import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { Draft } from '../../../main/contract/api/stimuli.ts';
import { allOf } from '../../all-of.ts';
import { studySchema } from '../../../main/contract/studies/study.ts';
import { describeDataSet } from '../../../main/services/declaration/describe-data-set.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { toBase64 } from '../../../main/services/stimuli/sources.ts';
import { addSmallStudy, jobEnded, openLab } from '../lab/lab-helper.ts';
import { done, draftOf, draftStrip, latent, predicted, refusal, save, study, trained } from './trained-study.ts';

test('before anything is trained the screen knows classes and pairs, and refuses what needs a generator', async () => {
  const bed = openLab();
  const study = addSmallStudy(bed);
  expect(await bed.client.stimuli.state({ study })).toMatchObject({
    source: 'generated',
    classes: ['zero', 'one'],
    pairs: [[0, 1]],
    problem: null,
    generator: null,
    searches: [],
    anchors: [],
    voters: [],
    frozen: null,
    locked: false,
  });
  expect(
    await refusal(
      bed.client.stimuli.preview({ study, z: [toBase64(new Float32Array(16))], generator: 'a'.repeat(64), voters: [] }),
    ),
  ).toBe('stimuli.no-generator');
  expect(await refusal(bed.client.stimuli.frozenStrip({ study, pair: [0, 1] }))).toBe('stimuli.not-frozen');
  expect(await refusal(bed.client.sets.export({ study, size: 'model' }))).toBe('stimuli.not-yet');
  expect(await refusal(bed.client.stimuli.state({ study: 'none' }))).toBe('study.not-found');
  const draft = await draftOf(bed, study);
  const paper: Draft = { ...draft, design: { kind: 'paper' } };
  expect(await refusal(save(bed, study, paper))).toBe('pairs.paper-needs-ten-classes');
  expect(await refusal(save(bed, study, { ...draft, anchors: [0] }))).toBe('stimuli.anchors');
  const twice: Draft = { ...draft, anchors: [[3, 3], 0], anchorDesign: { kind: 'fresh' } };
  expect(await refusal(save(bed, study, twice))).toBe('stimuli.anchors');
  // What a draft leaves out is not kept from the one before: undoing a choice saves such a draft.
  const fresh: Draft = { ...draft, anchorDesign: { kind: 'fresh' }, anchorRule: { kind: 'clear', seed: 2 } };
  await save(bed, study, fresh);
  expect(await draftOf(bed, study)).toEqual(fresh);
  // Another page has not read that yet: what it saves would take it back.
  const other = { study, before: draft, draft: { ...draft, alphas: 7 } };
  expect(await refusal(bed.client.stimuli.saveDraft(other))).toBe('stimuli.draft-changed');
  expect(await draftOf(bed, study)).toEqual(fresh);
  await save(bed, study, draft);
  expect(await draftOf(bed, study)).toEqual(draft);
  // Real images instead need no generator; the way back finds all that was declared before.
  const declared = () => findStudy(bed.lab.workbench, study).spec;
  const before = declared();
  const real: Draft = { ...draft, source: 'blended', interpolation: 'pixels', anchorRule: { kind: 'best' } };
  expect(await refusal(save(bed, study, { ...real, interpolation: 'linear' }))).toBe('study.invalid');
  await save(bed, study, { ...real, anchorDesign: { kind: 'one' } });
  expect(declared()).toMatchObject({ generator: null, stimuli: { source: 'blended', candidatesPerClass: 24 } });
  expect(await bed.client.stimuli.state({ study })).toMatchObject({
    source: 'blended',
    instead: { what: 'a dcgan28 of 250 steps', trained: false },
  });
  await save(bed, study, draft);
  expect(declared()).toEqual(before);
  // A generator that was declared for other images does not make these.
  const { storage } = bed.lab.workbench;
  const digits = { source: 'mnist' } as const;
  storage.dataSets.put(describeDataSet(before.dataSet, '/'), 1);
  storage.studies.put(study, { ...before, dataSet: digits, generator: { shipped: 'mnist-dcgan28' } }, 1);
  const { anchors: _, ...mixed } = { ...real, anchorRule: { kind: 'random', seed: 1 } };
  const blended = studySchema.parse({ ...before, generator: null, stimuli: mixed });
  storage.studies.put(study, blended, 2);
  const { instead } = await bed.client.stimuli.state({ study });
  expect(instead).toEqual({ what: 'a dcgan28 of 3,000 steps', trained: false });
  await save(bed, study, draft);
  expect(declared()).toMatchObject({ generator: { recipe: { steps: 3000 } }, dataSet: before.dataSet });
  // Without a classifier there are no anchors of a generator: the choice says so before anybody makes it.
  storage.studies.put('bare', { ...blended, name: 'bare', reference: null }, 3);
  expect(await bed.client.stimuli.state({ study: 'bare' })).toMatchObject({
    instead: null,
    noGenerator: expect.stringContaining('needs a reference classifier'),
  });
  expect(bed.defects).toEqual([]);
});

test('what a trained study has, and who may ask for images of points', { timeout: 240_000 }, async () => {
  const { bed, stimuli, state, z, asked } = await trained();
  const { quality } = await bed.client.generator.get({ study });
  expect(quality).toMatchObject({ classes: [{ name: 'zero' }, { name: 'one' }] });
  expect(quality?.classes.reduce((sum, { samples }) => sum + samples, 0)).toBe(200);
  expect(quality?.frechet?.heldOut).toBeLessThan(quality?.frechet?.samples ?? 0);
  expect(state.generator).toMatchObject({ latent, classes: 0, what: expect.stringContaining('step 250') });
  expect(state.searches).toMatchObject([{ seed: 1, samples: 200, perClass: 4, state: 'done', own: true }]);
  expect(state.voters.map(({ name }) => name)).toContain('MLP1-97');
  expect(state.anchors).toMatchObject([{ exact: true }, { exact: true, z: toBase64(Float32Array.from(z)) }]);

  const points = state.anchors.map((anchor) => anchor?.z ?? '');
  const seen = await stimuli.preview({ study, z: points, ...asked });
  expect(seen.reference?.labels).toEqual([0, 1]);
  expect(seen.votes.map(({ weights }) => weights)).toEqual(state.voters.map(({ weights }) => weights));
  expect(
    await refusal(stimuli.preview({ study, z: [toBase64(new Float32Array(latent).fill(Number.NaN))], ...asked })),
  ).toBe('stimuli.bad-latent');
  const others = { study, z: points, generator: 'b'.repeat(64), voters: [] };
  expect(await refusal(stimuli.preview(others))).toBe('stimuli.other-generator');
  expect((await stimuli.preview({ ...others, ...asked, voters: asked.voters.slice(0, 1) })).votes.length).toBe(1);
});

test('an anchor of one’s own, and the images on the ways from it', { timeout: 240_000 }, async () => {
  const { bed, stimuli, own, draft, z, asked } = await trained();
  const twice: Draft = { ...draft, anchors: [2, [0, { z, from: null }]], anchorDesign: { kind: 'fresh' } };
  expect(await refusal(save(bed, study, twice))).toBe('stimuli.anchors');
  // A study file may have such anchors from before there were candidates: the state says why there are no images.
  const { spec } = findStudy(bed.lab.workbench, study);
  if (spec.stimuli.source !== 'generated') throw new Error('the study makes its stimuli');
  bed.lab.workbench.storage.studies.put(
    study,
    {
      ...spec,
      stimuli: {
        ...spec.stimuli,
        ...twice,
        source: 'generated',
        interpolation: 'spherical',
        anchorRule: { kind: 'best' },
      },
    },
    bed.lab.workbench.now(),
  );
  const unusable = await stimuli.state({ study });
  expect(unusable).toMatchObject({ anchors: [], pairs: [[0, 1]] });
  expect(unusable.problem).toMatch(/^Anchors 1 and 2 of class 1 are the same latent point\. Choose each anchor/);
  await save(bed, study, draft);
  const chosen = await stimuli.state({ study });
  expect(chosen.anchors[1]).toMatchObject({ z: toBase64(own), exact: false, from: { seed: 1 } });
  const strip = await draftStrip({ stimuli, asked });
  expect(strip.alphas).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(strip.votes.every(({ labels }) => labels.length === 5)).toBe(true);
  // Many ways at once: every image is there before the first vote, and they are those of one way.
  const many = await stimuli.strips({
    study,
    points: chosen.anchors.map((anchor) => anchor?.z ?? ''),
    ...asked,
    alphas: 5,
    interpolation: 'spherical',
    ways: [[1, 0], ...Array.from({ length: 11 }, (): [number, number] => [0, 1])],
  });
  const parts = await allOf(many);
  const twelve = Array.from({ length: 12 }, (_, way) => way);
  expect(parts.map(({ type, way }) => [type, way])).toEqual([
    ...twelve.map((way) => ['images', way]),
    ...twelve.map((way) => ['votes', way]),
  ]);
  expect(parts[11]).toMatchObject({ alphas: strip.alphas, images: strip.images, norms: strip.norms });
  expect(parts[23]).toMatchObject({ votes: strip.votes });
  const nowhere = { study, points: [chosen.anchors[0]?.z ?? ''], ways: [[0, 1]] as [number, number][], ...asked };
  await expect(stimuli.strips({ ...nowhere, alphas: 5, interpolation: 'linear' })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  });
  const norms = await stimuli.norms({
    study,
    from: chosen.anchors[0]?.z ?? '',
    to: chosen.anchors[1]?.z ?? '',
    alphas: 5,
  });
  expect(norms.spherical).toEqual(strip.norms);
  expect(await stimuli.image({ study, image: 2 })).toMatchObject({
    frozen: false,
    alpha: 0.5,
    pair: [0, 1],
    hash: null,
  });
});

test('doubtful anchors are frozen only if they are accepted', { timeout: 240_000 }, async () => {
  const { bed, stimuli, draft, z } = await trained();
  // The reference classifier calls every candidate of one a one, so that as the anchor of zero it is doubtful.
  const doubtful: Draft = { ...draft, anchors: [{ z, from: null }, 0] };
  await save(bed, study, doubtful);
  const refused = await jobEnded(bed, (await stimuli.freeze({ study })).job);
  expect(refused).toMatchObject({ state: 'failed', failedStep: 'stimuli' });
  expect(refused.messages.at(-1)).toMatch(
    /^The reference classifier takes 1 anchor for another class: an anchor of zero is called one \([\d.]+\s%\) \(study .*Stimuli, Freeze/,
  );
  expect(await stimuli.state({ study })).toMatchObject({ frozen: null });
  const { steps } = await bed.client.overview.status({ study });
  expect(steps.find(({ step }) => step === 'stimuli')).toMatchObject({
    state: 'failed',
    action: { label: 'Review anchors' },
    more: [{ label: 'Open Freeze' }],
  });
  const accepted = await jobEnded(bed, (await stimuli.freeze({ study, acceptDoubtful: true })).job);
  expect(accepted).toMatchObject({ state: 'done', messages: [expect.stringContaining('because you accepted them')] });
  await save(bed, study, draft);
  await done(bed, await stimuli.freeze({ study }));
  expect((await stimuli.state({ study })).frozen).toMatchObject({ images: 5, current: true });
});

test('a frozen set has the images and predictions that were shown before', { timeout: 240_000 }, async () => {
  const { stimuli, frozen, strip, strips } = await predicted();
  expect(frozen).toMatchObject({ images: 5, current: true, predicted: 0, interpolation: 'spherical', labelers: 0 });
  expect(strips.images.pixels === strip.images.pixels).toBe(true);
  expect(strips.votes).toEqual(strip.votes);
  expect(await refusal(stimuli.freeze({ study }))).toBe('stimuli.frozen');

  expect((await stimuli.state({ study })).frozen?.predicted).toBe(frozen?.snapshots);
  const stored = await stimuli.frozenStrip({ study, pair: [0, 1] });
  expect(stored.votes.map(({ labels }) => labels)).toEqual(strip.votes.map(({ labels }) => labels));
});

test('another draft is another set; the one that is frozen stays until then', { timeout: 240_000 }, async () => {
  const { bed, stimuli, draft, frozen, state } = await predicted();
  await save(bed, study, { ...draft, interpolation: 'linear' });
  expect((await stimuli.state({ study })).frozen).toMatchObject({ hash: frozen?.hash, current: false });
  const real = { anchors: null, interpolation: 'pixels', anchorRule: { kind: 'random', seed: 1 } } as const;
  await save(bed, study, { ...draft, ...real, source: 'blended' });
  expect(await stimuli.state({ study })).toMatchObject({
    instead: { what: state.generator?.what, trained: true },
    frozen: { hash: frozen?.hash, current: false },
  });
  await save(bed, study, draft);
  expect((await stimuli.state({ study })).frozen?.current).toBe(true);
});

test('what people have labeled stays, and a copy takes it as an archive', { timeout: 240_000 }, async () => {
  const { bed, stimuli, draft, frozen, state } = await predicted();
  const { storage } = bed.lab.workbench;
  const rows = [{ imageId: 0, pseudonym: 'P1', label: 0 }];
  const table = { setHash: frozen?.hash ?? '', source: 'csv:1', simulated: false, rows };
  storage.studies.useLabelers(storage.studies.byName(study)?.id ?? 0, storage.responses.importTable(table, 1), 1);
  expect(await stimuli.state({ study })).toMatchObject({ locked: true, frozen: { labelers: 1, simulated: false } });
  expect(await stimuli.image({ study, image: 0 })).toMatchObject({ frozen: true, people: [1, 0], simulated: false });
  expect(await refusal(save(bed, study, { ...draft, alphas: 7 }))).toBe('stimuli.has-labels');
  const copy = await stimuli.copy({ study });
  expect(await stimuli.state(copy)).toMatchObject({ locked: false, frozen: null, voters: state.voters });
  await save(bed, copy.study, { ...draft, alphas: 7 });
  expect((await stimuli.state({ study })).frozen?.current).toBe(true);

  // Out and in again: the copy takes the set of the first.
  const { address } = await bed.client.sets.export({ study, size: 'model' });
  const content = bed.lab.downloads.find(address)?.content;
  const zip = content && 'bytes' in content ? content.bytes : readFileSync('');
  const upload = await bed.lab.uploads.take('set.zip', Readable.from([zip]));
  const importing = bed.client.sets.import({ ...copy, upload });
  await bed.client.studies.rename({ ...copy, question: 'Changed while the archive is read?' });
  const taken = await importing;
  expect(bed.lab.workbench.storage.studies.byName(copy.study)?.spec.question).toMatch(/^Changed/);
  expect(taken.images).toBe(5);
  await done(bed, taken);
  expect((await stimuli.state(copy)).frozen).toMatchObject({ hash: frozen?.hash, current: true });
  expect((await stimuli.state(copy)).source).toBe('imported');
  expect(bed.defects).toEqual([]);
});

test.each([
  ['a path that leads out', { '../manifest.csv': strToU8('image,file,pair_i,pair_j,alpha\n') }, 'stimuli.unsafe-path'],
  ['a bomb', { 'manifest.csv': new Uint8Array(60 * 2 ** 20) }, 'stimuli.zip-bomb'],
  ['no manifest', { 'a.txt': strToU8('a') }, 'stimuli.no-manifest'],
])('an archive with %s is refused, and nothing of the study changes', async (_, files, code) => {
  const bed = openLab();
  const study = addSmallStudy(bed);
  const before = await bed.client.stimuli.state({ study });
  const upload = await bed.lab.uploads.take('set.zip', Readable.from([zipSync(files)]));
  expect(await refusal(bed.client.sets.import({ study, upload }))).toBe(code);
  expect(await bed.client.stimuli.state({ study })).toEqual(before);
  expect(await refusal(bed.client.sets.import({ study, upload }))).toBe('upload.gone');
  expect(bed.defects).toEqual([]);
});

test('the sample study shows its stimuli and all votes, with or without the weights of its models', async () => {
  const bed = openLab();
  const { name: study, job } = await bed.client.archives.openSample({});
  if (job !== null) await done(bed, { job });
  const { stimuli } = bed.client;
  const { frozen, voters, anchors, generator } = await stimuli.state({ study });
  expect(frozen).toMatchObject({ images: 165, current: true, predicted: 9, snapshots: 9, simulated: true });
  expect(anchors.length).toBe(10);
  const stored = await stimuli.frozenStrip({ study, pair: [0, 1] });
  expect(stored.votes.map(({ weights }) => weights)).toEqual(voters.map(({ weights }) => weights));
  expect(stored.people?.[0]?.reduce((sum, count) => sum + count, 0)).toBe(10);
  const asked = { generator: generator?.weights ?? '', voters: voters.map(({ weights }) => weights) };
  const seen = await stimuli.preview({ study, z: anchors.map((anchor) => anchor?.z ?? ''), ...asked });
  expect(seen.images).toMatchObject({ count: 10, width: 64, height: 64 });
  expect((await stimuli.image({ study, image: 5 })).votes.length).toBe(9);
  expect(bed.defects).toEqual([]);
});
