import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LabelsJson, ExportFormat } from '../../../main/contributions/answers/contract/tables.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { lockLabels } from '../../../main/services/labeling/lock.ts';
import { importTable } from '../../../main/contributions/answers/tables/import.ts';
import { withdrawLabeler } from '../../../main/services/labeling/withdraw.ts';
import { importResponses } from '../../../main/contributions/answers/study-tables.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openLab, type TestLab } from '../../services/lab/lab-helper.ts';
import { labelAll, makeSessions } from '../desk/make-sessions.ts';
import {
  addStimuli,
  answer,
  fetched,
  removeStudy,
  screen,
  studyName,
  upload,
} from '../../services/labeling/labeling-helper.ts';
import { singleLabels } from './single-labels.ts';
import { sessionTables } from '../../../main/contributions/sessions/storage/tables.ts';

function small(alphas = 11): TestLab {
  const it = openLab();
  addStimuli(it.lab.workbench.storage, alphas);
  return it;
}

async function exported(it: TestLab, format: ExportFormat): Promise<string> {
  const { files } = await it.client.answers.exportTable({ study: studyName, format });
  return fetched(it, files[0]?.address ?? '');
}

/** Imports a table as the screen proposes it; gives what the screen says before and after. */
async function taken(it: TestLab, text: string, study = studyName) {
  const file = await upload(it, 'table', text);
  const { answers } = it.client;
  const look = await answers.inspectTable({ study, upload: file, kind: 'single', mapping: null });
  if (!look.mapping) throw new Error('single labels have a mapping');
  return { look, done: await answers.importTable({ study, upload: file, names: 'keep', mapping: look.mapping }) };
}

/** The labels of a study, by pseudonym and image. */
function labelsOf({ lab }: TestLab, study = studyName): Record<string, Record<number, number | null>> {
  const { storage } = lab.workbench;
  const id = storage.studies.byName(study)?.id ?? 0;
  const { labelers, labels, imageIds } = storage.responses.table(id, storage.studies.stimuli(id) ?? '');
  return Object.fromEntries(
    labelers.map(({ pseudonym }, person) => [
      pseudonym,
      Object.fromEntries(imageIds.map((image, index) => [image, labels[person]?.[index] ?? null])),
    ]),
  );
}

test('labels of other stimuli are refused, be it a JSON or a table with pairs and alphas', async () => {
  const it = small();
  const [session] = await makeSessions(it, 1);
  await labelAll(it, session?.token ?? '');
  const [json, humans, events] = [
    await exported(it, 'json'),
    await exported(it, 'humans'),
    await exported(it, 'events'),
  ];
  addStimuli(it.lab.workbench.storage, 12, 'other');
  await expect(taken(it, json, 'other')).rejects.toThrow(/other stimuli/);
  await expect(taken(it, humans, 'other')).rejects.toThrow(/Image \d+ has alpha "0\.\d+" in this table, but 0\.\d+ in/);
  await expect(taken(it, events, 'other')).rejects.toThrow(/alpha/);
  expect(labelsOf(it, 'other')).toEqual({});
});

test('a table is refused if pair or alpha of one image differ from the stimuli by the least', async () => {
  const it = small();
  // Image 3 of the stimuli is pair 0 and 1 at alpha 0.3.
  const withImage3 = (place: string) =>
    taken(it, `image,pair_i,pair_j,alpha,labeler,label\n0,0,1,0,ann,0\n3,${place},ann,0\n`);
  for (const [place, column] of [
    ['1,1,0.3', 'pair_i'],
    ['-1,1,0.3', 'pair_i'],
    ['0,0,0.3', 'pair_j'],
    ['0,2,0.3', 'pair_j'],
    ['0,1,0.31', 'alpha'],
    ['0,1,', 'alpha'],
    [',1,0.3', 'pair_i'],
  ] as const) {
    await expect(withImage3(place)).rejects.toThrow(new RegExp(`Image 3 has ${column} `));
  }
  await withImage3(' 0 ,1.0,"0,3"');
  expect(labelsOf(it)).toMatchObject({ ann: { 0: 0, 3: 0 } });
});

test('classes of a JSON go by their names, whatever their order where it was written', async () => {
  const it = small();
  const [session] = await makeSessions(it, 1);
  await labelAll(it, session?.token ?? '');
  const before = Object.values(labelsOf(it))[0];
  const content: LabelsJson = JSON.parse(await exported(it, 'json'));
  addStimuli(it.lab.workbench.storage, 11, 'second');
  const elsewhere = {
    ...content,
    classes: content.classes.toReversed(),
    sessions: content.sessions.map((one) => ({
      ...one,
      sittings: one.sittings.map((sitting) => ({
        ...sitting,
        events: sitting.events.map((event) => ({ ...event, choice: 2 - (event.choice ?? 0) })),
      })),
    })),
  };
  await taken(it, JSON.stringify(elsewhere), 'second');
  expect(Object.values(labelsOf(it, 'second'))[0]).toEqual(before);
});

