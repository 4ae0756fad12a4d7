import { randomUUID } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import type { LabelingPlan, Medium } from '../../../main/contributions/sessions/contract/plan.ts';
import type { ExportFormat } from '../../../main/contributions/answers/contract/tables.ts';
import type { SessionNote, TrialEvent } from '../../../main/contributions/sessions/contract/volunteer.ts';
import type { Trial } from '../../../main/contributions/sessions/contract/plan.ts';
import { exportTable, ms, tableText } from '../../../main/contributions/answers/tables/export.ts';
import { newSessionToken } from '../../../main/storage/labeling/sessions.ts';
import { study } from '../../storage/records.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { fetched, plan, studyName } from '../../services/labeling/labeling-helper.ts';
import { deskTables } from '../../../main/contributions/desk/storage/tables.ts';

const start = Date.parse('2026-03-04T05:06:07.008Z');
const screen = { refreshHz: 60, width: 1280, height: 800, pixelRatio: 1, pixelsPerMm: null };

/** A study of five images between three classes, without labels. Its clock stands. */
function small() {
  const it = openLab();
  const { lab } = it;
  Object.assign(lab.workbench, { now: () => start });
  const { storage } = lab.workbench;
  const id = storage.studies.put(studyName, { ...study(), name: studyName }, start);
  const hash = 'c'.repeat(64);
  const places = [
    ...([[0, 1, 0] as const, [0, 1, 0.25] as const, [0, 2, 0.5] as const] as const),
    ...([[1, 2, 0.75] as const, [1, 2, 1] as const] as const),
  ];
  const images = places.map(([pairI, pairJ, alpha], at) => ({ id: at * 3 + 7, pairI, pairJ, alpha, z: null }));
  storage.stimulusSets.put(
    {
      hash,
      width: 1,
      height: 1,
      channels: 1,
      classes: ['zero', '=one', 'two, too'],
      source: 'imported',
      provenance: {},
      original: null,
      pixels: storage.blobs.put(new Uint8Array(images.length)),
      images,
    },
    start,
  );
  storage.studies.useStimuli(id, hash, start);
  let place = 0;
  const save = (change: Partial<LabelingPlan> = {}) => deskTables(storage).plans.save(id, plan(change), start).id;
  return {
    ...it,
    storage,
    hash,
    id,
    images,
    save,
    text: async (format: ExportFormat): Promise<string> => {
      let text = '';
      for await (const piece of tableText(lab.labeling, studyName, format)) text += piece.toString('utf8');
      return text;
    },
    addSession: (pseudonym: string, planId: number, medium: Medium, trials: Trial[], setHash = hash) => {
      const token = newSessionToken();
      const labeler = { pseudonym, simulated: false, source: `labeling:${token}` };
      const labelerId = storage.labelers.ensure(labeler, start);
      const session = { studyId: id, planId, setHash, medium, place, token, labelerId, trials };
      place += 1;
      return { id: deskTables(storage).sessions.add(session, start), labelerId };
    },
    addSitting: (session: number, openedAt: number, events: TrialEvent[], notes: SessionNote[] = [], about = {}) => {
      const { log } = deskTables(storage);
      const sitting = log.ensureSitting(session, randomUUID(), { medium: 'screen', openedAt, screen, ...about });
      for (const event of events) log.add(session, sitting, event, start + event.seq);
      for (const note of notes) log.addNote(session, sitting, note, start);
      return sitting;
    },
  };
}

type Small = ReturnType<typeof small>;

const trial = (image: number, kind: Trial['kind'] = 'real', block = 1): Trial => ({ image, kind, block });

const given = (seq: number, trialAt: number, choice: number | null, shownMs: number, atMs: number): TrialEvent => ({
  seq,
  trial: trialAt,
  kind: choice === null ? 'undo' : 'answer',
  choice,
  shownMs,
  atMs,
});

