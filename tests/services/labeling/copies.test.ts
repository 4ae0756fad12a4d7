import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { labelsHash } from '../../../main/services/labels/people.ts';
import { importResponses } from '../../../main/contributions/answers/study-tables.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { sql } from '../../storage/storage-helper.ts';
import { archiveOf, table } from '../../contributions/archives/archived.ts';
import { openLab } from '../lab/lab-helper.ts';
import { addStimuli, studyName, upload } from './labeling-helper.ts';
import { labelAll, makeSessions } from '../../contributions/desk/make-sessions.ts';
import { singleLabels } from '../../contributions/answers/single-labels.ts';

const copy = `${studyName} 2`;

/** A study with people who labeled all of it, and a copy of it in the same folder. */
async function copied(people = 2) {
  const it = openLab();
  const { storage } = it.lab.workbench;
  addStimuli(storage);
  const rows = await makeSessions(it, people);
  for (const { token } of rows) await labelAll(it, token);
  await importArchive(it.lab.workbench, await archiveOf(it));
  const id = storage.studies.byName(copy)?.id ?? 0;
  const lock = async () => {
    const [own] = await it.client.desk.sessions.create({ study: copy, count: 1, medium: 'screen' });
    if (!own) throw new Error('no session');
    await labelAll(it, own.token);
    return it.client.labeling.lock.set({ study: copy });
  };
  return {
    it,
    rows,
    lock,
    holds: () => labelsHash(it.lab.workbench, id).hash === storage.labeling.locks.current(id)?.hash,
    names: (study = copy) =>
      storage.labelers.ofStudy(storage.studies.byName(study)?.id ?? 0).map(({ pseudonym }) => pseudonym),
    open: () => storage.labeling.locks.current(id) === undefined,
  };
}

test('labels of a locked copy are not changed through the study that they came from', async () => {
  const { it, rows, lock, holds } = await copied();
  const { sessions } = it.client.desk;
  const [one, two] = rows;
  await sessions.reopen({ session: one?.id ?? 0 });
  // Somebody whose labels it counts is still at it.
  await expect(lock()).rejects.toMatchObject({ data: { code: 'labeling.active' } });
  await labelAll(it, one?.token ?? '', () => 1);
  await lock();
  await expect(sessions.reopen({ session: two?.id ?? 0 })).rejects.toMatchObject({
    data: { code: 'labeling.locked', where: copy },
  });
  // Whom the study itself counts is its own affair.
  await sessions.exclude({ session: two?.id ?? 0, reason: 'asleep' });
  expect(holds()).toBe(true);
});

test('a withdrawal renews a copy’s lock only where it held', async () => {
  const { it, rows, lock, holds, open } = await copied(3);
  await lock();
  await it.client.desk.sessions.withdraw({ session: rows[0]?.id ?? 0 });
  expect(holds()).toBe(true);
  // As an earlier version could leave it.
  const other = '0'.repeat(64);
  sql(it.lab.workbench.storage.folder, `UPDATE labeling_lock SET hash = '${other}' WHERE opened_at IS NULL`);
  await it.client.desk.sessions.withdraw({ session: rows[1]?.id ?? 0 });
  expect(open()).toBe(true);
});

test('a person can withdraw from a copy: all that they gave goes, in both studies', async () => {
  const { it, rows, names } = await copied();
  const { board } = it.client.desk;
  const { others } = it.client.labeling;
  const [person] = await others.list({ study: copy });
  await others.withdraw({ study: copy, labeler: person?.labeler ?? 0 });
  expect(it.defects).toEqual([]);
  const left = rows.map(({ pseudonym }) => pseudonym).filter((name) => name !== person?.pseudonym);
  expect([names(), names(studyName)]).toEqual([left, left]);
  expect((await board({ study: studyName })).sessions).toHaveLength(1);
  expect(it.lab.workbench.storage.labelers.get(person?.labeler ?? 0)).toBeUndefined();
});

test('a table that is read into a copy counts nobody twice, drops nobody, and puts nobody simulated in their place', async () => {
  const { it, rows, names } = await copied();
  const own = await table(it, 'humans', copy);
  const file = join(temporaryFolder(), 'humans.csv');
  const take = async (text: string) => {
    writeFileSync(file, text);
    return (await importResponses(it.lab.workbench, copy, file)).detail;
  };
  await expect(take(own)).rejects.toThrow(/Nobody in this table/);
  const people = rows.map(({ pseudonym }) => pseudonym).sort();
  const [head = '', ...lines] = own.trim().split('\n');
  const ann = lines.filter((line) => line.includes(people[0] ?? '')).map((line) => line.replace(/P-\w{4}/, 'ann'));
  expect(await take(`${[head, ...ann].join('\n')}\n`)).toContain('1 labeler,');
  expect(names()).toEqual([...people, 'ann']);
  const simulated = [`${head},simulated`, ...ann.map((line) => `${line},yes`)];
  await expect(take(`${simulated.join('\n')}\n`)).rejects.toThrow(/Simulated labelers cannot join/);
  expect(names()).toEqual([...people, 'ann']);
  // On the screen too.
  const { answers } = it.client;
  const read = async (text: string) => {
    const how = { study: copy, mapping: singleLabels({ 0: 0, 1: 1, 2: 2 }), names: 'keep' as const };
    return answers.importTable({ ...how, upload: await upload(it, 'humans.csv', text) });
  };
  await expect(read(own)).rejects.toThrow(/Nobody in this table/);
  const both = await read(`${own}${ann.join('\n').replaceAll('ann', 'ben')}\n`);
  expect(both).toMatchObject({ labelers: 1, leftOut: { present: 2 } });
  expect(names()).toEqual([...people, 'ann', 'ben']);
});