test('an image is found by its number or the only number of its file name', async () => {
  const it = small();
  const cells = {
    3: ['3', '3.0'],
    4: ['0004', '0004.png'],
    31: ['stimuli2/img_0031.png'],
    7: ['C:\\set 1\\img-7.jpeg'],
  };
  for (const [image, spellings] of Object.entries(cells)) {
    for (const cell of spellings) {
      await taken(it, `image,labeler,label\n"${cell}",${cell.length}${image},1\n`);
      const labels = Object.entries(labelsOf(it)[`${cell.length}${image}`] ?? {});
      expect([cell, labels.filter(([, label]) => label !== null)]).toEqual([cell, [[image, 1]]]);
    }
  }
});

test('a cell that could be no image or several refuses the table', async () => {
  const it = small();
  const odd = ['3.5', '-3', '1e1', 'alpha0.10.png', 'img_0031_v2.png', 'pair0-1_a3', 'img', '', '99', '3.0.png'];
  for (const cell of odd) {
    const refused = taken(it, `image,labeler,label\n"${cell}",ann,1\n`);
    await expect(refused, cell).rejects.toThrow(/does not name an image|no image/);
  }
  expect(labelsOf(it)).toEqual({});
});

test.each(['json', 'events'] as const)(
  '%s: who was excluded, had not finished or declined is no labeler, and is counted before and after',
  async (format) => {
    const it = small();
    const { client } = it;
    const rows = await makeSessions(it, 4, { consent: 'Do you agree?' });
    const [counted, excluded, open, declined] = rows;
    if (!counted || !excluded || !open || !declined) throw new Error('no sessions');
    const begin = async (token: string, agrees: boolean) => {
      const sitting = randomUUID();
      await client.desk.volunteer.open({ token, sitting, screen });
      await client.desk.volunteer.consent({ token, sitting, agrees });
      // Nothing is stored before: the sitting begins now.
      if (agrees) await client.desk.volunteer.open({ token, sitting, screen });
      return { token, sitting };
    };
    await begin(counted.token, true);
    await labelAll(it, counted.token);
    await begin(excluded.token, true);
    await labelAll(it, excluded.token, () => 1);
    await client.desk.sessions.exclude({ session: excluded.id, reason: 'asleep' });
    const half = await begin(open.token, true);
    await client.desk.volunteer.addEvents({ ...half, events: [answer(0, 0, 1), answer(1, 1, 2), answer(2, 5, 2)] });
    await begin(declined.token, false);
    const text = await exported(it, format);
    addStimuli(it.lab.workbench.storage, 11, 'second');
    const { look, done } = await taken(it, text, 'second');
    // Who declined has no answer, so there is nobody to leave out.
    const leftOut = { unfinished: 1, excluded: 1, withdrawn: 0, present: 0 };
    expect(look.leftOut).toEqual(leftOut);
    expect(done).toMatchObject({ labelers: 1, leftOut });
    expect(labelsOf(it, 'second')).toEqual(labelsOf(it));
    await expect(taken(it, text)).rejects.toThrow(/Nobody in this table can be imported/);
  },
);

test.each(['json', 'events'] as const)('%s: of two open pages the last word counts, as here', async (format) => {
  const it = small();
  const { client, lab } = it;
  const [session] = await makeSessions(it, 1, { practice: 0, attention: 0, repeats: 0 });
  if (!session) throw new Error('no session');
  const [first, second] = [randomUUID(), randomUUID()].map((sitting) => ({ token: session.token, sitting }));
  if (!first || !second) throw new Error('no sittings');
  await client.desk.volunteer.open({ ...first, screen });
  await client.desk.volunteer.open({ ...second, screen });
  const all = Array.from({ length: 33 }, (_, trial) => answer(trial, trial, 2));
  await client.desk.volunteer.addEvents({ ...second, events: all });
  await client.desk.volunteer.addEvents({ ...first, events: [answer(0, 0, 1)] });
  await client.desk.volunteer.finish({ ...first, leaveBlank: false });
  const image = sessionTables(lab.workbench.storage).sessions.trials(session.id)[0]?.image ?? -1;
  expect(labelsOf(it)[session.pseudonym]?.[image]).toBe(1);
  const text = await exported(it, format);
  addStimuli(lab.workbench.storage, 11, 'second');
  await taken(it, text, 'second');
  expect(labelsOf(it, 'second')).toEqual(labelsOf(it));
  if (format === 'events') {
    const [head = '', ...rows] = text.trimEnd().split('\n');
    addStimuli(lab.workbench.storage, 11, 'third');
    await taken(it, [head, ...rows.toReversed()].join('\n'), 'third');
    expect(labelsOf(it, 'third')).toEqual(labelsOf(it));
  }
});