/** One session on screen in two sittings, one on paper, one that is not begun. */
function withSessions(it: Small) {
  const { storage, save, addSession, addSitting } = it;
  const first = save({ question: 'Which?', names: ['Null', '@Eins', 'Zwei, auch'], cannotTell: 'Weiß nicht' });
  const second = save({ question: 'What?', names: ['Null', 'Eins', 'Zwei'], cannotTell: null });
  const ann = addSession('P-AAAA', first, 'screen', [
    ...[trial(10, 'practice'), trial(13, 'real', 1), trial(7, 'real', 1), trial(16, 'real', 2), trial(13, 'repeat', 2)],
    trial(19, 'attention', 2),
  ]);
  const late: TrialEvent = { seq: 5, trial: 3, kind: 'answer', choice: 1, shownMs: 5000, atMs: 9000 };
  const sitting = addSitting(
    ...[ann.id, start - 60_000, [given(0, 0, 1, 0, 600), given(1, 1, 0, 700.25, 1200.5), given(2, 2, -1, 1300, 2000)]],
    [
      { seq: 3, kind: 'focus-lost', trial: 2, atMs: 2100.04 },
      { seq: 4, kind: 'focus-back', trial: null, atMs: 2200 },
    ],
  );
  deskTables(storage).log.add(ann.id, sitting, late, start, 'image');
  addSitting(ann.id, start - 1000, [given(0, 1, 2, 10, 43.21), given(1, 4, 2, 50, 60), given(2, 4, null, 50, 70)], [], {
    claimedAt: start + 1_000_000_000,
    screen: { ...screen, refreshHz: null },
  });
  deskTables(storage).sessions.setState(ann.id, 'active', start - 60_000);
  deskTables(storage).sessions.setState(ann.id, 'finished', start, 2);
  const bob = addSession('=BOB', second, 'paper', [trial(10), trial(7)]);
  addSitting(bob.id, start, [given(0, 0, 2, 0, 0)], [], { medium: 'paper' });
  deskTables(storage).sessions.setState(bob.id, 'finished', start);
  deskTables(storage).sessions.setExcluded(bob.id, 'asleep, twice');
  addSession('P-CCCC', second, 'kit', [trial(7)]);
  return { ann, bob };
}

test('milliseconds have a tenth, unless it is 0', () => {
  expect([0, 0.04, 0.05, 9.96, 10, 1234.56, 1_000_000.1].map(ms)).toEqual([
    ...['0', '0', '0.1', '10', '10', '1234.6', '1000000.1'],
  ]);
});

test('a table of events has every event and note, as their columns say', async () => {
  const it = small();
  withSessions(it);
  const [one, two, stored] = ['2026-03-04T05:05:07.008Z', '2026-03-04T05:06:06.008Z', '2026-03-04T05:06:07.00'];
  const head = 'P-AAAA,screen,1,time-up,2,';
  expect(await it.text('events')).toBe(
    [
      'labeler,medium,plan_version,session_state,images_left,excluded,sitting,sitting_opened_at,refresh_hz,seq,event,' +
        'trial,trial_kind,block,image,pair_i,pair_j,alpha,label,answer,shown_ms,at_ms,response_ms,current,late,stored_at',
      `${head},1,${one},60,0,answer,0,practice,1,10,0,1,0.25,1,'@Eins,0,600,600,yes,,${stored}8Z`,
      `${head},1,${one},60,1,answer,1,real,1,13,0,2,0.5,0,Null,700.3,1200.5,500.3,no,,${stored}9Z`,
      `${head},1,${one},60,2,answer,2,real,1,7,0,1,0,,cannot-tell,1300,2000,700,yes,,2026-03-04T05:06:07.010Z`,
      `${head},1,${one},60,5,answer,3,real,2,16,1,2,0.75,1,'@Eins,5000,9000,4000,no,image,${stored}8Z`,
      `${head},2,${two},,0,answer,1,real,1,13,0,2,0.5,2,"Zwei, auch",10,43.2,33.2,yes,,${stored}8Z`,
      `${head},2,${two},,1,answer,4,repeat,2,13,0,2,0.5,2,"Zwei, auch",50,60,10,no,,${stored}9Z`,
      `${head},2,${two},,2,undo,4,repeat,2,13,0,2,0.5,,,50,70,,yes,,2026-03-04T05:06:07.010Z`,
      `${head},1,${one},60,3,focus-lost,2,,,,,,,,,,2100,,,,`,
      `${head},1,${one},60,4,focus-back,,,,,,,,,,,2200,,,,`,
      `'=BOB,paper,2,finished,,"asleep, twice",1,2026-03-04T05:06:07.008Z,60,0,answer,0,real,1,10,0,1,0.25,2,Zwei,0,0,,yes,,${stored}8Z`,
      '',
    ].join('\n'),
  );
});

test('the table for model-vs-human has the counted sessions’ real trials, with seconds', async () => {
  const it = small();
  const { ann, bob } = withSessions(it);
  const head = 'subj,session,trial,rt,object_response,category,condition,imagename\n';
  const screenRows = [
    'P-AAAA,1,2,0.0332,"two, too",na,0.5,0013.png',
    'P-AAAA,1,3,0.7,na,zero,0,0007.png',
    'P-AAAA,1,4,NaN,na,"two, too",0.75,0016.png',
  ];
  const rows = async () => {
    const text = await it.text('model-vs-human');
    expect(text.startsWith(head)).toBe(true);
    return text.slice(head.length).trimEnd().split('\n');
  };
  expect(await rows()).toEqual(screenRows);
  deskTables(it.storage).sessions.setExcluded(bob.id, null);
  expect(await rows()).toEqual([
    ...screenRows,
    '\'=BOB,1,1,NaN,"two, too",zero,0.25,0010.png',
    "'=BOB,1,2,NaN,na,zero,0,0007.png",
  ]);
  deskTables(it.storage).sessions.setExcluded(ann.id, 'asleep');
  expect(await rows()).toHaveLength(2);
});

