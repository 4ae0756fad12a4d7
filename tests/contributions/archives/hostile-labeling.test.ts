import { expect, test } from 'vitest';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { filesOf, jsonOf, newBench, pack, putJson, relist } from './archive-helper.ts';
import type { Files } from './archive-helper.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { archiveOf, table, twoPeople } from './archived.ts';
import { labeledLab } from './labeled.ts';

interface AnySession {
  plan: number;
  place: number;
  source: string;
  setHash: string;
  state: string;
  clockAfter: number;
  trials: number[][];
  sittings: { key: string; notes: { seq: number }[] }[];
  events: { sitting: number; seq: number; trial: number; choice: number | null }[];
  paper: { trial: number }[];
}

interface AnyLabeler {
  source: string;
  links: { linkedAt: number; replacedAt: number | null }[];
  log: { label: number | null }[];
}

const onSession =
  (change: (session: AnySession) => void, which = 'sessions/0.json') =>
  (files: Files): void => {
    const session = jsonOf(files, which) as unknown as AnySession;
    change(session);
    putJson(files, which, session);
  };

const onLabelers =
  (change: (labelers: AnyLabeler[]) => AnyLabeler[]) =>
  (files: Files): void => {
    const { labelers } = jsonOf(files, 'responses.json') as unknown as { labelers: AnyLabeler[] };
    putJson(files, 'responses.json', { labelers: change(labelers) });
  };

const onFirst = (change: (first: AnyLabeler) => void): ((files: Files) => void) =>
  onLabelers((labelers) => {
    if (labelers[0]) change(labelers[0]);
    return labelers;
  });

/** Answers that nobody could choose from images of three classes. */
function moreAnswers(files: Files): void {
  const labeling = jsonOf(files, 'labeling.json') as { plans: { plan: { names: string[] } }[] };
  for (const { plan } of labeling.plans) plan.names = ['a', 'b', 'c', 'd', 'e'];
  putJson(files, 'labeling.json', labeling);
}

/** Its second line would be a row of its own in a table. */
function twoLines(files: Files): void {
  const pseudonym = 'P-1\nP-2,1,1';
  onSession((session) => Object.assign(session, { pseudonym }))(files);
  const { source } = jsonOf(files, 'sessions/0.json');
  onLabelers((labelers) => labelers.map((one) => (one.source === source ? { ...one, pseudonym } : one)))(files);
}

/** Puts a session at another place, under the name of that place. */
function farAway(files: Files): void {
  onSession((session) => Object.assign(session, { place: 90_000 }))(files);
  files['sessions/90000.json'] = files['sessions/0.json'] ?? new Uint8Array();
  delete files['sessions/0.json'];
}

test('a pseudonym that a spreadsheet would run stays text in every table', async () => {
  const { it: from } = await twoPeople();
  const files = filesOf(await archiveOf(from));
  const named = '=1+1,"x"';
  onSession((session) => Object.assign(session, { pseudonym: named }))(files);
  onFirst((first) => Object.assign(first, { pseudonym: named }))(files);
  relist(files);
  const it = openLab();
  await importArchive(it.lab.workbench, pack(files));
  for (const format of ['model-vs-human', 'humans', 'events'] as const) {
    const text = await table(it, format);
    expect(text).toContain(`"'=1+1,""x"""`);
    expect(text).not.toMatch(/(^|,)=/m);
  }
});

let made: Promise<Files> | undefined;

/** The archive that each case changes in a way of its own: its files are replaced, and their bytes never written to. */
async function labeledFiles(): Promise<Files> {
  made ??= labeledLab().then(async ({ it }) => filesOf(await archiveOf(it)));
  return { ...(await made) };
}

test.each<[string, (files: Files) => void]>([
  ['an event of a trial that is not there', onSession(({ events }) => Object.assign(events[0] ?? {}, { trial: 4000 }))],
  ['an answer that nobody could give', onSession(({ events }) => Object.assign(events[0] ?? {}, { choice: 3 }))],
  [
    'an event of a sitting that is not there',
    onSession(({ events }) => Object.assign(events[0] ?? {}, { sitting: 9 })),
  ],
  ['two events of one number', onSession(({ events }) => events.push(...events.slice(0, 1)))],
  ['an answer before its image', onSession(({ events }) => Object.assign(events[0] ?? {}, { atMs: -1 }))],
  ['an image that is not there', onSession(({ trials }) => trials.push([9999, 0, 1]))],
  ['another stimulus set', onSession((session) => Object.assign(session, { setHash: 'a'.repeat(64) }))],
  ['a plan that is not there', onSession((session) => Object.assign(session, { plan: 99 }))],
  ['another place', onSession((session) => Object.assign(session, { place: 3 }))],
  ['a state that is none', onSession((session) => Object.assign(session, { state: 'active' }))],
  ['a source that names no session', onSession((session) => Object.assign(session, { source: 'csv:1' }))],
  ['sittings that are not there', onSession((session) => Object.assign(session, { clockAfter: 7 }))],
  ['a time with fractions', onSession((session) => Object.assign(session, { createdAt: 1.5 }))],
  ['a key that the format does not have', onSession((session) => Object.assign(session, { token: 'x' }))],
  [
    'a session that nobody began, with answers',
    onSession((session) => Object.assign(session, { state: 'planned', finishedAt: null })),
  ],
  ['a pseudonym that no page takes', onSession((session) => Object.assign(session, { pseudonym: 'P'.repeat(41) }))],
  ['a pseudonym of two lines', twoLines],
  ['a place far beyond all others', farAway],
  ['a plan with more answers than there are classes', moreAnswers],
  ['a labeler who counts twice', onFirst(({ links }) => links.push({ linkedAt: 5, replacedAt: null }))],
  ['a label that is no class', onFirst(({ log }) => Object.assign(log[0] ?? {}, { label: 3 }))],
  ['a session that ended without its labels', onLabelers((labelers) => labelers.slice(1))],
  ['labels of nobody', onFirst((first) => Object.assign(first, { source: `labeling:${'a'.repeat(64)}`, links: [] }))],
  [
    'a paper of another session',
    onSession(({ paper }) => Object.assign(paper[0] ?? {}, { trial: 99 }), 'sessions/7.json'),
  ],
  [
    'a person who is there twice',
    (files) =>
      onSession((session) => Object.assign(session, { source: jsonOf(files, 'sessions/1.json').source }))(files),
  ],
  [
    'two locks that hold',
    (files) => {
      const labeling = jsonOf(files, 'labeling.json');
      const lock = { hash: 'a'.repeat(64), sessions: 1, labels: 1, reason: 'researcher', lockedAt: 1, openedAt: null };
      putJson(files, 'labeling.json', { ...labeling, locks: [lock, lock] });
    },
  ],
])('%s: the archive is refused, and nothing is stored', async (_what, change) => {
  const files = await labeledFiles();
  change(files);
  relist(files);
  const workbench = newBench();
  const error: unknown = await importArchive(workbench, pack(files)).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({ code: 'archive.invalid' });
  expect(workbench.storage.studies.list()).toEqual([]);
  expect(workbench.storage.stimulusSets.list()).toEqual([]);
});
