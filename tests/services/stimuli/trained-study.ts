import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { ORPCError } from '@orpc/client';
import { expect } from 'vitest';
import type { Draft } from '../../../main/contract/api/stimuli.ts';
import { latentPoint } from '../../../main/domain/anchors/latents.ts';
import { folderOfRun, madeOnce } from '../../made-once.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { addSmallStudy, jobEnded, openLab, type TestLab } from '../lab/lab-helper.ts';

/** Numbers of a point of the study's generator. */
export const latent = 16;
export const done = async (bed: TestLab, { job }: { job: string }) =>
  expect(await jobEnded(bed, job)).toMatchObject({ state: 'done' });

/** The code of a refusal. */
export async function refusal(call: Promise<unknown>): Promise<unknown> {
  const error: unknown = await call.then(
    () => 'nothing was refused',
    (thrown: unknown) => thrown,
  );
  return error instanceof ORPCError ? ((error.data as { code?: string } | undefined)?.code ?? error.code) : error;
}

export async function draftOf(bed: TestLab, study: string): Promise<Draft> {
  const { draft } = await bed.client.stimuli.state({ study });
  if (!draft) throw new Error('no draft');
  return draft;
}

/** Saves a draft over the one that is there. */
export const save = async (bed: TestLab, study: string, draft: Draft) =>
  bed.client.stimuli.saveDraft({ study, before: await draftOf(bed, study), draft });

export const study = 'small';

/** A lab whose study is trained and has candidates. `z` is the best one of class 1, and `draft` has an anchor near it. */
export async function trained() {
  const dataFolder = join(temporaryFolder(), 'data');
  const state = await madeOnce('trained', dataFolder, async (made) => {
    const bed = openLab(made);
    addSmallStudy(bed, { labelers: { source: 'none' } }, folderOfRun('trained-set'));
    const { stimuli, work } = bed.client;
    await done(bed, await work.start({ study, goal: 'candidates' }));
    await done(bed, await work.start({ study, goal: 'models' }));
    const reached = await stimuli.state({ study });
    await bed.lab.close();
    return reached;
  });
  const bed = openLab(dataFolder);
  const from = state.anchors[1]?.from;
  if (!from) throw new Error('the search found candidates');
  const best = latentPoint(from.seed, from.sample, { z: latent, classes: 0 });
  const own = best.map((value) => value + 0.25);
  const draft: Draft = {
    source: 'generated',
    design: { kind: 'listed', pairs: [[0, 1]] },
    alphas: 5,
    interpolation: 'spherical',
    anchors: [2, { z: [...own], from }],
  };
  const { generator, voters } = state;
  const asked = { generator: generator?.weights ?? '', voters: voters.map(({ weights }) => weights) };
  return { bed, stimuli: bed.client.stimuli, state, z: [...best], own, draft, asked };
}

/** The same once that draft is frozen and predicted; `strip` is what the page showed of it before, `strips` and `frozen` after. */
export async function predicted() {
  const dataFolder = join(temporaryFolder(), 'data');
  const before = await madeOnce('predicted', dataFolder, async (made) => {
    const { bed, stimuli, draft, asked, state } = await trained();
    await save(bed, study, draft);
    const strip = await draftStrip({ stimuli, asked });
    await done(bed, await stimuli.freeze({ study }));
    const { frozen } = await stimuli.state({ study });
    const strips = await stimuli.frozenStrip({ study, pair: [0, 1] });
    await done(bed, await bed.client.work.start({ study, goal: 'report' }));
    await bed.lab.close();
    cpSync(bed.dataFolder, made, { recursive: true, preserveTimestamps: true });
    return { draft, frozen, strip, strips, state };
  });
  const bed = openLab(dataFolder);
  return { bed, stimuli: bed.client.stimuli, ...before };
}

/** What the page shows of the one pair of the draft. */
export async function draftStrip({ stimuli, asked }: Pick<Awaited<ReturnType<typeof trained>>, 'stimuli' | 'asked'>) {
  const { anchors } = await stimuli.state({ study });
  const [from = '', to = ''] = anchors.map((anchor) => anchor?.z ?? '');
  return stimuli.strip({ study, from, to, alphas: 5, ...asked, interpolation: 'spherical' });
}
