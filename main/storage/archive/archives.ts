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
import { Removals } from '../removals.ts';
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

/** Name of the setting that lists the runs of an unfinished import. */
const unfinished = 'archive.unfinished';
const unfinishedSchema = z.array(z.int());

/** Runs deleted in one transaction. */
const runsAtATime = 10;

/** Reads studies for archives and stores studies from archives, row by row. */
export class Archives {
  readonly #db: Database;
  readonly #settings: Settings;
  readonly #removals: Removals;

  constructor(database: Database) {
    this.#db = database;
    this.#settings = new Settings(database);
    this.#removals = new Removals(database);
  }

  study(studyId: number): StudyArchive {
    return exportStudy(this.#db, studyId);
  }

  /** Keys of all current and earlier runs of the study. */
  runKeys(studyId: number): string[] {
    return runKeys(this.#db, studyId);
  }

  /** A running one is exported as interrupted. */
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

  /** The current state of the study's sessions. `session` leaves out later changes. */
  sessions(studyId: number): SessionSnapshot[] {
    return sessionSnapshots(this.#db, studyId);
  }

  /** undefined if it was deleted since. */
  session(snapshot: SessionSnapshot): SessionArchive | undefined {
    return exportSession(this.#db, snapshot);
  }

  findRun(key: string): { id: number; state: RunState } | undefined {
    return findRun(this.#db, key);
  }

  /**
   * Adds a run in pieces, each a transaction of a few milliseconds, so that the caller can do other work in between.
   * Until `finish`, the run counts as part of an unfinished import.
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

  /**
   * Adds the study and completes the import, in one transaction. @throws UserError `stimuli.conflict`,
   * `labeler.conflict`, `labels.conflict`
   */
  finish(imported: ImportedStudy, now: number): ReturnType<typeof importStudy> {
    return this.#db.transaction(() => {
      const added = importStudy(this.#db, imported);
      this.#settings.set(unfinished, [], now);
      return added;
    });
  }

  /** Deletes the runs of an unfinished import, piece by piece, but for those that another study uses. */
  *removeUnfinished(now: number): Generator<void> {
    const left = this.#unfinished();
    while (left.length > 0) {
      const ids = left.splice(0, runsAtATime);
      this.#db.transaction(() => {
        for (const id of ids) this.#removals.removeUnusedRun(id);
        this.#settings.set(unfinished, left, now);
      });
      yield;
    }
  }

  #unfinished(): number[] {
    return this.#settings.get(unfinished, unfinishedSchema) ?? [];
  }
}