test('humans.csv and counts have a person’s labels, and say which are simulated', async () => {
  const it = small();
  const { storage, hash, id, images } = it;
  const label = (pseudonym: string, labels: (number | null)[], simulated = false) => {
    const labelerId = storage.labelers.ensure({ pseudonym, simulated, source: `csv:${pseudonym}` }, start);
    for (const [at, own] of labels.entries()) {
      const imageId = images[at]?.id ?? 0;
      storage.responses.add({ setHash: hash, imageId, labelerId, label: own, source: 'csv' }, start);
    }
    return labelerId;
  };
  storage.studies.useLabelers(id, [label('ann', [0, 1, null, 2]), label('=bob', [0, 2, 2, null])], start);
  const humans = 'image,pair_i,pair_j,alpha,labeler,label';
  const rowsOf = (text: string) => text.trimEnd().split('\n');
  const [first, ...rows] = rowsOf(await it.text('humans'));
  expect(first).toBe(humans);
  expect(rows.sort()).toEqual(
    [
      ...['7,0,1,0,ann,0', "7,0,1,0,'=bob,0", '10,0,1,0.25,ann,1', "10,0,1,0.25,'=bob,2", "13,0,2,0.5,'=bob,2"],
      '16,1,2,0.75,ann,2',
    ].sort(),
  );
  expect(await it.text('counts')).toBe(
    [
      'image,imagename,pair_i,pair_j,alpha,labels,count_0,count_1,count_2',
      ...['7,0007.png,0,1,0,2,2,0,0', '10,0010.png,0,1,0.25,2,0,1,1', '13,0013.png,0,2,0.5,1,0,0,1'],
      ...['16,0016.png,1,2,0.75,1,0,0,1', '19,0019.png,1,2,1,0,0,0,0', ''],
    ].join('\n'),
  );
  storage.studies.useLabelers(id, [label('sim', [1, null], true)], start);
  expect(await it.text('humans')).toBe(`${humans},simulated\n7,0,1,0,sim,1,yes\n`);
  const [counted, row] = rowsOf(await it.text('counts'));
  expect([counted, row]).toEqual([
    'image,imagename,pair_i,pair_j,alpha,labels,count_0,count_1,count_2,simulated',
    '7,0007.png,0,1,0,1,0,1,0,yes',
  ]);
});

test('labels.json has sessions with their sittings, and the hash of a lock', async () => {
  const it = small();
  withSessions(it);
  const content = JSON.parse(await it.text('json'));
  expect(content).toEqual({
    schema: 'boundary-workbench/labels/1',
    study: studyName,
    stimulusSet: it.hash,
    lock: null,
    classes: ['zero', '=one', 'two, too'],
    sessions: [
      {
        labeler: 'P-AAAA',
        medium: 'screen',
        state: 'finished',
        excluded: null,
        planVersion: 1,
        question: 'Which?',
        names: ['Null', '@Eins', 'Zwei, auch'],
        imagesLeft: 2,
        startedAt: '2026-03-04T05:05:07.008Z',
        finishedAt: '2026-03-04T05:06:07.008Z',
        trials: expect.arrayContaining([trial(10, 'practice'), trial(19, 'attention', 2)]),
        sittings: [
          {
            openedAt: '2026-03-04T05:05:07.008Z',
            screen,
            events: [
              expect.objectContaining({ seq: 0, order: 0, late: null, storedAt: '2026-03-04T05:06:07.008Z' }),
              expect.objectContaining({ seq: 1, order: 1, late: null, storedAt: '2026-03-04T05:06:07.009Z' }),
              expect.objectContaining({ seq: 2, order: 2, late: null, choice: -1, shownMs: 1300, atMs: 2000 }),
              {
                seq: 5,
                trial: 3,
                kind: 'answer',
                choice: 1,
                shownMs: 5000,
                atMs: 9000,
                order: 3,
                late: 'image',
                storedAt: '2026-03-04T05:06:07.008Z',
              },
            ],
            notes: [
              { seq: 3, kind: 'focus-lost', trial: 2, atMs: 2100.04 },
              { seq: 4, kind: 'focus-back', trial: null, atMs: 2200 },
            ],
          },
          {
            openedAt: '2026-03-04T05:06:06.008Z',
            claimedAt: '2026-03-15T18:52:47.008Z',
            screen: { ...screen, refreshHz: null },
            notes: [],
            events: [4, 5, 6].map((order) => expect.objectContaining({ seq: order - 4, order })),
          },
        ],
      },
      expect.objectContaining({ labeler: '=BOB', planVersion: 2, excluded: 'asleep, twice', imagesLeft: null }),
      {
        labeler: 'P-CCCC',
        medium: 'kit',
        state: 'planned',
        excluded: null,
        planVersion: 2,
        question: 'What?',
        names: ['Null', 'Eins', 'Zwei'],
        startedAt: null,
        finishedAt: null,
        imagesLeft: null,
        trials: [trial(7)],
        sittings: [],
      },
    ],
  });
  it.storage.labeling.locks.set(it.id, { hash: 'd'.repeat(64), sessions: 1, labels: 2, reason: 'researcher' }, start);
  expect(JSON.parse(await it.text('json')).lock).toBe('d'.repeat(64));
});

