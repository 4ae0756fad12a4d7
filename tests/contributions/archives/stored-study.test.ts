import { describe, expect, test } from 'vitest';
import type { piecesOf } from '../../../main/contributions/archives/pieces.ts';
import type { Storage } from '../../../main/storage/open.ts';
import { archived, fillStudy } from './full-study.ts';
import { environment, hash } from '../../storage/records.ts';
import { sql, temporaryStorage } from '../../storage/storage-helper.ts';
import { archivesOf } from '../../../main/contributions/archives/storage/archives.ts';
import { sessionTables } from '../../../main/contributions/sessions/storage/tables.ts';

async function importInto(storage: Storage, pieces: ReturnType<typeof piecesOf>, name: string, labels: string | null) {
  const incoming = archivesOf(storage).startImport(777);
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
    fillStudy(storage, 'before', 200);
    const id = fillStudy(storage, 'own', 300);
    fillStudy(storage, 'after', 400);
    return { storage, id };
  };
  const leaving = () => {
    const { storage, id } = filled();
    return archived(storage, id).all;
  };

  test('leaves with its settings, sets, links and predictions, in order', () => {
    const all = leaving();
    expect(all.study).toMatchObject({
      name: 'own',
      createdAt: 300,
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
  });

  test('leaves with its runs', () => {
    const all = leaving();
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
      state: 'failed',
      failure: { message: 'no', detail: 'd300' },
      progress: { done: 2, total: 9, note: 'p2' },
      checkpoints: [{ step: 5 }, { step: 6 }],
      snapshots: [{ target: 97.5 }, { target: 98 }],
      log: [{ message: 'm2' }],
      metrics: [
        { series: 'accuracy', steps: [1], values: [2] },
        { series: 'loss', steps: [1, 2], values: [3, 4] },
      ],
      attempts: [{ attempt: 1, claimedAt: 310, endedAt: 315, outcome: 'failed' }],
    });
    expect(open).toMatchObject({ state: 'interrupted', endedAt: null, grids: [{ step: 1, at: 312 }, { step: 2 }] });
    expect(open?.grids).toHaveLength(2);
    expect(JSON.stringify(all.runs)).not.toContain(`"host":"${environment.machine.host}"`);
  });

  test('leaves with its labelers and panels', () => {
    const all = leaving();
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
      // Only in a panel.
      ['Q1', false, 1, 0],
    ]);
    expect(all.panels).toMatchObject([
      { kind: 'set', used: false, people: [{ labeler: { pseudonym: 'P1' } }, { labeler: { pseudonym: 'Q1' } }] },
      {
        kind: 'counts',
        used: true,
        counts: [
          [
            1,
            [
              [0, 1],
              [2, 2],
            ],
          ],
        ],
      },
    ]);
    expect(all.responses.labelers[2]).toMatchObject({
      links: [{ linkedAt: 321, replacedAt: 322 }],
      log: [{ imageId: 2, label: 2, at: 320 }],
    });
  });

  test('leaves with its sessions, on the screen, as a kit and on paper', () => {
    const all = leaving();
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
      state: 'finished',
      imagesLeft: 2,
      consentedAt: 352,
      atTrial: 2,
      excluded: null,
      paper: [],
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
  });

  test('what is not there does not leave', () => {
    const { storage } = filled();
    expect(() => archivesOf(storage).study(99)).toThrow('no study 99');
    expect(() => archivesOf(storage).run('none')).toThrow('no run none');
    expect(() => archivesOf(storage).set(hash(5))).toThrow('no stimulus set');
  });

  test('comes into another folder as it went, and what was open has ended', async () => {
    const { storage, id } = filled();
    const { all, pieces } = archived(storage, id);
    const other = temporaryStorage();
    fillStudy(other, 'neighbour', 500);
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
      added: 4,
      reused: 0,
      sessions: { added: 3, here: 0, withdrawn: 0 },
      stillHere: [],
      lock: 'held',
      isLocked: true,
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
    expect(
      sessionTables(other)
        .log.events(kit?.id ?? 0)
        .map(({ storedAt, trial }) => [storedAt, trial]),
    ).toEqual([
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
    expect(
      archivesOf(storage)
        .labeling(found.studyId)
        .locks.map(({ openedAt }) => openedAt),
    ).toEqual([355, 777]);
    expect(
      archivesOf(storage)
        .labeling(id)
        .locks.map(({ openedAt }) => openedAt),
    ).toEqual([355, null]);
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
