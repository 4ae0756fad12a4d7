/** A study leaves with all of its rows and none of its neighbour's, and comes in as it went. */
import { describe, expect, test } from 'vitest';
import { piecesOf } from '../../main/services/archive/pieces.ts';
import type { CheckedArchive } from '../../main/services/archive/read-archive.ts';
import type { ModelRole, Storage } from '../../main/storage/index.ts';
import { classifierTask, generatorTask, newRun } from '../executors/counting-tasks.ts';
import { plan, screen } from '../services/labeling/labeling-helper.ts';
import { environment, hash, stimulusSet, study } from './records.ts';
import { classifierResult, snapshot, started } from './run-helper.ts';
import { sql, temporaryStorage } from './storage-helper.ts';

const model = (seed: number): ModelRole => ({ modelName: 'MLP', group: 'seeds', repeat: 1, seed });

/** A study with one of everything; `n` tells its rows from those of others. */
const fill = (storage: Storage, name: string, n: number): number =>
  storage.transaction(() => addStudy(storage, name, n));

function addStudy(storage: Storage, name: string, n: number): number {
  const { runs, studyRuns, studies, stimulusSets, responses, labeling, predictions, settings } = storage;
  const id = studies.put(name, { ...study(`${name} first`), name }, n);
  studies.put(name, { ...study(`${name} second`), name }, n + 1);
  settings.setOfStudy(id, 'colour', `c${n}`, n + 2);
  settings.setOfStudy(id, 'about', n, n + 3);
  const trained = classifierTask(n);
  storage.dataSets.put(
    {
      ...{
        hash: 'dataSetHash' in trained ? trained.dataSetHash : '',
        name: 'MNIST',
        classes: ['0', '1'],
        height: 28,
        width: 28,
      },
      ...{ trainCount: 6, testCount: 1, mean: 0.1, std: 0.3, source: { source: 'mnist' as const } },
    },
    n,
  );
  const queue = (task: ReturnType<typeof classifierTask> | ReturnType<typeof generatorTask>, priority: number) =>
    runs.ensure(newRun(task, { priority }), n + priority).id;
  const [waiting, done, failed, open] = [
    queue(classifierTask(n + 1), 1),
    queue(classifierTask(n + 2), 2),
    queue(classifierTask(n + 3), 3),
    queue(generatorTask(n + 4), 4),
  ];
  const places = [waiting, done, failed, open];
  places.forEach((run, place) => studyRuns.link(id, `role/${place}`, run, place < 3 ? model(place) : null, n + place));
  studyRuns.link(id, 'role/0', done, model(7), n + 9);
  for (const run of [open, failed, done]) expect(runs.claimNext(['wasm'], environment, n + 10, id)?.id).toBe(run);
  const points = (run: number, value: number) =>
    runs.applyEvents(
      run,
      [
        { ...started, resumedAt: value },
        { type: 'progress', done: value, total: 9, note: `p${value}` },
        { type: 'metrics', points: [2, 1].map((step) => ({ series: 'loss', step, value: value + step })) },
        { type: 'metrics', points: [{ series: 'accuracy', step: 1, value }] },
        { type: 'log', level: 'warn', message: `m${value}` },
        { type: 'checkpoint', step: 5, hash: storage.blobs.put(Buffer.from(`${name} ${run} 5`)) },
        { type: 'checkpoint', step: 6, hash: storage.blobs.put(Buffer.from(`${name} ${run} 6`)) },
      ],
      n + 11,
    );
  points(done, 1);
  points(failed, 2);
  points(open, 3);
  runs.applyEvents(
    open,
    [2, 1].map((step) => ({ type: 'samples' as const, step, grid: hash(n + step), weights: hash(n + 5 + step) })),
    n + 12,
  );
  for (const target of [98, 97.5]) {
    runs.applyEvent(
      failed,
      { type: 'snapshot', snapshot: snapshot(target, hash(n + Math.round(10 * target))) },
      n + 13,
    );
  }
  runs.applyEvent(done, classifierResult([97.5]), n + 14);
  runs.applyEvent(failed, { type: 'failed', message: 'no', detail: `d${n}` }, n + 15);
  runs.setHeld(waiting, true);
  storage.runNotes.setNote(done, `note ${n}`);
  storage.runNotes.tag([done], { add: ['b', `a${n}`], remove: [] });

  const [first, second] = [1000 * n, 1000 * n + 50];
  for (const set of [first, second]) stimulusSets.put(stimulusSet(set), n + set);
  studies.useStimuli(id, hash(first), n + 16);
  studies.useStimuli(id, hash(second), n + 17);
  predictions.put(
    {
      model: hash(n),
      setHash: hash(second),
      softmax: hash(n + 1),
      labels: hash(n + 2),
      count: 3,
      classes: 3,
      runId: done,
    },
    n + 18,
  );
  predictions.put(
    {
      model: `imported ${n}`,
      setHash: hash(first),
      softmax: hash(n + 3),
      labels: hash(n + 4),
      count: 3,
      classes: 3,
      runId: null,
    },
    n + 19,
  );
  const table = (source: string, pseudonyms: string[], simulated: boolean) =>
    responses.importTable(
      {
        ...{ setHash: hash(second), source, simulated },
        rows: pseudonyms.map((pseudonym, imageId) => ({ imageId, pseudonym, label: imageId })),
      },
      n + 20,
    );
  const people = table(`csv:${n}`, ['P2', 'P1', 'P3'], false);
  studies.useLabelers(id, people, n + 21);
  const kept = people.slice(0, 2);
  studies.useLabelers(id, [...kept, ...table(`rehearsal:${n}`, ['sim-01'], true)], n + 22);

  const planId = labeling.plans.save(id, plan({ instructions: name }), n + 23).id;
  labeling.plans.save(id, plan({ instructions: `${name}, again` }), n + 24);
  const sessions = [0, 1, 2].map((place) => {
    const labelerId = storage.labelers.ensure(
      { pseudonym: `S${n}${place}`, simulated: false, source: `labeling:${hash(n + place)}` },
      n,
    );
    return labeling.sessions.add(
      {
        ...{ studyId: id, planId, setHash: hash(second), labelerId, token: `${n}-${place}`.padStart(22, 'x') },
        ...{ medium: place === 1 ? 'kit' : place === 2 ? 'paper' : 'screen', place },
        trials: [0, 1, 2].map((image) => ({ image, kind: 'real', block: 1 + (image % 2) })),
      },
      n + 25,
    );
  }) as [number, number, number];
  sessions.forEach((session, place) => {
    const { log } = labeling;
    const open = (key: string, openedAt: number) =>
      log.ensureSitting(session, key, {
        ...{ medium: place === 1 ? 'kit' : 'screen', openedAt, openedMs: place === 0 ? null : 2.5, screen },
        ...(place === 1 && { claimedAt: n + 90 }),
      });
    ['x', 'y'].forEach((key, k) => {
      const sitting = open(key, n + 31 - k);
      log.add(
        session,
        sitting,
        { seq: 0, trial: k, kind: 'answer', choice: (n + k) % 3, shownMs: 1, atMs: 2 + k },
        n + 40,
      );
      log.add(
        session,
        sitting,
        { seq: 1, trial: 2, kind: 'answer', choice: k, shownMs: 3, atMs: 4 },
        n + 41,
        k === 1 ? 'image' : null,
      );
      log.addNote(session, sitting, { seq: 9, kind: 'hidden', trial: 1, atMs: 5 }, n + 42);
      log.addNote(session, sitting, { seq: 8, kind: 'visible', trial: 1, atMs: 6 }, n + 43);
      if (k === 0) labeling.sessions.restartClock(session);
    });
  });
  labeling.paper.saveEntry(sessions[2], { pass: 2, trial: 0, choice: null }, n + 50);
  labeling.paper.saveEntry(sessions[2], { pass: 1, trial: 1, choice: n % 3 }, n + 51);
  labeling.sessions.recordConsent(sessions[0], n + 52);
  labeling.sessions.setState(sessions[0], 'finished', n + 53, 2);
  labeling.sessions.setExcluded(sessions[1], `asleep ${n}`);
  const lock = (k: number) => ({ hash: hash(n + k), sessions: k, labels: k, reason: 'researcher' as const });
  labeling.locks.set(id, lock(1), n + 54);
  labeling.locks.set(id, lock(2), n + 55);
  return id;
}

