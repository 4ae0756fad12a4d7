import { expect } from 'vitest';
import { piecesOf } from '../../../main/contributions/archives/pieces.ts';
import type { CheckedArchive } from '../../../main/contributions/archives/read-archive.ts';
import type { ModelRole } from '../../../main/contract/runs/run.ts';
import type { ArchivePiece } from '../../../main/contributions/archives/storage/pieces.ts';
import { type NewPanel, panelsOf } from '../../../main/contributions/answers/storage/panels.ts';
import { runAtOnce } from '../../../main/storage/batches.ts';
import type { Storage } from '../../../main/storage/open.ts';
import { classifierTask, generatorTask, newRun } from '../../executors/counting-tasks.ts';
import { plan, screen } from '../../services/labeling/labeling-helper.ts';
import { environment, hash, stimulusSet, study } from '../../storage/records.ts';
import { classifierResult, snapshot, started } from '../../storage/run-helper.ts';
import { deskTables } from '../../../main/contributions/desk/storage/tables.ts';
import { offlineTables } from '../../../main/contributions/offline/storage.ts';
import { archivesOf } from '../../../main/contributions/archives/storage/archives.ts';

const model = (seed: number): ModelRole => ({ modelName: 'MLP', group: 'seeds', repeat: 1, seed });

/** Adds a study with one of everything; `n` tells its rows from those of others. */
export const fillStudy = (storage: Storage, name: string, n: number): number =>
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
      hash: 'dataSetHash' in trained ? trained.dataSetHash : '',
      name: 'MNIST',
      classes: ['0', '1'],
      height: 28,
      width: 28,
      trainCount: 6,
      testCount: 1,
      channels: 1 as const,
      mean: [0.1],
      std: [0.3],
      source: { source: 'mnist' as const },
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
        setHash: hash(second),
        source,
        simulated,
        rows: pseudonyms.map((pseudonym, imageId) => ({ imageId, pseudonym, label: imageId })),
      },
      n + 20,
    );
  const people = table(`csv:${n}`, ['P2', 'P1', 'P3'], false);
  studies.useLabelers(id, people, n + 21);
  const kept = people.slice(0, 2);
  studies.useLabelers(id, [...kept, ...table(`rehearsal:${n}`, ['sim-01'], true)], n + 22);

  const desk = deskTables(storage);
  const { paper } = offlineTables(storage);
  const planId = desk.plans.save(id, plan({ instructions: name }), n + 23).id;
  desk.plans.save(id, plan({ instructions: `${name}, again` }), n + 24);
  const sessions = [0, 1, 2].map((place) => {
    const labelerId = storage.labelers.ensure(
      { pseudonym: `S${n}${place}`, simulated: false, source: `labeling:${hash(n + place)}` },
      n,
    );
    return desk.sessions.add(
      {
        studyId: id,
        planId,
        setHash: hash(second),
        labelerId,
        token: `${n}-${place}`.padStart(22, 'x'),
        medium: place === 1 ? 'kit' : place === 2 ? 'paper' : 'screen',
        place,
        trials: [0, 1, 2].map((image) => ({ image, kind: 'real', block: 1 + (image % 2) })),
      },
      n + 25,
    );
  }) as [number, number, number];
  sessions.forEach((session, place) => {
    const { log } = desk;
    const open = (key: string, openedAt: number) =>
      log.ensureSitting(session, key, {
        medium: place === 1 ? 'kit' : 'screen',
        openedAt,
        openedMs: place === 0 ? null : 2.5,
        screen,
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
      if (k === 0) desk.sessions.restartClock(session);
    });
  });
  paper.saveEntry(sessions[2], { pass: 2, trial: 0, choice: null }, n + 50);
  paper.saveEntry(sessions[2], { pass: 1, trial: 1, choice: n % 3 }, n + 51);
  desk.sessions.recordConsent(sessions[0], n + 52);
  desk.sessions.setState(sessions[0], 'finished', n + 53, 2);
  desk.sessions.setExcluded(sessions[1], `asleep ${n}`);
  addPanels(storage, { studyId: id, setHash: hash(second), source: `csv:${n}` }, n + 60);
  const lock = (k: number) => ({ hash: hash(n + k), sessions: k, labels: k, reason: 'researcher' as const });
  labeling.locks.set(id, lock(1), n + 54);
  labeling.locks.set(id, lock(2), n + 55);
  return id;
}

