import { randomBytes, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { KitResultPayload } from '../../../main/contributions/offline/kit-format.ts';
import type { LabelingPlan } from '../../../main/contributions/sessions/contract/plan.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { hour, openedKit, resultFile, sitting as findSitting } from './kit-results.ts';
import { makeSessions } from '../desk/make-sessions.ts';
import { addStimuli, answer, studyName, upload } from '../../services/labeling/labeling-helper.ts';
import { offlineTables } from '../../../main/contributions/offline/storage.ts';
import { sessionTables } from '../../../main/contributions/sessions/storage/tables.ts';

/** So many minutes from now. */
const beside = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

const monday = hour(1);
const tuesday = hour(11);

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
  const { board } = it.client.desk;
  const { makeKit, inspectResult, applyResult } = it.client.offline;
  const made = openedKit(await makeKit({ study: studyName, sessions: [session.id] }));
  const [own] = made.sessions;
  if (!own) throw new Error('no session in the kit');
  const { storage } = it.lab.workbench;
  const study = storage.studies.byName(studyName)?.id ?? 0;
  return {
    ...it,
    storage,
    file: (payload: Partial<KitResultPayload>, version?: 1 | 2) => resultFile(made, own, payload, version),
    look: async (text: string) => inspectResult({ study: studyName, upload: await upload(it, 'x.json', text) }),
    apply: async (text: string) => applyResult({ study: studyName, upload: await upload(it, 'x.json', text) }),
    row: async () => (await board({ study: studyName })).sessions[0],
    log: () => sessionTables(storage).log.choices(session.id, 33),
    labels: () => {
      const table = storage.responses.table(study, storage.studies.stimuli(study) ?? '');
      const trials = sessionTables(storage).sessions.trials(session.id);
      return trials.map(({ image }) => table.labels[0]?.[table.imageIds.indexOf(image)] ?? null);
    },
    record: () => storage.labeling.sessions.get(session.id),
    sittings: () =>
      sessionTables(storage)
        .log.sittings(session.id)
        .map(({ openedAt, claimedAt, openedMs }) => ({
          openedAt: new Date(openedAt).toISOString(),
          openedMs,
          claimedAt: claimedAt === null ? null : new Date(claimedAt).toISOString(),
        })),
    flags: async () => (await it.client.desk.quality({ study: studyName }))[0]?.flags,
    /** Adds another kit; what its page writes. */
    addKit: (id: string) => {
      const key = randomBytes(32);
      offlineTables(storage).kits.add({ kit: id, sessionId: session.id, key }, Date.now());
      return (payload: Partial<KitResultPayload>) => {
        const signed = { ...own, key: key.toString('base64') };
        return resultFile({ kit: id }, signed, { kit: id, ...payload });
      };
    },
    /** Adds a kit that is made in so many milliseconds. */
    makeAgain: async (ms: number) => {
      const entry = { kit: randomUUID(), sessionId: session.id, key: randomBytes(32) };
      offlineTables(storage).kits.add(entry, Date.now() + ms);
    },
  };
}

