import { isPlaced } from '../../../main/domain/stimuli/stimulus-set.ts';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { LabelingPlan } from '../../../main/contributions/sessions/contract/plan.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { randomStream } from '../../../main/domain/random/random.ts';
import { repository } from '../../architecture/tools.ts';
import { openLab, type TestLab } from '../../services/lab/lab-helper.ts';
import { screen } from '../../services/labeling/labeling-helper.ts';
import { sessionTables } from '../../../main/contributions/sessions/storage/tables.ts';

/** The sample study as it comes, with its simulated labelers, and a copy in which sessions are under way. */
export const sample = 'sample';
export const withSessions = 'sample 2';

export interface SampleFolder {
  dataFolder: string;
  /** Sessions that have not begun: pages of images, one image at a time, and one for a kit. */
  grid: Session;
  single: Session;
  kit: Session;
}

export interface Session {
  token: string;
  /** What somebody might answer, by trial: the keys are those of digits. */
  keys: string[];
}

const consent =
  'Your answers are kept without your name, and used for a study of how people see digits. You may stop at any time, and ' +
  'have your answers deleted later.\n\nMay we keep your answers?';

/** Made with real calls; the answers follow a rule and chance, and are nobody's. */
export async function sampleWithSessions(): Promise<SampleFolder> {
  const it = openLab();
  const zip = join(repository, 'resources', 'samples', 'sample-study.zip');
  await importArchive(it.lab.workbench, zip);
  await importArchive(it.lab.workbench, zip);
  const { proposal } = await it.client.desk.plan.get({ study: withSessions });
  if (!proposal) throw new Error('the sample has stimuli');
  const sessions = await plannedSessions(it, { ...proposal, consent }, 6, 'screen');
  for (const [index, session] of sessions.slice(0, 4).entries()) await answer(it, session, (index - 1.5) * 0.06);
  const [, , , , half, grid] = sessions;
  if (half) await answer(it, half, 0, 70);
  const [kit] = await plannedSessions(it, { ...proposal, consent }, 1, 'kit');
  await plannedSessions(it, { ...proposal, consent }, 1, 'paper');
  const single: LabelingPlan = { ...proposal, mode: 'single', cannotTell: 'Can’t tell', practice: 0 };
  const [one] = await plannedSessions(it, single, 1, 'screen');
  await it.client.desk.plan.save({ study: withSessions, plan: { ...proposal, consent } });
  if (!grid || !one || !kit) throw new Error('sessions were not made');
  const session = ({ id, token }: { id: number; token: string }): Session => ({
    token,
    keys: answersOf(it, id, 0).map(String),
  });
  const made = { grid: session(grid), single: session(one), kit: session(kit) };
  await it.lab.close();
  return { dataFolder: it.dataFolder, ...made };
}

async function plannedSessions(
  { client }: TestLab,
  plan: LabelingPlan,
  count: number,
  medium: 'screen' | 'kit' | 'paper',
) {
  await client.desk.plan.save({ study: withSessions, plan });
  return client.desk.sessions.create({ study: withSessions, count, medium });
}

/** The second class the sooner the nearer an image is to it; by trial. */
function answersOf({ lab }: TestLab, id: number, lean: number): number[] {
  const { stimulusSets, labeling } = lab.workbench.storage;
  const images = new Map(
    stimulusSets
      .images(labeling.sessions.get(id)?.setHash ?? '')
      .filter(isPlaced)
      .map((image) => [image.id, image]),
  );
  const random = randomStream(id, 'answers of a picture');
  return sessionTables(lab.workbench.storage)
    .sessions.trials(id)
    .map((trial) => {
      const image = images.get(trial.image);
      if (!image) throw new Error('a trial of no image');
      const share = 1 / (1 + Math.exp(-14 * (image.alpha + lean - 0.5)));
      return random.int(1000) < share * 1000 ? image.pairJ : image.pairI;
    });
}

/** Answers all of a session, or so many images, in times that differ. */
async function answer(
  it: TestLab,
  { id, token }: { id: number; token: string },
  lean: number,
  upTo?: number,
): Promise<void> {
  const { volunteer } = it.client.desk;
  const random = randomStream(id, 'times of a picture');
  const page = { token, sitting: randomUUID() };
  await volunteer.open({ ...page, screen });
  await volunteer.consent({ ...page, agrees: true });
  await volunteer.open({ ...page, screen });
  let atMs = 4000;
  const events = answersOf(it, id, lean)
    .slice(0, upTo)
    .map((choice, seq) => {
      const shownMs = atMs;
      atMs += 700 + random.int(2500);
      return { seq, trial: seq, kind: 'answer' as const, choice, shownMs, atMs };
    });
  await volunteer.addEvents({ ...page, events });
  if (upTo === undefined) await volunteer.finish({ ...page, leaveBlank: false });
}
