import { z } from 'zod';
import type {
  LabelingArchive,
  ResponsesArchive,
  RunArchive,
  SessionArchive,
  StimulusSetArchive,
  StudyArchive,
} from '../../contract/archive.ts';
import type { RunState } from '../../contract/run.ts';
import type { Database } from '../database.ts';
import { LabelingWithdrawals } from '../labeling/withdrawals.ts';
import { Settings } from '../settings.ts';
import {
  exportLabeling,
  exportResponses,
  exportRun,
  exportSession,
  exportSet,
  exportStudy,
  runKeys,
  type SessionSnapshot,
  sessionSnapshots,
} from './export-study.ts';
import { type ImportedStudy, importRun, importStudy, findRun, metricPieces } from './import-study.ts';

/** Setting that names the runs of an import that has not ended. */
const unfinished = 'archive.unfinished';
const unfinishedSchema = z.array(z.int());

/** Runs removed in one transaction. */
const runsAtATime = 10;

/** Studies as they go into archives and come out of them, row by row. */
export class Archives {
  readonly #db: Database;
  readonly #settings: Settings;
  readonly #withdrawals: LabelingWithdrawals;

  constructor(database: Database) {
    this.#db = database;
    this.#settings = new Settings(database);
    this.#withdrawals = new LabelingWithdrawals(database);
  }

  study(studyId: number): StudyArchive {
    return exportStudy(this.#db, studyId);
  }

  /** Keys of all runs that have or had a place in the study. */
  runKeys(studyId: number): string[] {
    return runKeys(this.#db, studyId);
  }

  /** One that runs now is given as interrupted. */
  run(key: string): RunArchive {
    return exportRun(this.#db, key);
  }

  set(hash: string): StimulusSetArchive {
    return exportSet(this.#db, hash);
  }

  responses(studyId: number): ResponsesArchive {
    return exportResponses(this.#db, studyId);
  }

  /** What the study's sessions have in common. */
  labeling(studyId: number): LabelingArchive {
    return exportLabeling(this.#db, studyId);
  }

  /** The study's sessions as they stand now; what is stored later is not in what `session` gives. */
  sessions(studyId: number): SessionSnapshot[] {
    return sessionSnapshots(this.#db, studyId);
  }

  /** undefined: it is gone meanwhile. */
  session(snapshot: SessionSnapshot): SessionArchive | undefined {
    return exportSession(this.#db, snapshot);
  }

  findRun(key: string): { id: number; state: RunState } | undefined {
    return findRun(this.#db, key);
  }

  /**
   * Adds a run in pieces, each a transaction of a few milliseconds: whoever runs them lets others work between them.
   * Until `finish` the run counts as part of an import that may still fail.
   */
  *addRun(run: RunArchive, now: number): Generator<void> {
    const id = this.#db.transaction(() => {
      const added = importRun(this.#db, run);
      this.#settings.set(unfinished, [...this.#unfinished(), added], now);
      return added;
    });
    yield;
    for (const piece of metricPieces(this.#db, id, run)) {
      this.#db.transaction(piece);
      yield;
    }
  }

  /** Adds the study and ends the import, in one transaction. @throws UserError `stimuli.conflict`, `labeler.conflict`, `labels.conflict` */
  finish(imported: ImportedStudy, now: number): ReturnType<typeof importStudy> {
    return this.#db.transaction(() => {
      const added = importStudy(this.#db, imported);
      this.#settings.set(unfinished, [], now);
      return added;
    });
  }

  /** Takes back the runs of an import that did not end, piece by piece. Those that a study uses by now stay. */
  *removeUnfinished(now: number): Generator<void> {
    const left = this.#unfinished();
    while (left.length > 0) {
      const ids = left.splice(0, runsAtATime);
      this.#db.transaction(() => {
        this.#removeUnused(ids);
        this.#settings.set(unfinished, left, now);
      });
      yield;
    }
  }

  /**
   * Deletes a study for good, with its labeling sessions and what was said in them, and the runs that no study has or had
   * a place for, piece by piece. Its labels go too, unless
   * another study has the same labelers. Images stay.
   */
  *remove(studyId: number): Generator<void> {
    const ids = this.#db
      .all<{ id: number }>('SELECT DISTINCT run_id AS id FROM study_run WHERE study_id = ?', studyId)
      .map(({ id }) => id);
    this.#db.transaction(() => {
      this.#withdrawals.deleteForStudy(studyId);
      this.#db.run('DELETE FROM study WHERE id = ?', studyId);
    });
    yield;
    while (ids.length > 0) {
      const piece = ids.splice(0, runsAtATime);
      this.#db.transaction(() => this.#removeUnused(piece));
      yield;
    }
  }

  #unfinished(): number[] {
    return this.#settings.get(unfinished, unfinishedSchema) ?? [];
  }

  #removeUnused(ids: readonly number[]): void {
    const unused = `SELECT value FROM json_each(?) WHERE value NOT IN (SELECT run_id FROM study_run)`;
    const list = JSON.stringify(ids);
    this.#db.run(`DELETE FROM prediction WHERE run_id IN (${unused})`, list);
    this.#db.run(`DELETE FROM run WHERE id IN (${unused})`, list);
  }
}