test('a JSON of an earlier version, which does not tell the order, is read by the time of each answer', async () => {
  const it = small();
  const [session] = await makeSessions(it, 1, { practice: 0, attention: 0, repeats: 0 });
  await labelAll(it, session?.token ?? '', () => 2);
  const content: LabelsJson = JSON.parse(await exported(it, 'json'));
  addStimuli(it.lab.workbench.storage, 11, 'second');
  const [one] = content.sessions;
  const [sitting] = one?.sittings ?? [];
  if (!one || !sitting) throw new Error('no sitting');
  const openedAt = '2026-01-01T10:00:00.000Z';
  const event = { seq: 0, trial: 0, kind: 'answer' as const, shownMs: 0 };
  const sittings: LabelsJson['sessions'][number]['sittings'] = [
    { ...sitting, openedAt, events: [{ ...event, choice: 1, atMs: 90_000 }] },
    { ...sitting, openedAt: '2026-01-01T10:01:00.000Z', events: [{ ...event, choice: 2, atMs: 1000 }] },
  ];
  await taken(it, JSON.stringify({ ...content, sessions: [{ ...one, sittings }] }), 'second');
  expect(Object.values(labelsOf(it, 'second')[one.labeler] ?? {}).filter((label) => label !== null)).toEqual([1]);
});

test('simulated labelers do not come in as people', async () => {
  const it = small();
  const text = 'image,labeler,label,simulated\n0,R1,1,yes\n';
  const file = await upload(it, 'table', text);
  const about = { study: studyName, upload: file, names: 'keep' } as const;
  const mapping = singleLabels({ 1: 1 });
  await expect(it.client.answers.importTable({ ...about, mapping })).rejects.toThrow(/simulated/);
  // The guess says so.
  const { look, done } = await taken(it, text);
  expect([look.mapping, done]).toMatchObject([{ simulated: true }, { labelers: 1 }]);
  const { storage } = it.lab.workbench;
  expect(storage.labelers.ofStudy(findStudy(it.lab.workbench, studyName).id)).toMatchObject([{ simulated: true }]);
});

test.each(['humans', 'json', 'events'] as const)(
  '%s of before a withdrawal does not bring the person back',
  async (format) => {
    const it = small();
    const { client, lab } = it;
    const [gone, stays] = await makeSessions(it, 2);
    if (!gone || !stays) throw new Error('no sessions');
    for (const { token } of [gone, stays]) await labelAll(it, token);
    const text = await exported(it, format);
    addStimuli(lab.workbench.storage, 11, 'second');
    await client.desk.sessions.withdraw({ session: gone.id });
    await expect(taken(it, text)).rejects.toThrow(/Nobody in this table/);
    const { look, done } = await taken(it, text, 'second');
    expect(look.leftOut).toMatchObject({ withdrawn: 1, present: 0 });
    expect(done).toMatchObject({ labelers: 1, leftOut: { withdrawn: 1 } });
    expect(Object.keys(labelsOf(it, 'second'))).toEqual([stays.pseudonym]);
    // Nor once the study is gone for good.
    const { storage } = lab.workbench;
    await removeStudy(it, storage.studies.byName(studyName)?.id ?? 0);
    addStimuli(storage, 11, 'third');
    expect((await taken(it, text, 'third')).done).toMatchObject({ leftOut: { withdrawn: 1 } });
    expect(Object.keys(labelsOf(it, 'third'))).toEqual([stays.pseudonym]);
  },
);

test('a name of a table that withdrew stays out of its study, and may be somebody else’s in another', async () => {
  const it = small();
  const { client, lab } = it;
  await taken(it, 'image,labeler,label\n0,1,1\n0,2,1\n');
  const [one] = await client.labeling.others.list({ study: studyName });
  await client.labeling.others.withdraw({ study: studyName, labeler: one?.labeler ?? 0 });
  const again = 'image,labeler,label\n0,1,1\n0,2,1\n1,2,1\n';
  expect((await taken(it, again)).done).toMatchObject({ labelers: 1, leftOut: { withdrawn: 1 } });
  addStimuli(lab.workbench.storage, 11, 'second');
  expect((await taken(it, again, 'second')).done).toMatchObject({ labelers: 2, leftOut: { withdrawn: 0 } });
});