/** The study as an archive that was read and checked. */
function archived({ archives }: Storage, id: number) {
  const study = archives.study(id);
  const sessions = archives.sessions(id).map((one) => archives.session(one));
  const read = {
    ...{
      study,
      labeling: archives.labeling(id),
      runKeys: archives.runKeys(id),
      run: async (key: string) => archives.run(key),
    },
    sets: [...new Set(study.sets.map((set) => set.hash))].map((set) => archives.set(set)),
    responses: archives.responses(id),
    async *sessions() {
      for (const one of sessions) if (one) yield one;
    },
  };
  const all = { ...read, sessions, runs: read.runKeys.map((key) => archives.run(key)) };
  return { pieces: piecesOf(read as unknown as CheckedArchive), all: JSON.parse(JSON.stringify(all)) as typeof all };
}

async function importInto(storage: Storage, pieces: ReturnType<typeof piecesOf>, name: string, labels: string | null) {
  const incoming = storage.archives.startImport(777);
  for await (const some of pieces) {
    storage.transaction(() => {
      for (const piece of some) for (const _ of incoming.steps(piece));
    });
  }
  const isLocked = incoming.isLocked;
  const found = storage.transaction(() => incoming.finish(name, labels));
  return { ...found, isLocked, studyId: incoming.studyId };
}

