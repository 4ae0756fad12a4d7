import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { labelsHash } from '../../../main/services/labels/people.ts';
import { reportFolder } from '../../../main/services/workbench/workbench.ts';
import { sql } from '../../storage/storage-helper.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { labelAll, makeSessions } from '../desk/make-sessions.ts';
import { addStimuli, answer, removeStudy, screen, studyName } from '../../services/labeling/labeling-helper.ts';
import { jobEnded, openLab, type TestLab } from '../../services/lab/lab-helper.ts';
import { filesOf, jsonOf, pack, putJson, relist } from './archive-helper.ts';
import { archiveOf, idOf, table } from './archived.ts';
import { labeledLab, secretsOf } from './labeled.ts';
import { sessionTables } from '../../../main/contributions/sessions/storage/tables.ts';

/** What the board says of sessions, without what is another elsewhere. */
async function board({ client }: TestLab) {
  const { sessions, withdrawn, plan } = await client.desk.board({ study: studyName });
  const state = await client.labeling.state({ study: studyName });
  const rows = sessions.map(({ id: _, token: __, isUsed: ___, ...row }) => row);
  return { rows, withdrawn, state, plan: { ...plan, id: 0 } };
}

test('a study takes its sessions along: events, orders, exclusions, texts, tombstones and a lock whose hash holds', async () => {
  const from = await labeledLab();
  await expect(from.it.client.labeling.lock.set({ study: studyName })).rejects.toThrow(/still in progress/);
  await from.it.client.desk.sessions.exclude({ session: from.open.id, reason: 'left' });
  await from.it.client.labeling.lock.set({ study: studyName });
  const path = await archiveOf(from.it);
  const to = openLab();
  expect(await importArchive(to.lab.workbench, path)).toMatchObject({
    name: studyName,
    lock: 'held',
    sessions: { added: 7, here: 0, withdrawn: 0 },
  });
  for (const format of ['events', 'json', 'humans', 'model-vs-human', 'counts'] as const) {
    const there = await table(from.it, format);
    expect(there.split('\n').length).toBeGreaterThan(7);
    expect(await table(to, format)).toBe(there);
  }
  expect(await board(to)).toEqual(await board(from.it));
  expect((await board(to)).withdrawn).toHaveLength(1);
  expect(await to.client.desk.quality({ study: studyName })).toHaveLength(4);
  const lock = to.lab.workbench.storage.labeling.locks.current(idOf(to));
  expect(labelsHash(to.lab.workbench, idOf(to)).hash).toBe(lock?.hash);
  // From there on again: the same records.
  const [first, second] = [filesOf(path), filesOf(await archiveOf(to))];
  for (const name of Object.keys(first).filter((one) => /^(labeling|responses|sessions)/.test(one))) {
    expect(jsonOf(second, name), name).toEqual(jsonOf(first, name));
  }
});

test('no address, PIN or key of a kit is in an archive, and nothing of who withdrew', async () => {
  const from = await labeledLab();
  const files = filesOf(await archiveOf(from.it));
  const content = Object.values(files).map((bytes) => Buffer.from(bytes).toString('latin1'));
  for (const secret of secretsOf(from)) expect(content.filter((one) => one.includes(secret))).toEqual([]);
});

test('an imported session continues at its own address', async () => {
  const from = await labeledLab();
  const to = openLab();
  await importArchive(to.lab.workbench, await archiveOf(from.it));
  const rows = (await to.client.desk.board({ study: studyName })).sessions;
  const token = rows.find(({ pseudonym }) => pseudonym === from.open.pseudonym)?.token ?? '';
  expect(token).not.toBe(from.open.token);
  const page = { token, sitting: randomUUID() };
  const view = await to.client.desk.volunteer.open({ ...page, screen });
  expect(view).toMatchObject({ state: 'active', consented: true, timedOut: [2] });
  expect(view.answers.slice(0, 6)).toEqual([0, null, null, null, null, -1]);
  await to.client.desk.volunteer.addEvents({ ...page, events: [answer(0, 1, 2)] });
  // New sessions have orders that nobody has yet.
  const [added] = await to.client.desk.sessions.create({ study: studyName, count: 1, medium: 'screen' });
  const { sessions } = to.lab.workbench.storage.labeling;
  expect(sessions.get(added?.id ?? 0)?.place).toBe(8);
});

