import { labelingPlanSchema } from '../../main/contract/labeling/plan.ts';
import { stimulusSetHash } from '../../main/domain/identity.ts';
import { randomStream } from '../../main/domain/random.ts';
import { layOutStimuli } from '../../main/domain/stimulus-set.ts';
import { createRouterClient } from '@orpc/server';
import { router } from '../../main/services/api/router.ts';
import type { Lab } from '../../main/services/lab/lab.ts';
import type { Storage } from '../../main/storage/index.ts';
import { trainingStudy } from './training-study.ts';

const size = 28;
const name = 'labeled';

/** A study with three frozen pairs of noise images; returns the number of images. */
export function addNoiseStimuli(storage: Storage, alphas: number): number {
  const points = Array.from({ length: alphas }, (_, index) => index / (alphas - 1));
  const images = layOutStimuli([[0, 1] as const, [0, 2] as const, [1, 2] as const], points);
  const random = randomStream(1, 'noise');
  const pixels = Uint8Array.from({ length: images.length * size * size }, () => random.int(256));
  const hash = stimulusSetHash({ width: size, height: size, images, pixels });
  const id = storage.studies.put(name, { ...trainingStudy, name }, 1);
  storage.stimulusSets.put(
    {
      ...{ hash, width: size, height: size, classes: ['zero', 'one', 'two'], source: 'imported', provenance: {} },
      ...{ original: null, pixels: storage.blobs.put(pixels), images: images.map((image) => ({ ...image, z: null })) },
    },
    1,
  );
  storage.studies.useStimuli(id, hash, 1);
  return images.length;
}

/** A session on this screen with pages of 15 images; gives its token. */
export async function makeSession(lab: Lab): Promise<string> {
  const client = createRouterClient(router, { context: { lab, log: console.error } });
  const { proposal } = await client.labeling.plan.get({ study: name });
  const plan = labelingPlanSchema.parse({ ...proposal, consent: null, practice: 0, names: ['Zero', 'One', 'Two'] });
  await client.labeling.plan.save({ study: name, plan });
  const [session] = await client.labeling.sessions.create({ study: name, count: 1, medium: 'screen' });
  if (!session) throw new Error('no session was made');
  return session.token;
}
