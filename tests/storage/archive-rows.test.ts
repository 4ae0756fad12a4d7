/** Rows of archives that are at a limit: which are exported, and which come in. */
import { describe, expect, test } from 'vitest';
import type { ArchivePiece, Storage } from '../../main/storage/index.ts';
import { classifierTask, generatorTask, newRun } from '../executors/counting-tasks.ts';
import { plan, screen } from '../services/labeling/labeling-helper.ts';
import { archived, begin, fillStudy, newStudy, person, type PieceOf, said } from './full-study.ts';
import { environment, hash, stimulusSet } from './records.ts';
import { classifierResult, started } from './run-helper.ts';
import { sql, temporaryStorage } from './storage-helper.ts';

describe('runs', () => {
  test('of every state come in as they went', async () => {
    const from = temporaryStorage();
    const id = newStudy(from, 'states');
    const { runs } = from;
    const queue = (seed: number): number => {
      const run = runs.ensure(newRun(classifierTask(seed)), seed).id;
      from.studyRuns.link(id, `role/${seed}`, run, null, seed);
      return run;
    };
    const claim = (run: number, at: number): void => {
      runs.setRank(run, 1);
      expect(runs.claimNext(['wasm'], environment, at)?.id).toBe(run);
      runs.setRank(run, 0);
    };
    const [waiting, early, late, done, failed, crashed, again] = [1, 2, 3, 4, 5, 6, 7].map(queue) as [
      ...[number, number, number, number, number, number, number],
    ];
    expect(runs.get(waiting)?.state).toBe('queued');
    runs.cancel(early, 20);
    for (const run of [late, done, failed, crashed, again]) claim(run, 30 + run);
    runs.cancel(late, 40);
    runs.applyEvents(late, [started, { type: 'stopped', step: 3 }], 41);
    runs.applyEvents(done, [started, { type: 'progress', done: 5, total: 9, note: '' }, classifierResult([])], 42);
    runs.applyEvent(failed, { type: 'failed', message: 'no', detail: '' }, 43);
    runs.recordCrash(crashed, { message: 'died', detail: '' }, 5, 44);
    runs.recordCrash(again, { message: 'died', detail: '' }, 0, 45);
    runs.retry(again, 46);
    const { all, pieces } = archived(from, id);
    const states = ['queued', 'cancelled', 'cancelled', 'done', 'failed', 'interrupted', 'queued'];
    expect(all.runs.map(({ state }) => state)).toEqual(states);
    expect(all.runs.map(({ startedAt }) => startedAt)).toEqual([null, null, 33, 34, 35, 36, 37]);
    const to = temporaryStorage();
    const beside = to.runs.ensure(newRun(generatorTask(1)), 1).id;
    const neighbour = JSON.stringify(sql(to.folder, 'SELECT * FROM run'));
    const { incoming, take } = begin(to);
    for await (const some of pieces) for (const piece of some) if (piece.kind !== 'study') take(piece);
    to.transaction(() => incoming.finish('states', null));
    expect(all.runs.map(({ key }) => to.archives.run(key))).toEqual(all.runs);
    expect(all.runs.map(({ key }) => to.runs.byKey(key)?.attempts)).toEqual([0, 0, 1, 1, 1, 1, 1]);
    expect(JSON.stringify(sql(to.folder, `SELECT * FROM run WHERE id = ${beside}`))).toBe(neighbour);
    expect(sql(to.folder, 'SELECT * FROM study_run WHERE linked_at = 0')).toEqual([]);
  });

  test('an open attempt ends with the run, or when it began; a missing value is 0', () => {
    const from = temporaryStorage();
    const id = newStudy(from, 'open');
    const run = from.runs.ensure(newRun(classifierTask(1)), 3);
    from.studyRuns.link(id, 'role', run.id, null, 3);
    from.runs.claimNext(['wasm'], environment, 7);
    from.runs.applyEvent(run.id, started, 9);
    const {
      attempts,
      metrics: _m,
      checkpoints: _c,
      snapshots: _s,
      grids: _g,
      log: _l,
      ...head
    } = from.archives.run(run.key);
    expect(attempts).toMatchObject([{ claimedAt: 7, startedAt: 9, endedAt: null }]);
    const endOf = (
      headChange: Partial<typeof head>,
      change: Partial<(typeof attempts)[number]>,
    ): { ended: unknown; outcome: unknown } => {
      const to = temporaryStorage();
      const { take } = begin(to);
      take({ kind: 'run', run: { ...head, ...headChange }, attempts: 1 });
      const metrics = [{ series: 'loss', steps: [1, 2], values: [5] }];
      take({ kind: 'run-rows', rows: { attempts: attempts.map((one) => ({ ...one, ...change })), metrics } });
      // Until the study has its own link, one from no time holds the run.
      expect(sql(to.folder, 'SELECT role, linked_at AS at, replaced_at AS until FROM study_run')).toEqual([
        { role: `import/${run.key}`, at: 0, until: 0 },
      ]);
      const added = to.runs.byKey(run.key)?.id ?? 0;
      expect(to.runHistory.metrics(added, 'loss')).toEqual([
        { step: 1, value: 5 },
        { step: 2, value: 0 },
      ]);
      const [attempt] = to.runHistory.attempts(added);
      return { ended: attempt?.endedAt, outcome: attempt?.outcome };
    };
    expect(endOf({}, {})).toEqual({ ended: 9, outcome: 'lost' });
    expect(endOf({}, { startedAt: null })).toEqual({ ended: head.queuedAt, outcome: 'lost' });
    expect(endOf({ state: 'cancelled', endedAt: 12 }, {})).toEqual({ ended: 12, outcome: 'lost' });
    expect(endOf({}, { endedAt: 15, outcome: 'stopped' })).toEqual({ ended: 15, outcome: 'stopped' });
  });

  test('data sets and predictions are of the study’s runs and sets, each once', () => {
    const storage = temporaryStorage();
    const [own, other] = [newStudy(storage, 'own'), newStudy(storage, 'other')];
    const dataSet = (n: string) => ({
      ...{ hash: n.repeat(64), name: n, classes: ['0', '1'], height: 28, width: 28, trainCount: 6, testCount: 1 },
      ...{ mean: 0.1, std: 0.3, source: { source: 'mnist' as const } },
    });
    for (const n of ['c', 'd']) storage.dataSets.put(dataSet(n), 1);
    const queue = (of: number, seed: number): number => {
      const { id } = storage.runs.ensure(newRun(classifierTask(seed)), seed);
      storage.studyRuns.link(of, `role/${seed}`, id, null, seed);
      return id;
    };
    const [one, , foreign] = [queue(own, 1), queue(own, 2), queue(other, 3)];
    expect(storage.archives.study(own).dataSets).toEqual([dataSet('d')]);
    for (const n of [10, 20, 30]) storage.stimulusSets.put(stimulusSet(n), 1);
    for (const n of [10, 20]) storage.studies.useStimuli(own, hash(n), n);
    storage.studies.useStimuli(other, hash(30), 1);
    const put = (model: string, set: number, runId: number | null): void =>
      storage.predictions.put(
        { model, setHash: hash(set), softmax: hash(50), labels: hash(51), count: 3, classes: 3, runId },
        set,
      );
    put('m2', 20, one);
    put('m2', 10, one);
    put('m1', 10, null);
    put('m3', 10, foreign);
    put('m4', 30, one);
    put('m5', 30, null);
    expect(storage.archives.study(own).predictions.map(({ model, setHash }) => [model, setHash])).toEqual([
      ['m1', hash(10)],
      ['m2', hash(10)],
      ['m2', hash(20)],
    ]);
    expect(storage.archives.study(other).predictions.map(({ model }) => model)).toEqual(['m5']);
    expect(storage.archives.runKeys(own)).toHaveLength(2);
  });
});

