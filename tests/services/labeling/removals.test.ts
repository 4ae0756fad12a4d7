import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { writeFileAtomic } from '../../../main/files/atomic.ts';
import { tableText } from '../../../main/contributions/answers/tables/export.ts';
import { Removals } from '../../../main/services/workbench/removals.ts';
import { reportFolder } from '../../../main/services/workbench/workbench.ts';
import { sql } from '../../storage/storage-helper.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openLab, type TestLab } from '../lab/lab-helper.ts';
import { addStimuli, answer, filesWith, plan, screen, studyName, upload } from './labeling-helper.ts';
import { labelAll, makeSessions } from '../../contributions/desk/make-sessions.ts';
import { singleLabels } from '../../contributions/answers/single-labels.ts';

const patient = { timeout: 60_000 };

const rowCount = (folder: string, table: string): number =>
  Number(Object.values(sql(folder, `SELECT count(*) FROM ${table}`)[0] ?? {})[0]);

/** What `Lab` gives to `Removals`, without new backups. */
const rewriting = ({ database }: TestLab['lab']) => ({
  replaceBackups: () => Promise.resolve(),
  rewrite: () => database.rewrite(),
});

/** Every look at the clock is 20 ms later, so that each step is a batch. */
function eachStepABatch(): void {
  let now = performance.now();
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => (now += 20));
  onTestFinished(() => spy.mockRestore());
}

/** A study of labeled sessions, and another one in which somebody is labeling. */
async function twoStudies(): Promise<TestLab & { token: string; sitting: string; gone: number[] }> {
  const it = openLab();
  addStimuli(it.lab.workbench.storage, 41);
  const sessions = await makeSessions(it, 4);
  for (const { token } of sessions) await labelAll(it, token);
  addStimuli(it.lab.workbench.storage, 41, 'other');
  await it.client.desk.plan.save({ study: 'other', plan: plan() });
  const [session] = await it.client.desk.sessions.create({ study: 'other', count: 1, medium: 'screen' });
  const [token, sitting] = [session?.token ?? '', randomUUID()];
  await it.client.desk.volunteer.open({ token, sitting, screen });
  return { ...it, token, sitting, gone: sessions.map(({ id }) => id) };
}

/** Answers one image after another until `work` has ended; gives the number of answers stored meanwhile. */
async function answersDuring(
  { client, token, sitting }: Pick<Awaited<ReturnType<typeof twoStudies>>, 'client' | 'token' | 'sitting'>,
  work: Promise<unknown>,
  check: () => Promise<void>,
): Promise<number> {
  let [isOver, stored] = [false, 0];
  const over = work.finally(() => (isOver = true));
  while (!isOver) {
    await client.desk.volunteer.addEvents({ token, sitting, events: [answer(stored, stored % 100, 1)] });
    stored += 1;
    await check();
    await setImmediate();
  }
  await over;
  return stored;
}

test('while a study is deleted for good, answers of another are stored and nothing shows half of it', async () => {
  const it = await twoStudies();
  const { client, dataFolder } = it;
  await client.studies.setDeleted({ study: studyName, deleted: true });
  eachStepABatch();
  const seen = new Set<unknown>();
  const purge = client.studies.purge({ study: studyName });
  const stored = await answersDuring(it, purge, async () => {
    seen.add(rowCount(dataFolder, 'response'));
    const { studies, deleted } = await client.studies.list({});
    expect([studies.map(({ name }) => name), deleted]).toEqual([['other'], []]);
    await expect(client.desk.board({ study: studyName })).rejects.toMatchObject({
      data: { code: 'study.not-found' },
    });
  });
  expect(stored).toBeGreaterThan(5);
  expect(seen.size).toBeGreaterThan(3);
  expect(rowCount(dataFolder, 'response')).toBe(0);
  expect(rowCount(dataFolder, 'labeling_event')).toBe(stored);
  expect(rowCount(dataFolder, 'study')).toBe(1);
});

test('while a person withdraws, answers are stored and nothing shows half of the person', async () => {
  const it = await twoStudies();
  const { client, dataFolder, gone } = it;
  eachStepABatch();
  const seen = new Set<unknown>();
  const withdrawal = client.desk.sessions.withdraw({ session: gone[0] ?? 0 });
  const stored = await answersDuring(it, withdrawal, async () => {
    seen.add(rowCount(dataFolder, 'response'));
    const { sessions, people } = await client.labeling.state({ study: studyName });
    expect([sessions.all, people]).toEqual([3, 3]);
  });
  expect(stored).toBeGreaterThan(3);
  expect(seen.size).toBeGreaterThan(1);
  expect(rowCount(dataFolder, 'labeler')).toBe(4);
});