test('the command line leaves out whose sessions are here and who withdrew, as the screen does, and says so', async () => {
  const it = small();
  const { client, lab } = it;
  const [stays, gone] = await makeSessions(it, 2);
  if (!stays || !gone) throw new Error('no sessions');
  for (const { token } of [stays, gone]) await labelAll(it, token);
  await taken(it, 'image,labeler,label\n0,ann,1\n');
  const path = join(temporaryFolder(), 'humans.csv');
  writeFileSync(path, await exported(it, 'humans'));
  await client.desk.sessions.withdraw({ session: gone.id });
  const { detail } = await importResponses(lab.workbench, studyName, path);
  const leftOut = `left out: 1 withdrew from this study; 1 with a session in this study (${stays.pseudonym})`;
  expect(detail).toBe(`1 labeler, 1 label; ${leftOut}; exports, reports and archives name them as the table does`);
  const { storage } = lab.workbench;
  const people = () => storage.labelers.ofStudy(storage.studies.byName(studyName)?.id ?? 0);
  expect(people().map(({ pseudonym }) => pseudonym)).toEqual([stays.pseudonym, 'ann']);
  // With nobody else in it, nothing is stored, and who came with a file before stays.
  writeFileSync(path, (await exported(it, 'humans')).replaceAll(/^.*,ann,.*\n/gm, ''));
  await expect(importResponses(lab.workbench, studyName, path)).rejects.toThrow(/Nobody in this table can be imported/);
  expect(people()).toHaveLength(2);
});

test('the command line imports no simulated labelers where people labeled in sessions', async () => {
  const it = small();
  const [session] = await makeSessions(it, 1);
  await labelAll(it, session?.token ?? '');
  const path = join(temporaryFolder(), 'humans.csv');
  const simulated = (await exported(it, 'humans'))
    .replace('label\n', 'label,simulated\n')
    .replaceAll(/(\d)$/gm, '$1,yes');
  writeFileSync(path, simulated);
  await expect(importResponses(it.lab.workbench, studyName, path)).rejects.toThrow(/Simulated labelers cannot join/);
  expect(Object.keys(labelsOf(it))).toEqual([session?.pseudonym]);
});

test.each(['json', 'events'] as const)('%s: an answer that came late is no label elsewhere either', async (format) => {
  const it = small();
  const change = { practice: 0, attention: 0, repeats: 0, timeLimit: { imageSeconds: 5, sessionMinutes: null } };
  const [session] = await makeSessions(it, 1, change);
  if (!session) throw new Error('no session');
  const page = { token: session.token, sitting: randomUUID() };
  const { volunteer } = it.client.desk;
  await volunteer.open({ ...page, screen });
  const late = { ...answer(0, 0, 1), atMs: 9000 };
  const rest = Array.from({ length: 32 }, (_, index) => answer(index + 10, index + 1, 2));
  await volunteer.addEvents({ ...page, events: [late, ...rest] });
  await volunteer.finish({ ...page, leaveBlank: false });
  const text = await exported(it, format);
  addStimuli(it.lab.workbench.storage, 11, 'second');
  await taken(it, text, 'second');
  const labels = Object.values(labelsOf(it, 'second')[session.pseudonym] ?? {});
  expect(labels.filter((label) => label !== null)).toEqual(new Array(32).fill(2));
  expect(labelsOf(it, 'second')).toEqual(labelsOf(it));
});

test('labels that are locked, and a person who withdraws, while a table is read stay as they are', async () => {
  const it = small();
  const { workbench } = it.lab;
  const table = 'image,labeler,label\n1,Ann,0\n1,Bob,1\n';
  const read = async (text: string) => {
    const file = await upload(it, 'table', text);
    // Begun, not ended: what comes next in the test comes while the file is read.
    return {
      ended: importTable(it.lab, {
        study: studyName,
        upload: file,
        names: 'keep',
        mapping: singleLabels({ 0: 0, 1: 1 }),
      }),
    };
  };
  await (await read(table)).ended;
  const { id } = findStudy(workbench, studyName);
  const ann = workbench.storage.labelers.ofStudy(id).find(({ pseudonym }) => pseudonym === 'Ann');
  const again = await read(table);
  const withdrawn = withdrawLabeler(it.lab.labeling, { study: studyName, labeler: ann?.id ?? 0 }, () => undefined);
  expect(await again.ended).toMatchObject({ labelers: 1, leftOut: { withdrawn: 1 } });
  await withdrawn;
  expect(Object.keys(labelsOf(it))).toEqual(['Bob']);
  const other = await read('image,labeler,label\n1,Cleo,0\n');
  const locked = lockLabels(it.lab.labeling, studyName);
  await expect(other.ended).rejects.toMatchObject({ code: 'labeling.locked' });
  await locked;
  expect(Object.keys(labelsOf(it))).toEqual(['Bob']);
});