describe('a study between two others', () => {
  const filled = () => {
    const storage = temporaryStorage();
    fill(storage, 'before', 200);
    const id = fill(storage, 'own', 300);
    fill(storage, 'after', 400);
    return { storage, id };
  };

  test('leaves with what is its own, in order', () => {
    const { storage, id } = filled();
    const { all } = archived(storage, id);
    expect(all.study).toMatchObject({
      ...{ name: 'own', createdAt: 300 },
      specs: [
        { spec: { title: 'own first' }, at: 300 },
        { spec: { title: 'own second' }, at: 301 },
      ],
      settings: [
        { name: 'about', value: 300, setAt: 303 },
        { name: 'colour', value: 'c300', setAt: 302 },
      ],
      sets: [
        { hash: hash(300_000), linkedAt: 316, replacedAt: 317 },
        { hash: hash(300_050), linkedAt: 317, replacedAt: null },
      ],
      dataSets: [{ name: 'MNIST' }],
    });
    expect(
      all.study.links.map(({ role, linkedAt, replacedAt, model: of }) => [
        role,
        linkedAt,
        replacedAt,
        of?.seed ?? null,
      ]),
    ).toEqual([
      ['role/0', 300, 309, 0],
      ['role/1', 301, null, 1],
      ['role/2', 302, null, 2],
      ['role/3', 303, null, null],
      ['role/0', 309, null, 7],
    ]);
    expect(all.study.predictions.map(({ model: of, setHash, at }) => [of, setHash, at])).toEqual([
      [hash(300), hash(300_050), 318],
      ['imported 300', hash(300_000), 319],
    ]);
    const [waiting, done, failed, open] = all.runs;
    expect(all.runs).toHaveLength(4);
    expect(waiting).toMatchObject({
      state: 'queued',
      held: true,
      attempts: [],
      metrics: [],
      checkpoints: [],
      tags: [],
    });
    expect(done).toMatchObject({
      state: 'done',
      note: 'note 300',
      tags: ['a300', 'b'],
      checkpoints: [],
      resumedAt: 1,
      endedAt: 314,
    });
    expect(failed).toMatchObject({
      ...{ state: 'failed', failure: { message: 'no', detail: 'd300' }, progress: { done: 2, total: 9, note: 'p2' } },
      ...{
        checkpoints: [{ step: 5 }, { step: 6 }],
        snapshots: [{ target: 97.5 }, { target: 98 }],
        log: [{ message: 'm2' }],
      },
      metrics: [
        { series: 'accuracy', steps: [1], values: [2] },
        { series: 'loss', steps: [1, 2], values: [3, 4] },
      ],
      attempts: [{ attempt: 1, claimedAt: 310, endedAt: 315, outcome: 'failed' }],
    });
    expect(open).toMatchObject({ state: 'interrupted', endedAt: null, grids: [{ step: 1, at: 312 }, { step: 2 }] });
    expect(open?.grids).toHaveLength(2);
    expect(JSON.stringify(all.runs)).not.toContain(`"host":"${environment.machine.host}"`);
    expect(
      all.responses.labelers.map(({ pseudonym, simulated, links, log }) => [
        pseudonym,
        simulated,
        links.length,
        log.length,
      ]),
    ).toEqual([
      ['P2', false, 1, 1],
      ['P1', false, 1, 1],
      ['P3', false, 1, 1],
      ['sim-01', true, 1, 1],
    ]);
    expect(all.responses.labelers[2]).toMatchObject({
      links: [{ linkedAt: 321, replacedAt: 322 }],
      log: [{ imageId: 2, label: 2, at: 320 }],
    });
    expect(all.labeling).toMatchObject({
      plans: [{ version: 1 }, { version: 2 }],
      locks: [
        { lockedAt: 354, openedAt: 355 },
        { lockedAt: 355, openedAt: null },
      ],
      withdrawals: [],
    });
    expect(all.sessions.map((one) => [one?.pseudonym, one?.place, one?.medium, one?.plan, one?.clockAfter])).toEqual([
      ['S3000', 0, 'screen', 1, 1],
      ['S3001', 1, 'kit', 1, 1],
      ['S3002', 2, 'paper', 1, 1],
    ]);
    expect(all.sessions[0]).toMatchObject({
      ...{ state: 'finished', imagesLeft: 2, consentedAt: 352, atTrial: 2, excluded: null, paper: [] },
      sittings: [
        { key: 'x', openedAt: 331, openedMs: null, notes: [{ seq: 8, storedAt: 343 }, { seq: 9 }] },
        { key: 'y', openedAt: 330, notes: [{ seq: 8 }, { seq: 9 }] },
      ],
    });
    expect(
      all.sessions[1]?.events.map(({ sitting, seq, trial, choice, late, storedAt }) => [
        sitting,
        seq,
        trial,
        choice,
        late,
        storedAt,
      ]),
    ).toEqual([
      [0, 0, 0, 0, null, 340],
      [0, 1, 2, 0, null, 341],
      [1, 0, 1, 1, null, 340],
      [1, 1, 2, 1, 'image', 341],
    ]);
    expect(all.sessions[1]?.sittings[0]).toMatchObject({ claimedAt: 390, openedMs: 2.5 });
    expect(all.sessions[2]?.paper).toEqual([
      { pass: 1, trial: 1, choice: 0, enteredAt: 351 },
      { pass: 2, trial: 0, choice: null, enteredAt: 350 },
    ]);
    expect(() => storage.archives.study(99)).toThrow('no study 99');
    expect(() => storage.archives.run('none')).toThrow('no run none');
    expect(() => storage.archives.set(hash(5))).toThrow('no stimulus set');
  });

  test('comes into another folder as it went, and what was open has ended', async () => {
    const { storage, id } = filled();
    const { all, pieces } = archived(storage, id);
    const other = temporaryStorage();
    fill(other, 'neighbour', 500);
    const tables = [
      'study',
      'study_run',
      'study_stimulus_set',
      'study_labeler',
      'run',
      'response',
      'labeling_session',
      'setting',
    ];
    const rows = () => tables.map((table) => JSON.stringify(sql(other.folder, `SELECT * FROM ${table}`)));
    const before = rows();
    const found = await importInto(other, pieces, 'copy', hash(302));
    expect(found).toMatchObject({
      ...{
        added: 4,
        reused: 0,
        sessions: { added: 3, here: 0, withdrawn: 0 },
        stillHere: [],
        lock: 'held',
        isLocked: true,
      },
    });
    rows()
      .slice(0, 7)
      .forEach((after, k) => expect(after.startsWith(before[k]?.slice(0, -1) ?? '-'), tables[k]).toBe(true));
    const copy = archived(other, found.studyId).all;
    const named = (text: string) => JSON.parse(text.replaceAll('"name":"own"', '"name":"copy"')) as unknown;
    const ended = (given: typeof all) =>
      given.runs.map((run) => ({
        ...run,
        attempts: run.attempts.map((attempt) => ({
          ...attempt,
          endedAt: attempt.endedAt ?? attempt.startedAt,
          outcome: attempt.outcome ?? 'lost',
        })),
      }));
    expect(copy.study).toEqual(named(JSON.stringify(all.study)));
    expect(copy.runs).toEqual(ended(all));
    expect({ ...copy, study: null, runs: null }).toEqual({ ...all, study: null, runs: null });
    expect(other.studies.byName('copy')?.id).toBe(found.studyId);
    // Answers of kits count by the date of their sitting.
    const kit = other.labeling.sessions.ofStudy(found.studyId)[1];
    expect(other.labeling.log.events(kit?.id ?? 0).map(({ storedAt, trial }) => [storedAt, trial])).toEqual([
      [340, 1],
      [341, 2],
      [340, 0],
      [341, 2],
    ]);
    expect(
      other.labeling.sessions.ofStudy(found.studyId).map(({ answered, token }) => [answered, token.length]),
    ).toEqual([
      [3, 22],
      [3, 22],
      [3, 22],
    ]);
  });

  test('a second time adds no run and no label, and other labels open the lock', async () => {
    const { storage, id } = filled();
    const count = () =>
      sql(
        storage.folder,
        'SELECT (SELECT count(*) FROM run), (SELECT count(*) FROM response), (SELECT count(*) FROM labeling_session) AS n',
      );
    const before = count();
    const found = await importInto(storage, archived(storage, id).pieces, 'again', hash(301));
    expect(found).toMatchObject({ added: 0, reused: 4, sessions: { added: 0, here: 3, withdrawn: 0 }, lock: 'opened' });
    expect(count()).toEqual(before);
    expect(storage.archives.labeling(found.studyId).locks.map(({ openedAt }) => openedAt)).toEqual([355, 777]);
    expect(storage.archives.labeling(id).locks.map(({ openedAt }) => openedAt)).toEqual([355, null]);
  });

  test('other labels of the same people are refused, with their number and the studies that have them', async () => {
    const { storage, id } = filled();
    const { pieces } = archived(storage, id);
    const labeler = storage.labelers.ofStudy(id).find(({ pseudonym }) => pseudonym === 'P1');
    const add = (imageId: number, label: number) =>
      storage.responses.add(
        { setHash: hash(300_050), imageId, labelerId: labeler?.id ?? 0, label, source: 'csv:300' },
        900,
      );
    add(1, 0);
    add(2, 2);
    await expect(importInto(storage, pieces, 'again', null)).rejects.toMatchObject({
      code: 'labels.conflict',
      message: expect.stringContaining('other labels of P1, who is in this data folder already: 2 differ'),
      where: 'study "own"',
      remedy: 'Import it into another data folder, or first delete "own" permanently.',
    });
  });

  test('what a withdrawal takes is in no archive; its trace is', () => {
    const { storage, id } = filled();
    const session = storage.labeling.sessions.ofStudy(id)[0];
    if (!session) throw new Error('no session');
    storage.labeling.withdrawals.withdraw(session, 950);
    const { all } = archived(storage, id);
    expect(all.sessions.map((one) => one?.place)).toEqual([1, 2]);
    expect(all.labeling.withdrawals).toMatchObject([
      { trace: hash(300), withdrawnAt: 950, name: { salt: expect.any(String) } },
    ]);
    expect(storage.labeling.withdrawals.datesOfStudy(id)).toEqual([950]);
    expect(JSON.stringify(all)).not.toContain('S3000');
  });
});