test('a copy in its original data folder has the labels, and an open lock', async () => {
  const from = await labeledLab();
  await from.it.client.desk.sessions.exclude({ session: from.open.id, reason: 'left' });
  await from.it.client.labeling.lock.set({ study: studyName });
  const { workbench } = from.it.lab;
  expect(await importArchive(workbench, await archiveOf(from.it))).toMatchObject({
    name: `${studyName} 2`,
    lock: 'opened',
    sessions: { added: 0, here: 7, withdrawn: 0 },
  });
  expect(await table(from.it, 'humans', `${studyName} 2`)).toBe(await table(from.it, 'humans'));
});

test('a copy in the same data folder: a withdrawal reaches it, its lock and its report; deleting the study does not', async () => {
  const { it, done, kit } = await labeledLab();
  const { workbench } = it.lab;
  await importArchive(workbench, await archiveOf(it));
  const copy = `${studyName} 2`;
  const [own] = await it.client.desk.sessions.create({ study: copy, count: 1, medium: 'screen' });
  await labelAll(it, own?.token ?? '');
  await it.client.labeling.lock.set({ study: copy });
  const report = reportFolder(workbench.storage.folder, copy);
  mkdirSync(report, { recursive: true });
  const before = await it.client.labeling.state({ study: copy });
  const { remains } = await it.client.desk.sessions.withdraw({ session: done.id });
  expect(remains.map(({ path }) => path)).toEqual([report]);
  expect(await table(it, 'humans', copy)).not.toContain(done.pseudonym);
  const { lock } = await it.client.labeling.state({ study: copy });
  expect(lock).toMatchObject({ reason: 'withdrawal', hash: labelsHash(workbench, idOf(it, copy)).hash });
  expect(lock?.hash).not.toBe(before.lock?.hash);
  const labels = await table(it, 'humans', copy);
  await removeStudy(it, idOf(it));
  expect(workbench.storage.labeling.sessions.get(kit.id)).toBeUndefined();
  expect(await table(it, 'humans', copy)).toBe(labels);
  expect(labels).toContain(kit.pseudonym);
  // Nobody is left whose answers could be deleted.
  expect(sql(workbench.storage.folder, 'SELECT * FROM withdrawing')).toEqual([]);
});

test('people who withdrew here or elsewhere stay out', async () => {
  const from = await labeledLab();
  const path = await archiveOf(from.it);
  const to = openLab();
  await importArchive(to.lab.workbench, path);
  const rows = (await to.client.desk.board({ study: studyName })).sessions;
  const leaves = rows.find(({ pseudonym }) => pseudonym === from.done.pseudonym);
  await to.client.desk.sessions.withdraw({ session: leaves?.id ?? 0 });
  expect((await to.client.desk.board({ study: studyName })).withdrawn).toHaveLength(2);
  expect(await importArchive(to.lab.workbench, path)).toMatchObject({ sessions: { added: 0, here: 6, withdrawn: 1 } });
  for (const study of [studyName, `${studyName} 2`]) {
    expect(await table(to, 'humans', study)).not.toContain(from.done.pseudonym);
  }
  // An archive from before the withdrawal there, read in after one from behind it.
  const elsewhere = openLab();
  const before = openLab();
  addStimuli(before.lab.workbench.storage);
  const [stays, goes] = await makeSessions(before, 2);
  if (!stays || !goes) throw new Error('no sessions');
  for (const { token } of [stays, goes]) await labelAll(before, token);
  const early = await archiveOf(before);
  await before.client.desk.sessions.withdraw({ session: goes.id });
  await importArchive(elsewhere.lab.workbench, await archiveOf(before));
  expect(await importArchive(elsewhere.lab.workbench, early)).toMatchObject({
    sessions: { added: 0, here: 1, withdrawn: 1 },
  });
});

test('an archive of an earlier version, without sessions, gives its labels as before', async () => {
  const from = await labeledLab();
  const files = filesOf(await archiveOf(from.it));
  for (const name of Object.keys(files)) if (/^(labeling|sessions)/.test(name)) delete files[name];
  putJson(files, 'manifest.json', {
    ...jsonOf(files, 'manifest.json'),
    schema: 'boundary-workbench/archive/1',
  });
  relist(files);
  const to = openLab();
  expect(await importArchive(to.lab.workbench, pack(files))).toMatchObject({
    lock: null,
    sessions: { added: 0, here: 0, withdrawn: 0 },
  });
  expect(await table(to, 'humans')).toBe(await table(from.it, 'humans'));
  // The archive of now brings the sessions of these people.
  expect(await importArchive(to.lab.workbench, await archiveOf(from.it))).toMatchObject({
    sessions: { added: 7, here: 0 },
  });
});