describe('labelers', () => {
  test('are exported with a link or a label of the study’s sets, and unless they withdrew', () => {
    const storage = temporaryStorage();
    for (const n of [10, 20]) storage.stimulusSets.put(stimulusSet(n), 1);
    const [own, other] = [newStudy(storage, 'own', 10), newStudy(storage, 'other', 20)];
    const add = (pseudonym: string, set: number | null): number => {
      const id = storage.labelers.ensure(person(pseudonym), 1);
      if (set !== null)
        storage.responses.add({ setHash: hash(set), imageId: 0, labelerId: id, label: 1, source: 'csv:1' }, set);
      return id;
    };
    const [linked, both, foreign, leaves] = [add('L', null), add('B', 10), add('F', 10), add('W', 10)];
    storage.responses.add({ setHash: hash(20), imageId: 0, labelerId: both ?? 0, label: 2, source: 'csv:1' }, 30);
    storage.studies.useLabelers(own, [linked, both, leaves] as number[], 2);
    storage.studies.useLabelers(other, [foreign, both] as number[], 2);
    const planId = storage.labeling.plans.save(own, plan(), 1).id;
    const trials = [{ image: 0, kind: 'real', block: 1 }] as const;
    const sessionOf = (pseudonym: string, place: number, labels: boolean): void => {
      const labelerId = storage.labelers.ensure(person(pseudonym, `labeling:${hash(place)}`), 1);
      const token = pseudonym.padStart(22, 'x');
      const rest = { studyId: own, planId, setHash: hash(10), medium: 'screen' as const, trials };
      storage.labeling.sessions.add({ ...rest, labelerId, token, place }, 1);
      const response = { setHash: hash(10), imageId: 0, labelerId, label: 0, source: 'csv:1' };
      if (labels) storage.responses.add(response, 1);
    };
    sessionOf('S1', 1, true);
    sessionOf('S2', 2, false);
    const names = (id: number) =>
      storage.archives.responses(id).labelers.map(({ pseudonym, log }) => [pseudonym, log.map(({ label }) => label)]);
    expect(names(own)).toEqual([
      ['L', []],
      ['B', [1]],
      ['W', [1]],
      ['S1', [0]],
    ]);
    expect(names(other)).toEqual([
      ['B', [2]],
      ['F', []],
    ]);
    const leaving = storage.labelers.get(leaves ?? 0);
    if (!leaving) throw new Error('no labeler');
    storage.labeling.withdrawals.withdrawLabeler(own, leaving, 3);
    expect(names(own).map(([name]) => name)).toEqual(['L', 'B', 'S1']);
  });

  test('are known from their first label, else their first link, else from no time', () => {
    const storage = temporaryStorage();
    storage.stimulusSets.put(stimulusSet(10), 1);
    const { take } = begin(storage);
    const link = (linkedAt: number) => ({ linkedAt, replacedAt: linkedAt + 1 });
    const come = (pseudonym: string, links: PieceOf<'labeler'>['labeler']['links'], firstAt: number | null): void => {
      take({ kind: 'labeler', labeler: { ...person(pseudonym), links }, firstAt });
      take(said(10, [1]));
      take({ kind: 'labeler-end' });
    };
    come('A', [link(20), link(30)], 10);
    come('B', [link(20), link(30)], null);
    come('C', [], null);
    expect(sql(storage.folder, 'SELECT pseudonym, added_at AS at FROM labeler ORDER BY id')).toEqual([
      { pseudonym: 'A', at: 10 },
      { pseudonym: 'B', at: 20 },
      { pseudonym: 'C', at: 0 },
    ]);
    const linked = 'SELECT linked_at AS at, replaced_at AS until FROM study_labeler ORDER BY id';
    expect(sql(storage.folder, linked)).toEqual([20, 30, 20, 30, 0].map((at) => ({ at, until: at && at + 1 })));
    expect(sql(storage.folder, 'SELECT count(*) AS n FROM response')).toEqual([{ n: 3 }]);
  });

  test('come with one link at a step, and with the sets that they have no labels of', () => {
    const storage = temporaryStorage();
    for (const n of [10, 20, 30]) storage.stimulusSets.put(stimulusSet(n), 1);
    const live = newStudy(storage, 'live', 10);
    const rows = [{ imageId: 0, pseudonym: 'P', label: 0 }];
    const table = { setHash: hash(10), source: 'csv:1', simulated: false, rows };
    const ids = storage.responses.importTable(table, 1);
    storage.studies.useLabelers(live, ids, 1);
    const { incoming, take } = begin(storage);
    const stepsOf = (piece: ArchivePiece): number => storage.transaction(() => [...incoming.steps(piece)].length);
    const links = [1, 2, 3].map((at) => ({ linkedAt: at, replacedAt: at + 1 }));
    const labeler = (pseudonym: string, count: number): PieceOf<'labeler'> => ({
      ...{ kind: 'labeler', labeler: { ...person(pseudonym), links: links.slice(0, count) }, firstAt: 1 },
    });
    expect([0, 1, 2, 3].map((count) => stepsOf(labeler(`new ${count}`, count)))).toEqual([1, 1, 2, 3]);
    take(labeler('P', 1));
    for (const n of [20, 10, 30]) take(said(n, [0]));
    take({ kind: 'labeler-end' });
    expect([10, 20, 30].map((n) => storage.responses.log(hash(n), ids[0] ?? 0).length)).toEqual([1, 1, 1]);
    expect(sql(storage.folder, `SELECT count(*) AS n FROM study_labeler WHERE labeler_id = ${ids[0]}`)).toEqual([
      { n: 2 },
    ]);
  });

  test('their labels differ by image, a blank from none too, on sets that both have', () => {
    const differences = (here: readonly (number | null)[], there: readonly (number | null)[], sets = [10]) => {
      const storage = temporaryStorage();
      for (const n of [10, 20]) storage.stimulusSets.put(stimulusSet(n), 1);
      const live = newStudy(storage, 'live', 10);
      const rows = here.map((label, imageId) => ({ imageId, pseudonym: 'P', label }));
      const ids = storage.responses.importTable({ setHash: hash(10), source: 'csv:1', simulated: false, rows }, 1);
      storage.studies.useLabelers(live, ids, 1);
      const { take, finish } = begin(storage);
      take({
        kind: 'sets',
        sets: [10, 20].map((n) => ({ hash: hash(n), linkedAt: n, replacedAt: n < 20 ? 1 : null })),
      });
      const links = [{ linkedAt: 1, replacedAt: null }];
      take({ kind: 'labeler', labeler: { ...person('P'), links }, firstAt: 1 });
      for (const n of sets) take(said(n, there));
      take({ kind: 'labeler-end' });
      let why = 'none';
      try {
        finish();
      } catch (error) {
        why = error instanceof Error ? error.message : '';
      }
      return { why: why.replace(/.*already: /, ''), here: storage.responses.table(live, hash(10)).labels };
    };
    expect(differences([0, 1, 2], [0, 1, 2])).toEqual({ why: 'none', here: [[0, 1, 2]] });
    expect(differences([0, 1, 2], [0, 1, 0]).why).toBe('1 differs');
    expect(differences([0, 1, 2], [1, 2, 2]).why).toBe('2 differ');
    expect(differences([0, 1, null], [0, 1]).why).toBe('1 differs');
    expect(differences([0, null], [0, null, null]).why).toBe('1 differs');
    expect(differences([0, 1], [0, 1], [10, 20]).why).toBe('none');
    // What the archive lacks differs as well: the study has the set.
    expect(differences([0, 1], [0, 1], [20]).why).toBe('2 differ');
    expect(differences([], [0, 1]).why).toBe('none');
  });

  test('new labels of a person whose session is on the set are differences; of one who is elsewhere they are new', () => {
    for (const own of [10, 20]) {
      const storage = temporaryStorage();
      for (const n of [10, 20]) storage.stimulusSets.put(stimulusSet(n), 1);
      const live = newStudy(storage, 'live', own);
      const planId = storage.labeling.plans.save(live, plan(), 1).id;
      const source = `csv:${own}`;
      const labelerId = storage.labelers.ensure(person('P', source), 1);
      const trials = [{ image: 0, kind: 'real', block: 1 }] as const;
      const session = { studyId: live, planId, labelerId, token: 'x'.repeat(22), medium: 'screen', place: 0 } as const;
      storage.labeling.sessions.add({ ...session, setHash: hash(own), trials }, 1);
      const { take, finish } = begin(storage);
      take({ kind: 'sets', sets: [{ hash: hash(10), linkedAt: 1, replacedAt: null }] });
      const links = [{ linkedAt: 1, replacedAt: null }];
      take({ kind: 'labeler', labeler: { ...person('P', source), links }, firstAt: 1 });
      take(said(10, [0, 1]));
      take({ kind: 'labeler-end' });
      if (own === 20) expect(finish()).toMatchObject({ added: 0 });
      else expect(finish).toThrow(expect.objectContaining({ code: 'labels.conflict', where: 'study "live"' }));
      expect(storage.responses.log(hash(10), labelerId)).toHaveLength(own === 20 ? 2 : 0);
    }
  });

  test('who withdraws while an archive comes in stops it; withdrawals of the archive itself do not', () => {
    for (const before of [0, 1]) {
      const storage = temporaryStorage();
      const live = newStudy(storage, 'live');
      const leave = (pseudonym: string): void => {
        const id = storage.labelers.ensure(person(pseudonym), 1);
        storage.studies.useLabelers(live, [id], 1);
        const labeler = storage.labelers.get(id);
        if (labeler) storage.labeling.withdrawals.withdrawLabeler(live, labeler, 2);
      };
      if (before > 0) leave('early');
      const own = { trace: hash(70), name: null, withdrawnAt: 2 };
      const first = begin(storage);
      first.take({ kind: 'withdrawals', withdrawals: [own, { ...own, name: { salt: 's', hash: hash(71) } }] });
      expect(first.finish('first')).toMatchObject({ added: 0, sessions: { withdrawn: 0 }, lock: null });
      expect(storage.archives.labeling(first.incoming.studyId).withdrawals).toEqual([
        own,
        { ...own, name: { salt: 's', hash: hash(71) } },
      ]);
      const second = begin(storage);
      leave('late');
      expect(() => second.finish('second')).toThrow(expect.objectContaining({ code: 'archive.withdrawn' }));
    }
    const storage = temporaryStorage();
    const live = newStudy(storage, 'live');
    const { finish } = begin(storage);
    const id = storage.labelers.ensure(person('first of all'), 1);
    storage.studies.useLabelers(live, [id], 1);
    storage.labeling.withdrawals.withdrawLabeler(live, { id, ...person('first of all') }, 2);
    expect(sql(storage.folder, 'SELECT max(id) AS id FROM labeling_withdrawal')).toEqual([{ id: 1 }]);
    expect(() => finish()).toThrow(expect.objectContaining({ code: 'archive.withdrawn' }));
  });
});

