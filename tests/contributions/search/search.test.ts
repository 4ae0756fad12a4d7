import { expect, test } from 'vitest';
import type { Draft } from '../../../main/contract/api/stimuli.ts';
import { latentPoint } from '../../../main/domain/anchors/latents.ts';
import { toBase64 } from '../../../main/services/stimuli/sources.ts';
import { addSmallStudy, openLab } from '../../services/lab/lab-helper.ts';
import { done, latent, refusal, save, study, trained } from '../../services/stimuli/trained-study.ts';

test('before a generator is trained there are no candidates', async () => {
  const bed = openLab();
  const untrained = addSmallStudy(bed);
  const { search } = bed.client;
  expect(await refusal(search.candidates({ study: untrained, classIndex: 0 }))).toBe('stimuli.no-generator');
  expect(await refusal(search.directions({ study: untrained, seed: 1 }))).toBe('stimuli.no-generator');
  expect(await refusal(search.start({ study: untrained, seed: 1 }))).toBe('stimuli.no-generator');
});

test('candidates of a search, and those that another one adds', { timeout: 240_000 }, async () => {
  const { bed, stimuli, state, asked, draft } = await trained();
  const { search } = bed.client;
  const wall = await search.candidates({ study, classIndex: 1 });
  expect(wall.images).toMatchObject({ width: 28, height: 28, count: wall.candidates.length });
  expect(wall.pinned).toEqual([]);
  for (const { seed, sample, z } of wall.candidates)
    expect(z).toBe(toBase64(latentPoint(seed, sample, { z: latent, classes: 0 })));
  expect(state.anchors[1]).toMatchObject({
    z: wall.candidates[0]?.z,
    exact: true,
    confidence: wall.candidates[0]?.confidence,
  });

  // The first ones stay.
  await done(bed, await search.start({ study, seed: 7, samples: 100, perClass: 6 }));
  expect((await stimuli.state({ study })).searches).toMatchObject([
    { own: true },
    { seed: 7, own: false, state: 'done' },
  ]);
  const more = await search.candidates({ study, classIndex: 1 });
  expect(more.candidates.slice(0, wall.candidates.length).map(({ z }) => z)).toEqual(wall.candidates.map(({ z }) => z));
  const other = more.candidates.find(({ seed }) => seed === 7);
  if (!other) throw new Error('the further search found candidates');
  expect(other).toMatchObject({ index: null });
  // A pixel for a pixel: what the wall shows is what the inspector draws.
  const seen = await stimuli.preview({ study, z: more.candidates.map(({ z }) => z), ...asked });
  expect(seen.images.pixels === more.images.pixels).toBe(true);
  expect(seen.reference?.labels.every((label) => label === 1)).toBe(true);

  await search.pin({ study, classIndex: 1, seed: 7, sample: other.sample, pinned: true });
  expect((await search.candidates({ study, classIndex: 1 })).pinned).toEqual([{ seed: 7, sample: other.sample }]);
  expect((await search.candidates({ study, classIndex: 0 })).pinned).toEqual([]);
  await search.pin({ study, classIndex: 1, seed: 7, sample: other.sample, pinned: false });
  expect((await search.candidates({ study, classIndex: 1 })).pinned).toEqual([]);

  // As an anchor it is known again as the sample that the further search found.
  const z = [...latentPoint(7, other.sample, { z: latent, classes: 0 })];
  const chosen: Draft = { ...draft, anchors: [0, { z, from: { seed: 7, sample: other.sample } }] };
  await save(bed, study, chosen);
  expect((await stimuli.state({ study })).anchors[1]).toMatchObject({ exact: true, confidence: other.confidence });
  const { first } = await search.directions({ study, seed: 3 });
  expect(Buffer.from(first, 'base64').length).toBe(4 * latent);
  expect(bed.defects).toEqual([]);
});

test('the sample study shows its candidates as its generator draws them', async () => {
  const bed = openLab();
  const { name: sample, job } = await bed.client.archives.openSample({});
  if (job !== null) await done(bed, { job });
  const { generator } = await bed.client.stimuli.state({ study: sample });
  const { candidates, images } = await bed.client.search.candidates({ study: sample, classIndex: 3 });
  expect(candidates.length).toBe(24);
  const asked = { generator: generator?.weights ?? '', voters: [] };
  const seen = await bed.client.stimuli.preview({ study: sample, z: candidates.map(({ z }) => z), ...asked });
  // The sample was made on another engine, which differs in the last bits.
  const [drawn, kept] = [seen.images.pixels, images.pixels].map((pixels) => Buffer.from(pixels, 'base64'));
  expect(drawn?.length).toBe(24 * 64 * 64);
  expect(drawn?.every((value, k) => Math.abs(value - (kept?.[k] ?? -9)) <= 2)).toBe(true);
});
