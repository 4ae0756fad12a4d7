import { labelingPlanSchema } from '../../main/contributions/sessions/contract/plan.ts';
import { stimulusSetHash } from '../../main/domain/plans/identity.ts';
import { randomStream } from '../../main/domain/random/random.ts';
import { layOutStimuli } from '../../main/domain/stimuli/stimulus-set.ts';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import type { Lab } from '../../main/services/lab/lab.ts';
import type { Storage } from '../../main/storage/open.ts';
import { screen } from '../services/labeling/labeling-helper.ts';
import { trainingStudy } from './training-study.ts';
import { callsOf } from '../calls.ts';

const size = 28;
const dimensions = { width: size, height: size, channels: 1 as const };
const name = 'labeled';

/** A study with three frozen pairs of noise images; returns the number of images. */
export function addNoiseStimuli(storage: Storage, alphas: number): number {
  const points = Array.from({ length: alphas }, (_, index) => index / (alphas - 1));
  const images = layOutStimuli([[0, 1] as const, [0, 2] as const, [1, 2] as const], points);
  const random = randomStream(1, 'noise');
  const pixels = Uint8Array.from({ length: images.length * size * size }, () => random.int(256));
  const hash = stimulusSetHash({ ...dimensions, images, pixels });
  const id = storage.studies.put(name, { ...trainingStudy, name }, 1);
  storage.stimulusSets.put(
    {
      hash,
      ...dimensions,
      classes: ['zero', 'one', 'two'],
      source: 'imported',
      provenance: {},
      original: null,
      pixels: storage.blobs.put(pixels),
      images: images.map((image) => ({ ...image, z: null })),
    },
    1,
  );
  storage.studies.useStimuli(id, hash, 1);
  return images.length;
}

/** A session on this screen with pages of 15 images; gives its token. */
export async function makeSession(lab: Lab): Promise<string> {
  const client = callsOf({ lab, log: console.error });
  const { proposal } = await client.desk.plan.get({ study: name });
  const plan = labelingPlanSchema.parse({ ...proposal, consent: null, practice: 0, names: ['Zero', 'One', 'Two'] });
  await client.desk.plan.save({ study: name, plan });
  const [session] = await client.desk.sessions.create({ study: name, count: 1, medium: 'screen' });
  if (!session) throw new Error('no session was made');
  return session.token;
}

/** Every trial of every session answered, as sessions leave them, in a few statements. */
export function answerAll(folder: string): void {
  const database = new BetterSqlite3(join(folder, 'workbench.sqlite'));
  database.exec(`BEGIN;
    INSERT INTO labeling_sitting (session_id, key, medium, opened_at, screen)
      SELECT id, 'bench', 'screen', 1, '${JSON.stringify(screen)}' FROM labeling_session;
    INSERT INTO labeling_event (session_id, sitting_id, seq, trial, kind, choice, shown_ms, at_ms, stored_at)
      SELECT session_id, sitting.id, each.key, each.key, 'answer', (each.key + session_id) % 3, each.key * 1000,
        each.key * 1000 + 600, 1
      FROM labeling_sitting AS sitting JOIN labeling_session AS session ON session.id = session_id,
        json_each(trials) AS each;
    INSERT INTO response (set_hash, image_id, labeler_id, label, at, source)
      SELECT set_hash, each.value ->> 0, labeler_id, (each.key + session.id) % 3, 1, 'labeling:screen'
      FROM labeling_session AS session, json_each(trials) AS each;
    INSERT INTO study_labeler (study_id, labeler_id, linked_at) SELECT study_id, labeler_id, 1 FROM labeling_session;
    UPDATE labeling_session SET state = 'finished', started_at = 1, finished_at = 2, answered = trial_count;
    COMMIT;`);
  database.close();
}
