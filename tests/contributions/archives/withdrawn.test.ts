import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { addStimuli, removeStudy, studyName } from '../../services/labeling/labeling-helper.ts';
import { jobEnded, openLab } from '../../services/lab/lab-helper.ts';
import type { TestLab } from '../../services/lab/lab-helper.ts';
import { filesOf, jsonOf, pack, putJson, relist } from './archive-helper.ts';
import type { Files } from './archive-helper.ts';
import { archiveOf, idOf, table, twoPeople } from './archived.ts';

const copy = `${studyName} 2`;

interface Tombstone {
  trace: string;
  name: { salt: string; hash: string } | null;
  withdrawnAt: number;
}

const tombstones = (files: Files): Tombstone[] => jsonOf(files, 'labeling.json').withdrawals as Tombstone[];

/** Calls its person by another pseudonym. */
function rename(files: Files, from: string, to: string): void {
  for (const name of Object.keys(files).filter((one) => /^(responses|sessions)/.test(one))) {
    files[name] = Buffer.from(
      Buffer.from(files[name] ?? [])
        .toString('utf8')
        .replaceAll(`"${from}"`, `"${to}"`),
    );
  }
  relist(files);
}

const imported = async (it: TestLab, files: Files) => (await importArchive(it.lab.workbench, pack(files))).sessions;

test('a person with the pseudonym of somebody who withdrew is imported', async () => {
  const there = await twoPeople();
  const here = await twoPeople();
  await here.it.client.desk.sessions.withdraw({ session: here.first.id });
  const files = filesOf(await archiveOf(there.it));
  rename(files, there.first.pseudonym, here.first.pseudonym);
  expect(await imported(here.it, files)).toEqual({ added: 2, here: 0, withdrawn: 0 });
  expect(await table(here.it, 'humans', copy)).toContain(here.first.pseudonym);
});

test('a name that withdrew elsewhere keeps nobody out of another study', async () => {
  const { it, first } = await twoPeople();
  const path = await archiveOf(it);
  const files = filesOf(path);
  const name = { salt: '1', hash: createHash('sha256').update(`1\n${first.pseudonym}`).digest('hex') };
  const withdrawals = [{ trace: 'a'.repeat(64), name, withdrawnAt: 1 }];
  putJson(files, 'labeling.json', { ...jsonOf(files, 'labeling.json'), withdrawals });
  putJson(files, 'responses.json', { labelers: [] });
  for (const one of Object.keys(files)) if (one.startsWith('sessions/')) delete files[one];
  relist(files);
  const to = openLab();
  await imported(to, files);
  const { withdrawals: gone } = to.lab.workbench.storage.labeling;
  const byTable = { source: 'csv:1', pseudonym: first.pseudonym };
  expect(gone.lookup(idOf(to)).find(byTable)).toBeDefined();
  expect(gone.lookup().find(byTable)).toBeUndefined();
  expect(await imported(to, filesOf(path))).toEqual({ added: 2, here: 0, withdrawn: 0 });
});

test('an archive with more traces of withdrawals than people can have taken part is refused', async () => {
  const { it } = await twoPeople();
  const files = filesOf(await archiveOf(it));
  const withdrawals = Array.from({ length: 10_001 }, (_, at) => ({
    trace: createHash('sha256').update(`${at}`).digest('hex'),
    name: null,
    withdrawnAt: 1,
  }));
  putJson(files, 'labeling.json', { ...jsonOf(files, 'labeling.json'), withdrawals });
  relist(files);
  await expect(imported(openLab(), files)).rejects.toMatchObject({ code: 'archive.invalid' });
});

test('a copy keeps away who withdrew from its original, also where only the copy comes to', async () => {
  const { it, first } = await twoPeople();
  const early = await archiveOf(it);
  await importArchive(it.lab.workbench, early);
  await it.client.desk.sessions.withdraw({ session: first.id });
  const later = await archiveOf(it, copy);
  expect(tombstones(filesOf(later))).toHaveLength(1);
  expect((await it.client.desk.board({ study: copy })).withdrawn).toHaveLength(1);
  const to = openLab();
  await importArchive(to.lab.workbench, later);
  expect((await importArchive(to.lab.workbench, early)).sessions.withdrawn).toBe(1);
});

test('people left out of an import stay out of its later archive too', async () => {
  const { it, first } = await twoPeople();
  const early = await archiveOf(it);
  await it.client.desk.sessions.withdraw({ session: first.id });
  await removeStudy(it, it.lab.workbench.storage.studies.byName(studyName)?.id ?? 0);
  expect((await importArchive(it.lab.workbench, early)).sessions).toEqual({ added: 1, here: 0, withdrawn: 1 });
  const files = filesOf(await archiveOf(it));
  expect(tombstones(files)).toHaveLength(1);
  const to = openLab();
  await imported(to, files);
  expect((await importArchive(to.lab.workbench, early)).sessions.withdrawn).toBe(1);
});