test('an older sitting from another computer neither overrides a newer one nor leaves log and labels apart', async () => {
  const { file, look, apply, log, labels, row } = await withKit();
  await apply(file({ finished: true, sittings: [sitting(tuesday, all(2, [7]))] }));
  expect(labels()).toEqual(log());
  expect(log()[7]).toBeNull();
  const older = file({ sittings: [sitting(monday, [answer(0, 0, 1), answer(1, 7, 1)])] });
  expect(await look(older)).toMatchObject({
    newestHere: tuesday,
    newestInFile: monday,
    newEvents: 2,
    added: 1,
    changed: [],
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
  expect(sessionTables(one.storage).log.latestChoices(one.record()?.id ?? 0)).toHaveLength(33);
  expect(one.record()?.answered).toBe(32);
  expect(other.record()?.answered).toBe(32);
});

test.each([
  ['in the future', '9999-12-31T23:59:59.000Z'],
  ['a day and ten minutes ahead', beside(24 * 60 + 10)],
  ['a day and ten minutes before the kit', beside(-24 * 60 - 10)],
  ['long before the kit', '1970-01-01T00:00:00.000Z'],
])('a sitting dated %s replaces no answer, whichever file comes first, and is marked', async (_, claimed) => {
  const [one, other] = [await withKit(), await withKit()];
  const [real, wrong] = [sitting(monday, all(1, [5])), sitting(claimed, [answer(0, 3, 2), answer(1, 5, 2)])];
  const finishedAt = claimed;
  for (const part of [real, wrong]) await one.apply(one.file({ finished: part === real, sittings: [part] }));
  const look = await one.look(one.file({ sittings: [wrong] }));
  expect(look).toMatchObject({ newEvents: 0, misdatedCount: 0, newestInFile: null, newestHere: monday });
  const first = await other.look(other.file({ finished: true, finishedAt, sittings: [wrong] }));
  expect(first).toMatchObject({ newEvents: 2, added: 2, misdatedCount: 1, misdated: [claimed], newestInFile: null });
  await other.apply(other.file({ finished: true, finishedAt, sittings: [wrong] }));
  expect(other.record()?.finishedAt).toBeLessThan(Date.now() + 1000);
  expect(other.record()?.startedAt).toBeGreaterThan(Date.parse(monday));
  expect(await other.look(other.file({ sittings: [real] }))).toMatchObject({ changed: [{ trial: 3, from: 2, to: 1 }] });
  await other.apply(other.file({ sittings: [real] }));
  for (const { log, labels, sittings, storage, record, flags } of [one, other]) {
    expect([log()[3], log()[5]]).toEqual([1, 2]);
    expect(labels()).toEqual(log());
    const marked = sittings().filter(({ claimedAt }) => claimedAt !== null);
    expect(marked).toEqual([expect.objectContaining({ claimedAt: claimed, openedMs: null })]);
    expect(Date.parse(marked[0]?.openedAt ?? '')).toBeLessThan(Date.parse(monday));
    expect(await flags()).toContainEqual({
      kind: 'misdated',
      message: `1 sitting in a kit has a date that cannot be right (${claimed.slice(0, 10)}), so that its answers replace no later ones.`,
    });
    const id = record()?.id ?? 0;
    expect(sessionTables(storage).log.latestChoices(id)).toHaveLength(33);
  }
});

test('the clock of a kit’s computer may be wrong by less than a day, but no sitting is newer than its import', async () => {
  const { lab, file, look, apply, sittings, log, record } = await withKit();
  const now = Date.now();
  Object.assign(lab.workbench, { now: () => now });
  const from = (ms: number): string => new Date(now + ms).toISOString();
  const [behind, ahead] = [from((-24 * 60 + 10) * 60_000), from((24 * 60 - 10) * 60_000)];
  const [right, wrong] = [from(5 * 60_000), from(5 * 60_000 + 1)];
  const told = [behind, right, wrong, ahead].map((openedAt, at) =>
    findSitting([answer(0, at, 1)], undefined, openedAt, [], 7),
  );
  const every = file({ sittings: told, finished: true, finishedAt: ahead });
  expect(await look(every)).toMatchObject({ misdatedCount: 2, misdated: [wrong, ahead] });
  await apply(every);
  const clamped = from(0);
  expect(sittings()).toEqual([
    { openedAt: behind, claimedAt: null, openedMs: 7 },
    { openedAt: clamped, claimedAt: null, openedMs: null },
    { openedAt: clamped, claimedAt: wrong, openedMs: null },
    { openedAt: clamped, claimedAt: ahead, openedMs: null },
  ]);
  expect(record()?.finishedAt).toBe(now);
  const later = from(60_000);
  Object.assign(lab.workbench, { now: () => now + 120_000 });
  await apply(file({ sittings: [sitting(later, [answer(0, 3, 2)])] }));
  expect(log()[3]).toBe(2);
});

test('between two kits with impossible dates, the order of files makes no difference; within one, the later sitting counts', async () => {
  const [one, other] = [await withKit(), await withKit()];
  const ids = [randomUUID(), randomUUID()];
  const told = ids.map((_, kit) => [
    sitting('1970-01-01T00:00:00.000Z', [answer(0, 3, kit), answer(1, 4, 2)]),
    sitting('1970-01-02T00:00:00.000Z', [answer(0, 4, kit)]),
  ]);
  for (const [{ addKit, apply }, order] of [
    [one, [0, 1]],
    [other, [1, 0]],
  ] as const) {
    const kits = ids.map(addKit);
    for (const at of order) await apply(kits[at]?.({ sittings: told[at] ?? [] }) ?? '');
  }
  expect(one.log()).toEqual(other.log());
  expect(one.log()[3]).toBe(one.log()[4]);
});

test('of many sittings with impossible dates, ten are named', async () => {
  const { file, look } = await withKit();
  const sittings = Array.from({ length: 12 }, (_, at) =>
    sitting(`99${at + 10}-01-01T00:00:00.000Z`, [answer(0, at, 1)]),
  );
  const seen = await look(file({ sittings }));
  expect(seen.misdatedCount).toBe(12);
  expect(seen.misdated).toEqual(sittings.slice(0, 10).map(({ openedAt }) => openedAt));
});

test('sittings of an earlier kit of the session are not before its first kit', async () => {
  const { file, look, makeAgain } = await withKit();
  await makeAgain(36 * 3_600_000);
  expect(await look(file({ sittings: [sitting(monday, [answer(0, 0, 1)])] }))).toMatchObject({ misdatedCount: 0 });
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
  expect(sessionTables(storage).log.sittings(record()?.id ?? 0)).toEqual([]);
});

test('consent, beginning and end are of the time at which they were, not of the import', async () => {
  const { file, apply, record } = await withKit({ consent: 'Do you agree?' });
  const [consentedAt, finishedAt] = [hour(0.9), hour(11.5)];
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