test('an export during which somebody withdraws makes no archive', async () => {
  const { it, done } = await labeledLab();
  const path = join(temporaryFolder(), 'study.zip');
  const withdraw = (): unknown => it.client.desk.sessions.withdraw({ session: done.id });
  let asked = false;
  const progress = {
    signal: new AbortController().signal,
    update: (): void => {
      if (asked) return;
      asked = true;
      const { storage } = it.lab.workbench;
      const session = storage.labeling.sessions.get(done.id);
      if (session) storage.labeling.withdrawals.withdraw(session, 1);
    },
  };
  await expect(
    exportArchive(it.lab.workbench, { study: studyName, path, weights: true }, progress),
  ).rejects.toMatchObject({
    code: 'archive.withdrawn',
  });
  expect(existsSync(path)).toBe(false);
  await expect(withdraw()).rejects.toThrow(/no such labeling session/);
});

test('a lock of other labels than those in the archive does not hold', async () => {
  const { it, open } = await labeledLab();
  await it.client.desk.sessions.exclude({ session: open.id, reason: 'left' });
  await it.client.labeling.lock.set({ study: studyName });
  const files = filesOf(await archiveOf(it));
  const responses = jsonOf(files, 'responses.json') as { labelers: { log: { label: number | null }[] }[] };
  for (const { log } of responses.labelers) Object.assign(log.at(-1) ?? {}, { label: 0 });
  for (const { log } of responses.labelers) Object.assign(log.at(-2) ?? {}, { label: 1 });
  putJson(files, 'responses.json', responses);
  relist(files);
  const to = openLab();
  expect(await importArchive(to.lab.workbench, pack(files))).toMatchObject({ lock: 'opened' });
  expect((await to.client.labeling.state({ study: studyName })).lock).toBeNull();
});

test('exports and imports say what an archive contains about people, and what was done with it', async () => {
  const { it, open } = await labeledLab();
  await it.client.desk.sessions.exclude({ session: open.id, reason: 'left' });
  await it.client.labeling.lock.set({ study: studyName });
  const { job } = await it.client.archives.startExport({ study: studyName, weights: true });
  expect((await jobEnded(it, job)).messages.at(-1)).toBe(
    'The archive is ready for ten minutes. It holds every answer of 7 labeling sessions, with its time, under pseudonyms.',
  );
  const to = openLab();
  const uploaded = await to.lab.uploads.take('a.zip', Readable.from([readFileSync(await archiveOf(it))]));
  const { job: second } = await to.client.archives.startImport({ upload: uploaded });
  const said = (await jobEnded(to, second)).messages.at(-1);
  expect(said).toContain('7 labeling sessions imported with all answers.');
  expect(said).toContain('Its labels are locked and unchanged.');
});

test('a kit’s sitting that an archive dates in the future counts as of its import', async () => {
  const { it: from } = await labeledLab();
  const files = filesOf(await archiveOf(from));
  const never = Date.parse('9999-12-31T23:59:59.000Z');
  type Kit = { pseudonym: string; sittings: { medium: string; openedAt: number }[]; events: { storedAt: number }[] };
  const path = Object.keys(files).find((name) => {
    const kit = name.startsWith('sessions/') ? (jsonOf(files, name) as unknown as Kit) : null;
    return kit?.sittings.some(({ medium }) => medium === 'kit');
  });
  if (path === undefined) throw new Error('no session in a kit');
  const kit = jsonOf(files, path) as unknown as Kit;
  for (const sitting of kit.sittings) sitting.openedAt = never;
  putJson(files, path, kit);
  relist(files);
  const to = openLab();
  await importArchive(to.lab.workbench, pack(files));
  const { sessions, log } = sessionTables(to.lab.workbench.storage);
  const copy = sessions.ofStudy(idOf(to)).find(({ medium }) => medium === 'kit');
  const sittings = log.sittings(copy?.id ?? 0);
  expect(sittings.map(({ claimedAt }) => claimedAt)).toEqual([never, never]);
  expect(sittings.every(({ openedAt, openedMs }) => openedAt < Date.now() && openedMs === null)).toBe(true);
  const words = log.latestChoices(copy?.id ?? 0);
  expect(words.length).toBe(33);
  expect(words.every(({ sittingAt }) => sittingAt < Date.now())).toBe(true);
});