test('an interrupted deletion shows nothing at the next start, and is completed there', async () => {
  const { lab, dataFolder } = await twoStudies();
  const { storage } = lab.workbench;
  storage.removals.markStudy(storage.studies.byName(studyName)?.id ?? 0);
  const before = rowCount(dataFolder, 'labeling_event');
  storage.transaction(() => {
    const steps = storage.removals.steps();
    for (let step = 0; step < 4; step++) steps.next();
  });
  expect(rowCount(dataFolder, 'labeling_event')).toBeLessThan(before);
  const crashed = join(temporaryFolder(), 'data');
  cpSync(dataFolder, crashed, { recursive: true });
  const next = openLab(crashed);
  const { studies, deleted } = await next.client.studies.list({});
  expect([studies.map(({ name }) => name), deleted]).toEqual([['other'], []]);
  addStimuli(next.lab.workbench.storage, 41);
  expect(next.lab.workbench.storage.labeling.sessions.ofStudy(1)).toEqual([]);
  await next.lab.removals.complete();
  expect(rowCount(crashed, 'labeling_event')).toBe(0);
  expect(rowCount(crashed, 'withdrawing')).toBe(0);
  expect(rowCount(crashed, 'labeler')).toBe(1);
});

test('a withdrawal that a crash interrupts is completed at the next start, bytes included', async () => {
  const { lab, client, dataFolder, gone } = await twoStudies();
  const { storage, now } = lab.workbench;
  const session = storage.labeling.sessions.get(gone[0] ?? 0);
  if (!session) throw new Error('no session');
  storage.backUp();
  storage.labeling.withdrawals.withdraw(session, now());
  storage.transaction(() => storage.removals.steps().next());
  const { sessions } = await client.desk.board({ study: studyName });
  expect(sessions).toHaveLength(3);
  expect(storage.labeling.sessions.byToken(session.token)).toBeUndefined();
  const crashed = join(temporaryFolder(), 'data');
  cpSync(dataFolder, crashed, { recursive: true });
  expect(filesWith(crashed, session.pseudonym)).not.toEqual([]);
  await openLab(crashed).lab.close();
  expect(filesWith(crashed, session.pseudonym)).toEqual([]);
});

test('a large file is not rewritten while people label, but later; its backups are replaced at once', async () => {
  const it = await twoStudies();
  const { client, lab, dataFolder, gone, token, sitting } = it;
  const { storage } = lab.workbench;
  storage.backUp();
  Object.assign(storage, { bytes: () => 2 ** 30 });
  const rewrite = vi.spyOn(lab.database, 'rewrite');
  await client.desk.volunteer.addEvents({ token, sitting, events: [answer(0, 0, 1)] });
  const { pseudonym = '' } = storage.labeling.sessions.get(gone[0] ?? 0) ?? {};
  const { remains } = await client.desk.sessions.withdraw({ session: gone[0] ?? 0 });
  expect(remains.map(({ path }) => path)).toEqual([join(dataFolder, 'workbench.sqlite')]);
  expect(remains[0]?.why).toMatch(/While people label/);
  expect([rewrite.mock.calls.length, storage.isErasurePending()]).toEqual([0, true]);
  expect(readdirSync(join(dataFolder, 'backups'))).toHaveLength(1);
  expect(filesWith(join(dataFolder, 'backups'), pseudonym)).toEqual([]);
  // Ten minutes later.
  const later = { ...lab.workbench, now: () => Date.now() + 11 * 60_000 };
  const quiet = new Removals({ workbench: later, ...rewriting(lab), every: 1 });
  await vi.waitFor(() => expect(storage.isErasurePending()).toBe(false), patient);
  await quiet.close();
  expect(filesWith(dataFolder, pseudonym)).toEqual([]);
});

test('while the backups cannot be replaced, the erasure stays pending, and is tried again', async () => {
  const { lab, dataFolder, gone } = await twoStudies();
  const { storage } = lab.workbench;
  storage.backUp();
  Object.assign(storage, { bytes: () => 2 ** 30 });
  const session = storage.labeling.sessions.get(gone[0] ?? 0);
  if (!session) throw new Error('no session');
  storage.labeling.withdrawals.withdraw(session, Date.now());
  await lab.removals.complete();
  let [isFull, tries] = [true, 0];
  const removals = new Removals({
    workbench: { ...lab.workbench, now: () => Date.now() + 11 * 60_000 },
    ...rewriting(lab),
    replaceBackups: async () => {
      tries++;
      await setImmediate();
      if (isFull) throw new Error('full');
      storage.backUp(true);
    },
    every: 1,
  });
  await vi.waitFor(() => expect(tries).toBeGreaterThan(2), patient);
  expect(storage.isErasurePending()).toBe(true);
  isFull = false;
  await vi.waitFor(() => expect(storage.isErasurePending()).toBe(false), patient);
  await removals.close();
  expect(filesWith(dataFolder, session.pseudonym)).toEqual([]);
});

test('backups are replaced once for a withdrawal, however often a training interrupts the rewriting', async () => {
  const { lab, gone } = await twoStudies();
  const { storage } = lab.workbench;
  Object.assign(storage, { bytes: () => 2 ** 30 });
  let [replaced, tries] = [0, 0];
  const removals = new Removals({
    workbench: { ...lab.workbench, now: () => Date.now() + 11 * 60_000 },
    replaceBackups: () => {
      replaced++;
      return Promise.resolve();
    },
    rewrite: () => {
      tries++;
      return Promise.resolve('interrupted');
    },
    every: 1,
  });
  onTestFinished(() => removals.close());
  for (const [n, id] of gone.slice(0, 2).entries()) {
    const session = storage.labeling.sessions.get(id);
    if (!session) throw new Error('no session');
    storage.labeling.withdrawals.withdraw(session, Date.now());
    await removals.complete();
    const before = tries;
    await vi.waitFor(() => expect(tries).toBeGreaterThan(before + 3), patient);
    expect(replaced).toBe(n + 1);
  }
});