describe('sessions', () => {
  const come = (
    storage: Storage,
    change: { clockAfter?: number; now?: number; sittings?: object[]; events?: object[] },
  ) => {
    storage.stimulusSets.put(stimulusSet(10), 1);
    const { take, finish, incoming } = begin(storage, change.now);
    take({ kind: 'sets', sets: [{ hash: hash(10), linkedAt: 1, replacedAt: null }] });
    const texts = { question: 1, labels: 1, instructions: 1, consent: 1 };
    take({ kind: 'plans', plans: [{ version: 3, plan: plan(), texts, savedAt: 1 }] });
    const times = { createdAt: 1, consentedAt: null, startedAt: null, lastSeenAt: null, finishedAt: null };
    const session = {
      ...{ pseudonym: 'P', source: `labeling:${hash(1)}`, plan: 3, setHash: hash(10), medium: 'kit', place: 4 },
      ...{ trials: [0, 1, 2].map((image) => [image, 2, 1]), state: 'planned', atTrial: null, imagesLeft: null },
      ...{ ...times, clockAfter: change.clockAfter ?? 0, excluded: null },
    } as unknown as PieceOf<'session'>['session'];
    take({ kind: 'session', session });
    const rows = { sittings: change.sittings ?? [], events: change.events ?? [] };
    take({ kind: 'session-rows', rows: rows as PieceOf<'session-rows'>['rows'] });
    take({ kind: 'session-end' });
    expect(finish()).toMatchObject({ sessions: { added: 1, here: 0, withdrawn: 0 } });
    const [stored] = storage.labeling.sessions.ofStudy(incoming.studyId);
    if (!stored) throw new Error('no session');
    return { session: stored, sittings: storage.labeling.log.sittings(stored.id), ...storage.labeling };
  };
  const sitting = (key: string, openedAt: number, change = {}) => ({
    ...{ key, medium: 'kit', openedAt, openedMs: 2.5, screen, ...change },
  });
  const event = (index: number, seq: number, storedAt: number, change = {}) => ({
    ...{ sitting: index, seq, trial: seq, kind: 'answer', choice: 1, shownMs: 1, atMs: 2, storedAt, late: null },
    ...change,
  });

  test('their clock counts the sittings that it counted', () => {
    const three = [sitting('a', 1), sitting('b', 1), sitting('c', 1)];
    for (const clockAfter of [0, 1, 3]) {
      const { session, sittings } = come(temporaryStorage(), { clockAfter, sittings: three });
      expect(session).toMatchObject({ place: 4, answered: 0, trialCount: 3 });
      expect(session.clockAfter).toBe(clockAfter === 0 ? 0 : sittings[clockAfter - 1]?.id);
    }
    const events = [event(0, 0, 1), event(0, 1, 1), event(0, 2, 1, { kind: 'undo', choice: null, trial: 1 })];
    expect(come(temporaryStorage(), { sittings: three, events }).session.answered).toBe(1);
  });

  test('of people who withdrew stay out, and links that held their labelers go', () => {
    const storage = temporaryStorage();
    const own = fillStudy(storage, 'own', 300);
    const beside = fillStudy(storage, 'beside', 400);
    const [gone, here] = storage.labeling.sessions.ofStudy(own);
    if (!gone || !here) throw new Error('no sessions');
    storage.labeling.withdrawals.withdraw(gone, 950);
    const links = () => storage.labelers.ofStudy(beside).map(({ pseudonym }) => pseudonym);
    const before = links();
    const { take, finish, incoming } = begin(storage);
    const texts = { question: 1, labels: 1, instructions: 1, consent: 1 };
    take({ kind: 'plans', plans: [{ version: 1, plan: plan(), texts, savedAt: 1 }] });
    take({ kind: 'sets', sets: [{ hash: hash(300_050), linkedAt: 1, replacedAt: null }] });
    const source = (n: number) => `labeling:${hash(n)}`;
    const session = {
      ...{ plan: 1, setHash: hash(300_050), medium: 'screen', place: 0, trials: [[0, 2, 1]], state: 'planned' },
      ...{ atTrial: null, createdAt: 1, consentedAt: null, startedAt: null, lastSeenAt: null, finishedAt: null },
      ...{ imagesLeft: null, clockAfter: 0, excluded: null },
    } as unknown as PieceOf<'session'>['session'];
    take({ kind: 'labeler', labeler: { ...person('New', source(7)), links: [] }, firstAt: null });
    take({ kind: 'labeler-end' });
    for (const [pseudonym, n] of [
      ['New', 7],
      [here.pseudonym, 301],
      [gone.pseudonym, 300],
    ] as const) {
      take({ kind: 'session', session: { ...session, pseudonym, source: source(n), place: n } });
      take({ kind: 'session-end' });
    }
    expect(finish()).toMatchObject({ sessions: { added: 1, here: 1, withdrawn: 1 } });
    expect(storage.labeling.sessions.ofStudy(incoming.studyId).map(({ pseudonym }) => pseudonym)).toEqual(['New']);
    expect(storage.labeling.withdrawals.datesOfStudy(incoming.studyId)).toEqual([950]);
    expect(sql(storage.folder, `SELECT * FROM study_labeler WHERE study_id = ${incoming.studyId}`)).toEqual([]);
    expect(links()).toEqual(before);
  });

  test('that are being deleted at the last step stop the import', () => {
    const storage = temporaryStorage();
    const own = fillStudy(storage, 'own', 300);
    fillStudy(storage, 'beside', 400);
    const [here] = storage.archives.sessions(own);
    if (!here) throw new Error('no session');
    const { take, finish } = begin(storage);
    const { clockAfter, row } = here;
    take({ kind: 'session', session: { ...row, clockAfter, trials: [[0, 2, 1]] } });
    storage.removals.markStudy(own);
    expect(finish).toThrow(expect.objectContaining({ code: 'archive.deleted-meanwhile' }));
  });

  test('a kit’s sitting began before its first event was stored, and before now', () => {
    const dates = (sittings: object[], events: object[], now = 10_000_000) => {
      const found = come(temporaryStorage(), { sittings, events, now });
      const rows = found.log.events(found.session.id);
      return [
        ...found.sittings.map(({ openedAt, openedMs, claimedAt }) => [openedAt, openedMs, claimedAt]),
        rows.length,
      ];
    };
    const stored = 1_000_000;
    const one = (openedAt: number, change = {}) => dates([sitting('a', openedAt, change)], [event(0, 0, stored)]);
    expect(one(stored)).toEqual([[stored, 2.5, null], 1]);
    expect(one(stored + 1)).toEqual([[stored, null, null], 1]);
    expect(one(stored + 300_000)).toEqual([[stored, null, null], 1]);
    expect(one(stored + 300_001)).toEqual([[stored, null, stored + 300_001], 1]);
    expect(one(stored + 300_001, { claimedAt: 77 })).toEqual([[stored, null, 77], 1]);
    expect(one(stored + 5, { medium: 'screen' })).toEqual([[stored + 5, 2.5, null], 1]);
    // Only its first event counts, and no event was stored after now.
    const two = [event(0, 0, stored + 9), event(0, 1, stored)];
    expect(dates([sitting('a', stored + 9)], two)).toEqual([[stored + 9, 2.5, null], 2]);
    expect(dates([sitting('a', stored + 9)], two, stored + 3)).toEqual([[stored + 3, null, null], 2]);
    expect(dates([sitting('a', stored + 9)], [])).toEqual([[stored + 9, 2.5, null], 0]);
  });

  test('answers of kits count by the date of their sitting, others as they came', () => {
    const storage = temporaryStorage();
    const sittings = [sitting('a', 50), sitting('b', 40), sitting('c', 60, { medium: 'screen' })];
    const events = [event(0, 0, 100), event(1, 0, 100, { choice: 2 }), event(2, 0, 100, { choice: 0 })];
    const { log, session } = come(storage, { sittings, events });
    expect(log.events(session.id).map(({ choice }) => choice)).toEqual([0, 2, 1]);
    expect(log.choice(session.id, 0)).toBe(1);
  });

  test('a snapshot leaves out what came later, and who is being deleted', () => {
    const storage = temporaryStorage();
    const own = fillStudy(storage, 'own', 300);
    const other = fillStudy(storage, 'other', 400);
    const [first, second, third] = storage.archives.sessions(own);
    if (!first || !second || !third) throw new Error('no sessions');
    const exported = () => JSON.stringify(storage.archives.session(first));
    const before = exported();
    const { log } = storage.labeling;
    const late = log.ensureSitting(first.id, 'late', { medium: 'screen', openedAt: 1, screen });
    log.add(first.id, late, { seq: 0, trial: 0, kind: 'answer', choice: 1, shownMs: 1, atMs: 2 }, 900);
    expect(exported()).toBe(before);
    expect(storage.archives.session(storage.archives.sessions(own)[0] ?? first)?.sittings).toHaveLength(3);
    const labelerOf = storage.labeling.sessions.get(second.id);
    if (!labelerOf) throw new Error('no session');
    storage.labeling.withdrawals.withdraw(labelerOf, 901);
    expect(storage.archives.session(second)).toBeUndefined();
    expect(storage.archives.session(third)?.place).toBe(2);
    storage.removals.markStudy(own);
    expect(storage.archives.session(third)).toBeUndefined();
    expect([own, other].map((id) => storage.archives.sessions(id).length)).toEqual([0, 3]);
    expect(temporaryStorage().archives.sessions(1)).toEqual([]);
  });
});
