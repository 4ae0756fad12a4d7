/** Rows of archives that are at a limit: which are exported, and which come in. */
import { describe, expect, test } from 'vitest';
import type { ArchivePiece } from '../../../main/contributions/archives/storage/pieces.ts';
import { classifierTask, generatorTask, newRun } from '../../executors/counting-tasks.ts';
import { plan } from '../../services/labeling/labeling-helper.ts';
import { archived, begin, newStudy, person, type PieceOf, said } from './full-study.ts';
import { environment, hash, stimulusSet, study } from '../../storage/records.ts';
import { classifierResult, started } from '../../storage/run-helper.ts';
import { sql, temporaryStorage } from '../../storage/storage-helper.ts';
import { archivesOf } from '../../../main/contributions/archives/storage/archives.ts';
import { deskTables } from '../../../main/contributions/desk/storage/tables.ts';

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
    const neighbor = JSON.stringify(sql(to.folder, 'SELECT * FROM run'));
    const { incoming, take } = begin(to);
    for await (const some of pieces) for (const piece of some) if (piece.kind !== 'study') take(piece);
    to.transaction(() => incoming.finish('states', null));
    expect(all.runs.map(({ key }) => archivesOf(to).run(key))).toEqual(all.runs);
    expect(all.runs.map(({ key }) => to.runs.byKey(key)?.attempts)).toEqual([0, 0, 1, 1, 1, 1, 1]);
    expect(JSON.stringify(sql(to.folder, `SELECT * FROM run WHERE id = ${beside}`))).toBe(neighbor);
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
    } = archivesOf(from).run(run.key);
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
      hash: n.repeat(64),
      name: n,
      classes: ['0', '1'],
      height: 28,
      width: 28,
      trainCount: 6,
      testCount: 1,
      channels: 1 as const,
      mean: [0.1],
      std: [0.3],
      source: { source: 'mnist' as const },
    });
    // Versions that know no counts of classes read the archive, too.
    const classCounts = { train: [3, 3], test: [1, 0] };
    for (const n of ['c', 'd']) storage.dataSets.put({ ...dataSet(n), classCounts }, 1);
    const queue = (of: number, seed: number): number => {
      const { id } = storage.runs.ensure(newRun(classifierTask(seed)), seed);
      storage.studyRuns.link(of, `role/${seed}`, id, null, seed);
      return id;
    };
    const [one, , foreign] = [queue(own, 1), queue(own, 2), queue(other, 3)];
    expect(archivesOf(storage).study(own).dataSets).toEqual([dataSet('d')]);
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
    expect(
      archivesOf(storage)
        .study(own)
        .predictions.map(({ model, setHash }) => [model, setHash]),
    ).toEqual([
      ['m1', hash(10)],
      ['m2', hash(10)],
      ['m2', hash(20)],
    ]);
    expect(
      archivesOf(storage)
        .study(other)
        .predictions.map(({ model }) => model),
    ).toEqual(['m5']);
    expect(archivesOf(storage).runKeys(own)).toHaveLength(2);
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
    const planId = deskTables(storage).plans.save(own, plan(), 1).id;
    const trials = [{ image: 0, kind: 'real', block: 1 }] as const;
    const sessionOf = (pseudonym: string, place: number, labels: boolean): void => {
      const labelerId = storage.labelers.ensure(person(pseudonym, `labeling:${hash(place)}`), 1);
      const token = pseudonym.padStart(22, 'x');
      const rest = { studyId: own, planId, setHash: hash(10), medium: 'screen' as const, trials };
      deskTables(storage).sessions.add({ ...rest, labelerId, token, place }, 1);
      const response = { setHash: hash(10), imageId: 0, labelerId, label: 0, source: 'csv:1' };
      if (labels) storage.responses.add(response, 1);
    };
    sessionOf('S1', 1, true);
    sessionOf('S2', 2, false);
    const names = (id: number) =>
      archivesOf(storage)
        .responses(id)
        .labelers.map(({ pseudonym, log }) => [pseudonym, log.map(({ label }) => label)]);
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
      kind: 'labeler',
      labeler: { ...person(pseudonym), links: links.slice(0, count) },
      firstAt: 1,
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
    interface Sets {
      /** Sets that the archive has labels of, sets of its study, the set of the study here, and of the labels here. */
      there?: number[];
      linked?: number[];
      shown?: number;
      here?: number;
    }
    const differences = (
      here: readonly (number | null)[],
      there: readonly (number | null)[],
      { there: sets = [10], linked = [10, 20], shown = 10, here: own = 10 }: Sets = {},
    ) => {
      const storage = temporaryStorage();
      for (const n of [10, 20]) storage.stimulusSets.put(stimulusSet(n), 1);
      const live = newStudy(storage, 'live', shown);
      const rows = here.map((label, imageId) => ({ imageId, pseudonym: 'P', label }));
      const ids = storage.responses.importTable({ setHash: hash(own), source: 'csv:1', simulated: false, rows }, 1);
      storage.studies.useLabelers(live, ids, 1);
      const { take, finish } = begin(storage);
      take({
        kind: 'sets',
        sets: linked.map((n) => ({ hash: hash(n), linkedAt: n, replacedAt: n < 20 ? 1 : null })),
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
    expect(differences([0, 1], [0, 1], { there: [10, 20] }).why).toBe('none');
    // What the archive lacks differs as well: the study has the set.
    expect(differences([0, 1], [0, 1], { there: [20] }).why).toBe('2 differ');
    expect(differences([0, 1], [0, 1], { there: [20], linked: [20] }).why).toBe('none');
    // Labels that no study shows differ too, and a set without labels here hides no other.
    expect(differences([0, 1], [1, 1], { shown: 20 }).why).toBe('1 differs');
    expect(differences([0, 1], [1, 1], { there: [10, 20], shown: 20, here: 20 }).why).toBe('1 differs');
    expect(differences([], [0, 1]).why).toBe('none');
  });

  test('new labels of a person whose session is on the set are differences; of one who is elsewhere they are new', () => {
    for (const own of [10, 20]) {
      const storage = temporaryStorage();
      for (const n of [10, 20]) storage.stimulusSets.put(stimulusSet(n), 1);
      const live = newStudy(storage, 'live', own);
      const planId = deskTables(storage).plans.save(live, plan(), 1).id;
      const source = `csv:${own}`;
      const labelerId = storage.labelers.ensure(person('P', source), 1);
      const trials = [{ image: 0, kind: 'real', block: 1 }] as const;
      const session = { studyId: live, planId, labelerId, token: 'x'.repeat(22), medium: 'screen', place: 0 } as const;
      deskTables(storage).sessions.add({ ...session, setHash: hash(own), trials }, 1);
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
    for (const before of [0, 2]) {
      const storage = temporaryStorage();
      const live = newStudy(storage, 'live');
      const leave = (pseudonym: string): void => {
        const id = storage.labelers.ensure(person(pseudonym), 1);
        storage.studies.useLabelers(live, [id], 1);
        const labeler = storage.labelers.get(id);
        if (labeler) storage.labeling.withdrawals.withdrawLabeler(live, labeler, 2);
      };
      for (let n = 0; n < before; n++) leave(`early ${n}`);
      const own = { trace: hash(70), name: null, withdrawnAt: 2 };
      const first = begin(storage);
      first.take({ kind: 'withdrawals', withdrawals: [own, { ...own, name: { salt: 's', hash: hash(71) } }] });
      expect(first.finish('first')).toMatchObject({ added: 0, sessions: { withdrawn: 0 }, lock: null });
      expect(archivesOf(storage).labeling(first.incoming.studyId).withdrawals).toEqual([
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

test('an import has no study before its first piece; the last of its locks holds, or none', () => {
  const storage = temporaryStorage();
  const fresh = archivesOf(storage).startImport(1);
  expect([fresh.studyId, fresh.name, fresh.isLocked]).toEqual([0, '', false]);
  const lock = (n: number, openedAt: number | null) => ({
    hash: hash(n),
    sessions: n,
    labels: n,
    reason: 'researcher' as const,
    lockedAt: n,
    openedAt,
  });
  const cases = [
    { locks: [lock(1, null)], labels: hash(1), held: 'held', opened: [null] },
    { locks: [lock(1, null)], labels: hash(2), held: 'opened', opened: [1000] },
    { locks: [lock(1, 5), lock(2, 6), lock(3, null)], labels: hash(3), held: 'held', opened: [5, 6, null] },
    { locks: [lock(1, 5), lock(2, 6), lock(3, null)], labels: hash(1), held: 'opened', opened: [5, 6, 1000] },
    { locks: [lock(1, 5), lock(2, 6)], labels: hash(2), held: null, opened: [5, 6] },
    { locks: [], labels: null, held: null, opened: [] },
  ];
  cases.forEach(({ locks, labels, held, opened }, n) => {
    const { take, incoming } = begin(storage);
    take({ kind: 'locks', locks });
    take({ kind: 'specs', specs: [{ spec: { ...study(`s${n}`), name: `s${n}` }, at: 6 }] });
    expect(incoming.isLocked).toBe(held !== null);
    expect(storage.transaction(() => incoming.finish(`s${n}`, labels)).lock).toBe(held);
    expect(
      archivesOf(storage)
        .labeling(incoming.studyId)
        .locks.map(({ openedAt }) => openedAt),
    ).toEqual(opened);
  });
});
