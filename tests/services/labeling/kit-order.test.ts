import { expect, test } from 'vitest';
import type { KitResultPayload } from '../../../main/contract/labeling/kit.ts';
import type { LabelingPlan } from '../../../main/contract/labeling/plan.ts';
import { openLab } from '../lab/lab-helper.ts';
import { resultFile, sitting as findSitting } from './kit-results.ts';
import { addStimuli, answer, makeSessions, studyName, upload } from './labeling-helper.ts';

const monday = '2026-01-05T10:00:00.000Z';
const tuesday = '2026-01-06T10:00:00.000Z';

const sitting = (openedAt: string, events: ReturnType<typeof answer>[]) => findSitting(events, undefined, openedAt);

const all = (choice: number, but: readonly number[] = []) =>
  Array.from({ length: 33 }, (_, trial) => trial)
    .filter((trial) => !but.includes(trial))
    .map((trial) => answer(trial, trial, choice));

async function withKit(change: Partial<LabelingPlan> = {}) {
  const it = openLab();
  addStimuli(it.lab.workbench.storage);
  const plan = { practice: 0, attention: 0, repeats: 0, ...change };
  const [session] = await makeSessions(it, 1, plan, 'kit');
  if (!session) throw new Error('no session');
  const { kit, board } = it.client.labeling;
  const made = await kit.make({ study: studyName, sessions: [session.id] });
  const [own] = made.sessions;
  if (!own) throw new Error('no session in the kit');
  const { storage } = it.lab.workbench;
  const study = storage.studies.byName(studyName)?.id ?? 0;
  return {
    ...{ ...it, storage },
    file: (payload: Partial<KitResultPayload>, version?: 1 | 2) => resultFile(made, own, payload, version),
    look: async (text: string) => kit.inspect({ study: studyName, upload: await upload(it, 'x.json', text) }),
    apply: async (text: string) => kit.apply({ study: studyName, upload: await upload(it, 'x.json', text) }),
    row: async () => (await board({ study: studyName })).sessions[0],
    log: () => storage.labeling.log.choices(session.id, 33),
    labels: () => {
      const table = storage.responses.table(study, storage.studies.stimuli(study) ?? '');
      const trials = storage.labeling.sessions.trials(session.id);
      return trials.map(({ image }) => table.labels[0]?.[table.imageIds.indexOf(image)] ?? null);
    },
    record: () => storage.labeling.sessions.get(session.id),
  };
}

test('an older sitting from another computer neither overrides a newer one nor leaves log and labels apart', async () => {
  const { file, look, apply, log, labels, row } = await withKit();
  await apply(file({ finished: true, sittings: [sitting(tuesday, all(2, [7]))] }));
  expect(labels()).toEqual(log());
  expect(log()[7]).toBeNull();
  const older = file({ sittings: [sitting(monday, [answer(0, 0, 1), answer(1, 7, 1)])] });
  expect(await look(older)).toMatchObject({
    ...{ newestHere: tuesday, newestInFile: monday, newEvents: 2 },
    ...{ added: 1, changed: [] },
  });
  await apply(older);
  expect(log()[0]).toBe(2);
  expect(log()[7]).toBe(1);
  expect(labels()).toEqual(log());
  expect(await row()).toMatchObject({ state: 'finished', answered: 33 });
});

test('the order of files makes no difference, and a newer sitting changes the labels of a finished session', async () => {
  const [one, other] = [await withKit(), await withKit()];
  const [early, late] = [sitting(monday, all(1)), sitting(tuesday, [answer(0, 3, 0), answer(1, 4, null)])];
  for (const part of [early, late]) await one.apply(one.file({ finished: part === early, sittings: [part] }));
  for (const part of [late, early]) await other.apply(other.file({ finished: part === early, sittings: [part] }));
  expect(one.log()).toEqual(other.log());
  expect([one.log()[3], one.log()[4]]).toEqual([0, null]);
  expect(one.labels()).toEqual(one.log());
  expect(other.labels()).toEqual(other.log());
  expect(one.storage.labeling.log.latestChoices(one.record()?.id ?? 0)).toHaveLength(33);
  expect(one.record()?.answered).toBe(32);
  expect(other.record()?.answered).toBe(32);
});

test('without consent nothing is taken in where the plan asks for it', async () => {
  const { file, apply, record, log } = await withKit({ consent: 'Do you agree?' });
  await expect(apply(file({ finished: true, sittings: [sitting(monday, all(1))] }))).rejects.toThrow(/consent/);
  expect(record()).toMatchObject({ state: 'planned', consentedAt: null });
  expect(log().every((choice) => choice === null)).toBe(true);
});

test('whoever declines in a kit has declined here, and nothing else of them is stored', async () => {
  const { file, look, apply, row, storage, record } = await withKit({ consent: 'Do you agree?' });
  const declined = file({ declined: true, sittings: [sitting(monday, [])] });
  expect(await look(declined)).toMatchObject({ declined: true });
  await apply(declined);
  await apply(declined);
  expect(await row()).toMatchObject({ state: 'declined' });
  expect(storage.labeling.log.sittings(record()?.id ?? 0)).toEqual([]);
});

test('consent, beginning and end are of the time at which they were, not of the import', async () => {
  const { file, apply, record } = await withKit({ consent: 'Do you agree?' });
  const [consentedAt, finishedAt] = ['2026-01-05T09:59:00.000Z', '2026-01-06T10:30:00.000Z'];
  const sittings = [sitting(monday, all(1, [0])), sitting(tuesday, [answer(0, 0, 1)])];
  await apply(file({ consented: true, consentedAt, finished: true, finishedAt, sittings }));
  expect(record()).toMatchObject({
    consentedAt: Date.parse(consentedAt),
    startedAt: Date.parse(monday),
    finishedAt: Date.parse(finishedAt),
  });
});

test('a result file of an earlier version is read', async () => {
  const { file, apply, record } = await withKit({ consent: 'Do you agree?' });
  await apply(file({ consented: true, finished: true, sittings: [sitting(monday, all(1))] }, 1));
  expect(record()).toMatchObject({ state: 'finished', startedAt: Date.parse(monday) });
  expect(record()?.consentedAt).toBeGreaterThan(Date.parse(tuesday));
});