test('a large file is rewritten at once if nobody is labeling', async () => {
  const { client, lab, dataFolder, gone } = await twoStudies();
  const { storage } = lab.workbench;
  storage.backUp();
  Object.assign(storage, { bytes: () => 2 ** 30 });
  const { pseudonym = '' } = storage.labeling.sessions.get(gone[0] ?? 0) ?? {};
  expect((await client.desk.sessions.withdraw({ session: gone[0] ?? 0 })).remains).toEqual([]);
  expect(filesWith(dataFolder, pseudonym)).toEqual([]);
  expect(storage.isErasurePending()).toBe(false);
});

test('an export has nothing of a person who withdraws before their turn', async () => {
  const it = await twoStudies();
  const { client, lab, gone } = it;
  const names = gone.map((id) => lab.workbench.storage.labeling.sessions.get(id)?.pseudonym ?? '');
  for (const format of ['events', 'json', 'model-vs-human'] as const) {
    const withdrawing = gone.pop() ?? 0;
    const name = names.pop() ?? '';
    eachStepABatch();
    const pieces = tableText(lab.labeling, studyName, format);
    let text = String((await pieces.next()).value);
    expect(text).not.toContain(name);
    await client.desk.sessions.withdraw({ session: withdrawing });
    for await (const piece of pieces) text += String(piece);
    expect(text).not.toContain(name);
    expect(text).toContain(names[0] ?? 'nobody');
  }
});

test('nobody waits for a session of an archive that was last seen in the far future', async () => {
  const { lab, dataFolder, token, sitting, client } = await twoStudies();
  await client.desk.volunteer.addEvents({ token, sitting, events: [answer(0, 0, 1)] });
  const { sessions } = lab.workbench.storage.labeling;
  const from = Date.now() - 60_000;
  expect(sessions.isAnyActiveBetween(from, from + 120_000)).toBe(true);
  sql(dataFolder, "UPDATE labeling_session SET last_seen_at = 8640000000000000 WHERE state = 'active'");
  expect(sessions.isAnyActiveBetween(from, from + 120_000)).toBe(false);
});

test('files for downloads that a killed host left go at the next start; those of the present one are named', async () => {
  const { lab, dataFolder } = await twoStudies();
  const left = join(dataFolder, 'exports', 'x.zip.part');
  writeFileAtomic(left, 'answers');
  const killed = join(temporaryFolder(), 'data');
  cpSync(dataFolder, killed, { recursive: true });
  const [session] = lab.workbench.storage.labeling.sessions.ofStudy(
    lab.workbench.storage.studies.byName('other')?.id ?? 0,
  );
  const it = openLab(killed);
  expect(existsSync(join(killed, 'exports', 'x.zip.part'))).toBe(false);
  const writing = join(killed, 'exports', 'y.zip');
  writeFileAtomic(writing, 'answers');
  const { remains } = await it.client.desk.sessions.withdraw({ session: session?.id ?? 0 });
  expect(remains.map(({ path }) => path)).toEqual([writing]);
});

test('a report goes before its study does, so that no other study gets it', async () => {
  const { client, lab, dataFolder } = await twoStudies();
  const page = join(reportFolder(dataFolder, studyName), 'index.html');
  writeFileAtomic(page, 'report');
  await client.studies.setDeleted({ study: studyName, deleted: true });
  let isThere: boolean | undefined;
  const { removals } = lab.workbench.storage;
  const mark = removals.markStudy.bind(removals);
  vi.spyOn(removals, 'markStudy').mockImplementation((id) => {
    isThere = existsSync(page);
    mark(id);
  });
  await client.studies.purge({ study: studyName });
  expect(isThere).toBe(false);
});

/** A table with a label of each of two people for each image of the other study. */
async function bigTable(it: TestLab) {
  const lines = ['image,labeler,label'];
  for (const name of ['ann', 'ben']) for (let image = 0; image < 123; image++) lines.push(`${image},${name},1`);
  return {
    study: 'other',
    upload: await upload(it, 'big.csv', `${lines.join('\n')}\n`),
    names: 'keep' as const,
    mapping: singleLabels({ 1: 1 }),
  };
}

test('while a table is imported, answers are stored and nothing shows a part of it', async () => {
  const it = await twoStudies();
  const { client } = it;
  const table = await bigTable(it);
  eachStepABatch();
  const people = new Set<number>();
  const stored = await answersDuring(it, client.answers.importTable(table), async () => {
    people.add((await client.labeling.state({ study: 'other' })).people);
  });
  expect(stored).toBeGreaterThan(3);
  expect([...people, (await client.labeling.state({ study: 'other' })).people]).toEqual([0, 2]);
});