test('sessions about earlier stimuli are in no table', async () => {
  const it = small();
  const planId = it.save();
  const other = 'e'.repeat(64);
  const pixels = it.storage.blobs.put(new Uint8Array(1));
  const images = [{ id: 7, pairI: 0, pairJ: 1, alpha: 0, z: null }];
  const about = { source: 'imported' as const, provenance: {}, original: null };
  it.storage.stimulusSets.put(
    { hash: other, width: 1, height: 1, channels: 1, classes: ['a', 'b', 'c'], ...about, pixels, images },
    1,
  );
  const { id } = it.addSession('P-OLD', planId, 'screen', [trial(7)], other);
  it.addSitting(id, start, [given(0, 0, 0, 0, 1)]);
  expect((await it.text('events')).trimEnd().split('\n')).toHaveLength(1);
  expect(JSON.parse(await it.text('json')).sessions).toEqual([]);
});

test('a long session has all its rows once and in order, in pieces between which other work gets a turn', async () => {
  const it = small();
  const planId = it.save();
  const trials = Array.from({ length: 2500 }, () => trial(7));
  const { id } = it.addSession('P-LONG', planId, 'screen', trials);
  it.storage.transaction(() =>
    it.addSitting(
      id,
      start,
      trials.map((_, at) => given(at, at, at % 3, at, at + 1)),
    ),
  );
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  const pieces: string[] = [];
  for await (const piece of tableText(it.lab.labeling, studyName, 'events')) pieces.push(piece.toString('utf8'));
  clock.mockRestore();
  const rows = pieces.join('').trimEnd().split('\n').slice(1);
  expect(rows.map((row) => Number(row.split(',')[9]))).toEqual(trials.map((_, at) => at));
  // A thousand rows of some 135 bytes at a time: two thousand fill a piece of 256 KiB.
  expect(pieces.map((piece) => piece.split('\n').length - 1)).toEqual([2002, 499]);
});

test('a table that takes time comes in pieces of ten milliseconds', async () => {
  const it = small();
  withSessions(it);
  const whole = await it.text('json');
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 5));
  const pieces: string[] = [];
  for await (const piece of tableText(it.lab.labeling, studyName, 'json')) pieces.push(piece.toString('utf8'));
  clock.mockRestore();
  expect(pieces.join('')).toBe(whole);
  // Each call of the clock is 5 ms: the parts of a session, of which it has several, come two by two.
  expect(pieces).toHaveLength(22);
  expect(pieces.map((piece) => piece.split('"labeler":').length - 1).filter((labelers) => labelers > 0)).toEqual([
    ...[1, 1, 1],
  ]);
});

test('a table is offered under its name, with its dictionary beside it', async () => {
  const it = small();
  const names = {
    humans: 'humans',
    events: 'labeling-events',
    counts: 'label-counts',
    'model-vs-human': 'model-vs-human',
  };
  for (const [format, name] of Object.entries(names)) {
    const [table, dictionary] = exportTable(it.lab.labeling, studyName, format as ExportFormat);
    expect([table?.name, table?.bytes, dictionary?.name]).toEqual([`${name}.csv`, null, `${name}-dictionary.csv`]);
    const text = await fetched(it, dictionary?.address ?? '');
    expect(dictionary?.bytes).toBe(Buffer.byteLength(text));
    expect(text).toMatch(/^column,meaning,values\n/);
    expect(text).toMatch(/\nclass 0,zero,\nclass 1,'=one,\nclass 2,"two, too",\n$/);
  }
  const [table, schema] = exportTable(it.lab.labeling, studyName, 'json');
  expect([table?.name, schema?.name]).toEqual(['labels.json', 'labels-schema.json']);
  expect(await fetched(it, schema?.address ?? '')).toMatch(/^\{\n {2}"\$schema"/);
});