/** One of sets, by a labeler of the study and by somebody else, and one of counts. */
function addPanels(storage: Storage, of: Pick<NewPanel, 'studyId' | 'setHash' | 'source'>, now: number): void {
  const panels = panelsOf(storage);
  const findings = { rows: 2, images: 2, unknownImages: { count: 1, names: ['x'] }, empty: 0, withdrawn: 0 };
  const panel = { ...of, findings, key: hash(now) };
  const sets = ['P1', 'Q1'].map((pseudonym) => ({ pseudonym, amount: 2, answers: '[[0,[1]],[2,[0,1]]]' }));
  runAtOnce(panels.importSteps({ ...panel, kind: 'set' }, sets, now))();
  const counts = [{ pseudonym: null, amount: 3, answers: '[[1,[[0,1],[2,2]]]]' }];
  const used = runAtOnce(panels.importSteps({ ...panel, kind: 'counts' }, counts, now + 1))();
  panels.use(of.studyId, used);
}

/** The study as an archive that was read and checked. */
export function archived(storage: Storage, id: number) {
  const archives = archivesOf(storage);
  const study = archives.study(id);
  const sessions = archives.sessions(id).map((one) => archives.session(one));
  const panels = archives.panels(id).flatMap((panel) => archives.panel(panel) ?? []);
  const read = {
    study,
    labeling: archives.labeling(id),
    runKeys: archives.runKeys(id),
    run: async (key: string) => archives.run(key),
    sets: [...new Set(study.sets.map((set) => set.hash))].map((set) => archives.set(set)),
    responses: archives.responses(id),
    async *panels() {
      for (const panel of panels) yield panel;
    },
    async *sessions() {
      for (const one of sessions) if (one) yield one;
    },
  };
  const all = { ...read, sessions, panels, runs: read.runKeys.map((key) => archives.run(key)) };
  return { pieces: piecesOf(read as unknown as CheckedArchive), all: JSON.parse(JSON.stringify(all)) as typeof all };
}

export type PieceOf<Kind extends ArchivePiece['kind']> = Extract<ArchivePiece, { kind: Kind }>;

/** Starts an import, with a study and no more; `finish` completes it. */
export function begin(storage: Storage, now = 1000) {
  const incoming = archivesOf(storage).startImport(now);
  const take = (piece: ArchivePiece) =>
    storage.transaction(() => {
      for (const _ of incoming.steps(piece));
    });
  take({ kind: 'study', name: 'incoming', createdAt: 5, dataSets: [] });
  const finish = (name = 'incoming') => {
    take({ kind: 'specs', specs: [{ spec: { ...study(name), name }, at: 6 }] });
    return storage.transaction(() => incoming.finish(name, null));
  };
  return { incoming, take, finish };
}

/** Removes what imports that did not end left. */
export const undo = (storage: Storage): void => {
  const steps = storage.removeUnfinished(900);
  while (storage.transaction(() => steps.next()).done !== true);
};

export const newStudy = (storage: Storage, name: string, set?: number): number => {
  const id = storage.studies.put(name, { ...study(name), name }, 1);
  if (set !== undefined) storage.studies.useStimuli(id, hash(set), 1);
  return id;
};

export const person = (pseudonym: string, source = 'csv:1') => ({ pseudonym, source, simulated: false });
/** Labels of images 0, 1, ... of a set. */
export const said = (set: number, labels: readonly (number | null)[], at = 1): PieceOf<'responses'> => ({
  kind: 'responses',
  log: labels.map((label, imageId) => ({ setHash: hash(set), imageId, label, at, source: 'csv:1' })),
});
