import { expect, test } from 'vitest';
import type { TimeRange } from '../../../main/contract/api/jobs.ts';
import { describeDataSet } from '../../../main/services/declaration/describe-data-set.ts';
import { queueModels } from '../../../main/services/queue/queue.ts';
import { studyProgress } from '../../../main/services/study/progress.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { classifierResult, started } from '../../storage/run-helper.ts';
import { openLab } from '../lab/lab-helper.ts';

const timeOf = ({ seconds, low, high }: TimeRange): TimeRange => ({ seconds, low, high });
const near = (time: TimeRange | null | undefined) =>
  time && {
    seconds: expect.closeTo(time.seconds, 6),
    low: expect.closeTo(time.low, 6),
    high: expect.closeTo(time.high, 6),
  };

test('the card of a preset, its new study and each of its screens say the same time', async () => {
  const { client, defects } = openLab();
  for (const preset of ['quick', 'generator'] as const) {
    const card = (await client.studies.presets({})).find((each) => each.preset === preset);
    if (!card) throw new Error(`there is no ${preset}`);
    const { name: study } = await client.studies.create({
      source: { kind: 'preset', preset },
      name: preset,
      title: null,
    });
    const { next, steps } = await client.overview.get({ study });
    expect(next?.cost).toMatchObject({ ...near(card.cost), bytes: card.cost.bytes });
    const training = steps.find(({ step }) => step === 'models')?.action?.cost;
    expect(timeOf(await client.runs.remaining({ study }))).toEqual(near(training));
    const generator = steps.find(({ step }) => step === 'generator')?.action?.cost;
    if (preset === 'generator')
      expect((await client.generator.get({ study })).own?.cost).toMatchObject(near(generator) ?? {});
  }
  expect(defects).toEqual([]);
});

/** A study whose first training is over and whose second is half done, at one worker. */
async function halfDone() {
  const test = openLab();
  const { client, lab } = test;
  lab.settings.set({ workers: 1 });
  const { name } = await client.studies.create({
    source: { kind: 'preset', preset: 'quick' },
    name: 'half',
    title: null,
  });
  const { workbench } = lab;
  const { storage, environment } = workbench;
  const before = await client.runs.remaining({ study: name });
  storage.dataSets.put(describeDataSet({ source: 'mnist' }, storage.folder), 1);
  const study = findStudy(workbench, name);
  await queueModels(workbench, study);
  const claim = (at: number): number => {
    const run = storage.runs.claimNext(['wasm'], environment, at, study.id);
    if (!run) throw new Error('trainings wait');
    storage.runs.applyEvent(run.id, started, at);
    return run.id;
  };
  const work = (id: number, done: number, total: number, now: number): void => {
    storage.runs.applyEvent(id, { type: 'progress', done, total, note: '', workedMs: done * 40 }, now);
  };
  return { ...test, storage, study, before, claim, work };
}

test('a training here narrows what was assumed; sleep takes no time; a run and its job say the same', async () => {
  const { client, lab, storage, study, before, claim, work } = await halfDone();
  const remaining = (): Promise<TimeRange> => client.runs.remaining({ study: study.name });
  const first = claim(1000);
  work(first, 1000, 1000, 41_000);
  storage.runs.applyEvent(first, classifierResult([97.5]), 41_000);
  const after = await remaining();
  expect(after.high / after.low).toBeLessThan(before.high / before.low);

  const second = claim(50_000);
  work(second, 500, 1000, 70_000);
  const rowOf = async () => (await client.runs.table({ study: study.name })).rows.find(({ id }) => id === second);
  const awake = await rowOf();
  expect(awake?.timeLeft?.seconds).toBeGreaterThan(0);
  // Five hours later the computer wakes; nothing was done meanwhile.
  work(second, 500, 1000, 70_000 + 5 * 3_600_000);
  expect((await rowOf())?.timeLeft).toEqual(awake?.timeLeft);
  // All others on hold, it is what the job waits for.
  const others = storage.runs.list({ studyId: study.id }).filter(({ state }) => state === 'queued');
  for (const { id } of others) storage.runs.setHeld(id, true);
  expect(studyProgress(lab, study, 1).secondsLeft).toEqual(near(awake?.timeLeft));
});

test('a job’s share is of the work that it began with, by time', async () => {
  const { lab, storage, study, claim, work } = await halfDone();
  const runs = storage.runs.list({ studyId: study.id });
  for (const _ of runs.slice(2)) storage.runs.applyEvent(claim(1000), classifierResult([97.5]), 2000);
  // Two trainings have just begun, and all others were over before the job: seen as "91 %".
  const [second, third] = [claim(5000), claim(5000)];
  expect(studyProgress(lab, study, 2, 4000).share).toBe(0);
  expect(studyProgress(lab, study, 2).share).toBeGreaterThan(0.5);
  for (const id of [second, third]) work(id, 250, 1000, 9000);
  expect(studyProgress(lab, study, 2, 4000).share).toBeCloseTo(0.25, 10);
});