test('people who withdrew elsewhere are named, and stay until they are withdrawn here', async () => {
  const { it, first } = await twoPeople();
  const to = openLab();
  await importArchive(to.lab.workbench, await archiveOf(it));
  await it.client.desk.sessions.withdraw({ session: first.id });
  const later = readFileSync(await archiveOf(it));
  const upload = async () => to.lab.uploads.take('a.zip', Readable.from([later]));
  const { job } = await to.client.archives.startImport({ upload: await upload() });
  expect((await jobEnded(to, job)).messages.at(-1)).toContain(
    `1 person withdrew where the archive was made, and is still here: ${first.pseudonym} (${studyName}). Withdraw the person here too.`,
  );
  expect(await table(to, 'humans')).toContain(first.pseudonym);
  const rows = (await to.client.desk.board({ study: studyName })).sessions;
  const row = rows.find(({ pseudonym }) => pseudonym === first.pseudonym);
  await to.client.desk.sessions.withdraw({ session: row?.id ?? 0 });
  const again = await to.client.archives.startImport({ upload: await upload() });
  expect((await jobEnded(to, again.job)).messages.at(-1)).not.toContain('still here');
});

test('a labeler from a table who withdrew elsewhere is named too', async () => {
  const it = openLab();
  const setHash = addStimuli(it.lab.workbench.storage);
  const { storage } = it.lab.workbench;
  const id = storage.studies.byName(studyName)?.id ?? 0;
  const rows = [{ imageId: 0, pseudonym: 'Ann', label: 1 }];
  storage.studies.useLabelers(
    id,
    storage.responses.importTable({ setHash, source: 'csv:1', simulated: false, rows }, 1),
    1,
  );
  const to = openLab();
  await importArchive(to.lab.workbench, await archiveOf(it));
  const [ann] = storage.labelers.ofStudy(id);
  await it.client.labeling.others.withdraw({ study: studyName, labeler: ann?.id ?? 0 });
  const { stillHere } = await importArchive(to.lab.workbench, await archiveOf(it));
  expect(stillHere).toEqual([{ pseudonym: 'Ann', studies: [studyName] }]);
});

test('a person who withdraws while an archive is being closed is in no archive, and the earlier one stays', async () => {
  const { it, first } = await twoPeople();
  const path = await archiveOf(it);
  const before = filesOf(path);
  const { labeling } = it.lab.workbench.storage;
  const offered = vi.fn();
  const session = labeling.sessions.get(first.id);
  const update = vi.fn(() => labeling.sessions.get(first.id) && session && labeling.withdrawals.withdraw(session, 1));
  const progress = { update, signal: new AbortController().signal };
  const options = { study: studyName, path, weights: true, offer: offered };
  await expect(exportArchive(it.lab.workbench, options, progress)).rejects.toMatchObject({ code: 'archive.withdrawn' });
  expect(update).toHaveBeenCalled();
  expect(offered).not.toHaveBeenCalled();
  expect(Object.keys(filesOf(path))).toEqual(Object.keys(before));
  expect(existsSync(`${path}.part`)).toBe(false);
});

test('an archive is of one moment, whatever changes while it is written', async () => {
  const { it } = await twoPeople();
  const before = filesOf(await archiveOf(it));
  const path = join(temporaryFolder(), 'study.zip');
  const change = vi.fn(() => addStimuli(it.lab.workbench.storage, 7));
  const progress = { update: change, signal: new AbortController().signal };
  await exportArchive(it.lab.workbench, { study: studyName, path, weights: true, at: 0 }, progress);
  expect(change).toHaveBeenCalled();
  expect(jsonOf(filesOf(path), 'manifest.json').files).toEqual(jsonOf(before, 'manifest.json').files);
});

test('a person who withdraws during an import is not in it', async () => {
  const { it, first } = await twoPeople();
  const path = await archiveOf(it);
  const { labeling } = it.lab.workbench.storage;
  const session = labeling.sessions.get(first.id);
  let withdrew = false;
  const update = (share: number): void => {
    if (share < 0.6 || withdrew || !session) return;
    withdrew = true;
    labeling.withdrawals.withdraw(session, 1);
  };
  const importing = importArchive(it.lab.workbench, path, { update, signal: new AbortController().signal });
  await expect(importing).rejects.toMatchObject({ code: 'archive.withdrawn' });
  expect(it.lab.workbench.storage.studies.list().map(({ name }) => name)).toEqual([studyName]);
  expect((await importArchive(it.lab.workbench, path)).sessions).toMatchObject({ withdrawn: 1 });
});
