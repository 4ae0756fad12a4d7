import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { labelsHash } from '../../../main/services/labels/people.ts';
import { sql } from '../../storage/storage-helper.ts';
import { labelAll, makeSessions } from '../desk/make-sessions.ts';
import { addStimuli, removeStudy, screen, studyName } from '../../services/labeling/labeling-helper.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { archiveOf, idOf, table, twoPeople } from './archived.ts';

test('an archive with other labels of known people is refused, and changes none of them', async () => {
  const { it, first } = await twoPeople();
  const to = openLab();
  await importArchive(to.lab.workbench, await archiveOf(it));
  await to.client.labeling.lock.set({ study: studyName });
  const before = [await table(to, 'humans'), await table(to, 'json')];
  const responses = sql(to.lab.workbench.storage.folder, 'SELECT * FROM response');
  await it.client.desk.sessions.reopen({ session: first.id });
  await labelAll(it, first.token, (trial) => (trial + 1) % 3);
  await expect(importArchive(to.lab.workbench, await archiveOf(it))).rejects.toMatchObject({
    code: 'labels.conflict',
    message: `The archive has other labels of ${first.pseudonym}, who is in this data folder already: 33 differ`,
    where: `study "${studyName}"`,
    remedy: `Import it into another data folder, or first delete "${studyName}" permanently.`,
  });
  expect(to.lab.workbench.storage.studies.list()).toHaveLength(1);
  expect(sql(to.lab.workbench.storage.folder, 'SELECT * FROM response')).toEqual(responses);
  expect([await table(to, 'humans'), await table(to, 'json')]).toEqual(before);
  expect(labelsHash(to.lab.workbench, idOf(to)).hash).toBe(
    to.lab.workbench.storage.labeling.locks.current(idOf(to))?.hash,
  );
  // As the remedy says.
  await removeStudy(to, idOf(to));
  await importArchive(to.lab.workbench, await archiveOf(it));
  expect(await table(to, 'humans')).toBe(await table(it, 'humans'));
});

test('an archive from before or after people labeled here is refused where their labels would show', async () => {
  const it = openLab();
  addStimuli(it.lab.workbench.storage);
  const [row] = await makeSessions(it, 1);
  const early = await archiveOf(it);
  const to = openLab();
  await importArchive(to.lab.workbench, early);
  await labelAll(it, row?.token ?? '');
  await expect(importArchive(to.lab.workbench, await archiveOf(it))).rejects.toMatchObject({ code: 'labels.conflict' });
  expect(await table(to, 'humans')).not.toContain(row?.pseudonym);
  // Nobody said anything in the early one: it has nothing that could differ.
  expect(await importArchive(it.lab.workbench, early)).toMatchObject({ sessions: { added: 0, here: 1 } });
  expect(await table(it, 'humans', `${studyName} 2`)).not.toContain(row?.pseudonym);
});

test('the same labels are shared, and nothing is added to the log', async () => {
  const { it } = await twoPeople();
  const { workbench } = it.lab;
  const before = sql(workbench.storage.folder, 'SELECT * FROM response');
  await importArchive(workbench, await archiveOf(it));
  expect(sql(workbench.storage.folder, 'SELECT * FROM response')).toEqual(before);
  expect(await table(it, 'humans', `${studyName} 2`)).toBe(await table(it, 'humans'));
});

test('a person excluded before the end keeps all labels, still does not count, and can be included', async () => {
  const it = openLab();
  addStimuli(it.lab.workbench.storage);
  const [stays, odd] = await makeSessions(it, 2);
  if (!stays || !odd) throw new Error('no sessions');
  await labelAll(it, stays.token);
  await it.client.desk.volunteer.open({ token: odd.token, sitting: randomUUID(), screen });
  await it.client.desk.sessions.exclude({ session: odd.id, reason: 'looked odd' });
  await labelAll(it, odd.token);
  const to = openLab();
  await importArchive(to.lab.workbench, await archiveOf(it));
  expect(await table(to, 'humans')).toBe(await table(it, 'humans'));
  expect(await table(to, 'humans')).not.toContain(odd.pseudonym);
  const there = (await to.client.desk.board({ study: studyName })).sessions;
  await it.client.desk.sessions.include({ session: odd.id });
  await to.client.desk.sessions.include({
    session: there.find(({ pseudonym }) => pseudonym === odd.pseudonym)?.id ?? 0,
  });
  expect(await table(to, 'humans')).toContain(odd.pseudonym);
  expect(await table(to, 'humans')).toBe(await table(it, 'humans'));
});
