import { cpSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { study as record } from '../../storage/records.ts';
import { sql } from '../../storage/storage-helper.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openLab } from '../lab/lab-helper.ts';
import { addStimuli, fetched, filesWith, removeStudy, studyName, upload } from './labeling-helper.ts';
import { labelAll, makeSessions } from '../../contributions/desk/make-sessions.ts';
import { singleLabels } from '../../contributions/answers/single-labels.ts';
import { sessionTables } from '../../../main/contributions/sessions/storage/tables.ts';

/** A lab in which one person has labeled everything. */
async function oneWhoLabeled() {
  const it = openLab();
  addStimuli(it.lab.workbench.storage);
  const [gone] = await makeSessions(it, 1);
  if (!gone) throw new Error('no session');
  await labelAll(it, gone.token);
  return { it, gone };
}

test('after a withdrawal no byte of the person is left: database, journal, backups, uploads, new exports', async () => {
  const it = openLab();
  const { client, lab, dataFolder } = it;
  addStimuli(lab.workbench.storage);
  const sessions = await makeSessions(it, 6, { consent: null });
  for (const { token } of sessions) await labelAll(it, token);
  const [gone, stays] = sessions;
  if (!gone || !stays) throw new Error('no sessions');
  lab.workbench.storage.backUp();
  const sitting = sessionTables(lab.workbench.storage).log.sittings(gone.id)[0];
  const traces = [gone.pseudonym, gone.token, sitting?.key ?? 'none'];
  for (const trace of traces) {
    const before = filesWith(dataFolder, trace);
    expect(before.some((path) => path.includes('backups'))).toBe(true);
  }
  await client.labeling.lock.set({ study: studyName });
  const locked = (await client.labeling.state({ study: studyName })).lock;
  const { remains } = await client.desk.sessions.withdraw({ session: gone.id });
  expect(remains).toEqual([]);
  for (const trace of traces) expect(filesWith(dataFolder, trace)).toEqual([]);
  expect(filesWith(dataFolder, stays.pseudonym).length).toBeGreaterThan(0);

  const board = await client.desk.board({ study: studyName });
  expect(board.sessions).toHaveLength(5);
  expect(board.withdrawn).toHaveLength(1);
  const { lock } = await client.labeling.state({ study: studyName });
  expect(lock).toMatchObject({ reason: 'withdrawal', sessions: 5 });
  expect(lock?.hash).not.toBe(locked?.hash);
  for (const format of ['humans', 'events', 'json', 'model-vs-human', 'counts'] as const) {
    const { files } = await client.answers.exportTable({ study: studyName, format });
    const text = await fetched(it, files[0]?.address ?? '');
    expect(text).not.toContain(gone.pseudonym);
  }
  await lab.close();
  for (const trace of traces) expect(filesWith(dataFolder, trace)).toEqual([]);
});

test('what was offered before a withdrawal and fetched after it is without the person', async () => {
  const it = openLab();
  addStimuli(it.lab.workbench.storage);
  const [gone] = await makeSessions(it, 1);
  if (!gone) throw new Error('no session');
  await labelAll(it, gone.token);
  const { files } = await it.client.answers.exportTable({ study: studyName, format: 'events' });
  await it.client.desk.sessions.withdraw({ session: gone.id });
  expect(await fetched(it, files[0]?.address ?? '')).not.toContain(gone.pseudonym);
});

test('the log refuses to change or lose a row in any other way', async () => {
  const it = openLab();
  const { lab, client } = it;
  addStimuli(lab.workbench.storage);
  const [session] = await makeSessions(it, 1);
  if (!session) throw new Error('no session');
  await labelAll(it, session.token);
  await expect(client.desk.sessions.remove({ session: session.id })).rejects.toThrow(/contain answers/);
  expect(lab.workbench.storage.labeling.sessions.ofStudy(session.id)).toHaveLength(1);
  for (const statement of [
    'UPDATE labeling_event SET choice = 0',
    'DELETE FROM labeling_event',
    'DELETE FROM labeling_session',
    'DELETE FROM response',
    "UPDATE labeling_session SET trials = '[]'",
    "UPDATE labeling_plan SET plan = '{}'",
  ]) {
    expect(() => sql(lab.workbench.storage.folder, statement), statement).toThrow(/never|changes|kept/);
  }
});

test('a study that is deleted for good takes its sessions along, and labels of a file that no other study has', async () => {
  const it = openLab();
  const { client, lab } = it;
  addStimuli(lab.workbench.storage);
  const [session] = await makeSessions(it, 1);
  if (!session) throw new Error('no session');
  await labelAll(it, session.token);
  const rows = 'image,labeler,label\n0,ann,1\n1,ann,0\n';
  const file = await upload(it, 'more.csv', rows);
  await client.answers.importTable({
    study: studyName,
    upload: file,
    names: 'keep',
    mapping: singleLabels({ 0: 0, 1: 1 }),
  });
  const studyId = lab.workbench.storage.studies.byName(studyName)?.id ?? 0;
  expect(lab.workbench.storage.labelers.ofStudy(studyId)).toHaveLength(2);
  const { storage, now } = lab.workbench;
  const ann = storage.labelers.ofStudy(studyId).find(({ pseudonym }) => pseudonym === 'ann')?.id ?? 0;
  const other = storage.studies.put('other', { ...record(), name: 'other' }, now());
  storage.studies.useLabelers(other, [ann], now());
  await removeStudy(it, studyId);
  expect(sql(storage.folder, 'SELECT count(*) AS n FROM labeling_event')).toEqual([{ n: 0 }]);
  expect(sql(storage.folder, 'SELECT count(*) AS n FROM response')).toEqual([{ n: 2 }]);
  await removeStudy(it, other);
  expect(sql(storage.folder, 'SELECT count(*) AS n FROM response')).toEqual([{ n: 0 }]);
  expect(sql(storage.folder, 'SELECT count(*) AS n FROM labeler')).toEqual([{ n: 0 }]);
});

test('a file that was looked at and not read in, and one on offer, go with the person', async () => {
  const { it, gone } = await oneWhoLabeled();
  const { client, lab, dataFolder } = it;
  const trace = `image,labeler,label\n0,${gone.pseudonym},1\n`;
  await client.answers.inspectTable({
    study: studyName,
    kind: null,
    mapping: null,
    upload: await upload(it, 'more.csv', trace),
  });
  const offered = join(dataFolder, 'offered.zip');
  writeFileSync(offered, trace);
  lab.downloads.offer({
    name: 'a.zip',
    type: 'application/zip',
    content: { path: offered },
    release: () => rmSync(offered),
  });
  expect(filesWith(dataFolder, trace)).toHaveLength(2);
  await client.desk.sessions.withdraw({ session: gone.id });
  expect(filesWith(dataFolder, gone.pseudonym)).toEqual([]);
});

test('backups of a clock that was ahead go too, and do not count as those of a day', async () => {
  const { it, gone } = await oneWhoLabeled();
  const { client, lab, dataFolder } = it;
  const { storage } = lab.workbench;
  const { path } = storage.backUp();
  renameSync(path, join(dataFolder, 'backups', 'workbench-20990101T000000000Z.sqlite'));
  expect(storage.backUpIfDue()).not.toBeNull();
  await client.desk.sessions.withdraw({ session: gone.id });
  expect(filesWith(dataFolder, gone.pseudonym)).toEqual([]);
  expect(readdirSync(join(dataFolder, 'backups'))).toHaveLength(1);
});

test('what could not be tidied is named, and tidied at the next start', async () => {
  const { it, gone } = await oneWhoLabeled();
  const { client, lab, dataFolder } = it;
  lab.workbench.storage.backUp();
  const reader = new BetterSqlite3(join(dataFolder, 'workbench.sqlite'), { readonly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM response').get();
  const { remains } = await client.desk.sessions.withdraw({ session: gone.id });
  expect(remains.map(({ path }) => path)).toEqual([join(dataFolder, 'workbench.sqlite')]);
  // As a crash leaves it.
  const crashed = join(temporaryFolder(), 'data');
  cpSync(dataFolder, crashed, { recursive: true });
  expect(filesWith(crashed, gone.pseudonym)).not.toEqual([]);
  reader.close();
  await openLab(crashed).lab.close();
  expect(filesWith(crashed, gone.pseudonym)).toEqual([]);
});

test('a labeler who came with a file withdraws too, and the file does not bring them back', async () => {
  const it = openLab();
  const { client, lab, dataFolder } = it;
  addStimuli(lab.workbench.storage);
  const rows = 'image,labeler,label\n0,ann-of-the-file,1\n1,ben,0\n';
  const take = async () =>
    client.answers.importTable({
      study: studyName,
      upload: await upload(it, 'more.csv', rows),
      names: 'keep',
      mapping: singleLabels({ 0: 0, 1: 1 }),
    });
  await take();
  const ann = (await client.labeling.others.list({ study: studyName })).find(({ pseudonym }) => pseudonym !== 'ben');
  expect(filesWith(dataFolder, 'ann-of-the-file').length).toBeGreaterThan(0);
  await client.labeling.others.withdraw({ study: studyName, labeler: ann?.labeler ?? 0 });
  expect(filesWith(dataFolder, 'ann-of-the-file')).toEqual([]);
  await take();
  expect((await client.labeling.others.list({ study: studyName })).map(({ pseudonym }) => pseudonym)).toEqual(['ben']);
  expect(filesWith(dataFolder, 'ann-of-the-file')).toEqual([]);
});

test.skipIf(process.platform === 'win32')('other accounts cannot look into a data folder that the product made', () => {
  const it = openLab();
  expect(statSync(it.dataFolder).mode & 0o777).toBe(0o700);
});
