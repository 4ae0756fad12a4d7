import type {
  LabelingArchive,
  PanelArchive,
  ResponsesArchive,
  RunArchive,
  SessionArchive,
  StimulusSetArchive,
  StudyArchive,
} from '../format.ts';
import type { Database, Storage, Studies } from '../../../storage/index.ts';
import { Panels } from '../../answers/storage/panels.ts';
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
import { exportPanel } from './export-panel.ts';
import { StudyImport } from './import-study.ts';

/** The archives' view of a database. */
export const archivesOf = ({ database, studies }: Pick<Storage, 'database' | 'studies'>): Archives =>
  new Archives(database, studies);

/** Reads studies for archives and stores studies from archives, row by row. */
export class Archives {
  readonly #db: Database;
  readonly #studies: Studies;

  constructor(database: Database, studies: Studies) {
    this.#db = database;
    this.#studies = studies;
  }

  study(studyId: number): StudyArchive {
    return exportStudy(this.#db, this.#studies, studyId);
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

  /** Ids of the study's panels, in the order in which they were imported. */
  panels(studyId: number): number[] {
    return new Panels(this.#db)
      .ofStudy(studyId)
      .map(({ id }) => id)
      .reverse();
  }

  /** Null if it was removed since. */
  panel(id: number): PanelArchive | null {
    return exportPanel(this.#db, id);
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

  /**
   * Everything that this connection reads from now on is of one moment, until the returned function is called. Only for
   * processes that write nothing.
   */
  holdMoment(): () => void {
    this.#db.exec('BEGIN');
    return () => this.#db.exec('COMMIT');
  }

  /** Starts to store a study from an archive. Nothing shows it before its last step. */
  startImport(now: number): StudyImport {
    return new StudyImport(this.#db, now);
  }
}
