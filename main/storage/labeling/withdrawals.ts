import { sha256 } from '../../files/blobs.ts';
import type { Database } from '../database.ts';
import { oweScrub } from '../scrub.ts';
import type { LabelerRecord, NewLabeler } from '../labelers.ts';
import type { SessionRecord } from './sessions.ts';

/** Before the hash of a session's token, in the source of its labeler. */
const ofSessions = 'labeling:';

/** The source of a session's labeler: it says which session, and not by which address. */
export const sessionSource = (token: string): string => `${ofSessions}${sha256(token)}`;

/** What stays of a labeler who withdrew. */
const traceOf = ({ source, pseudonym }: Pick<NewLabeler, 'source' | 'pseudonym'>): string =>
  source.startsWith(ofSessions) ? source.slice(ofSessions.length) : sha256(`${source}\n${pseudonym}`);

/** Tables with rows of a session, children first. */
const ofSession = ['labeling_event', 'labeling_note', 'labeling_sitting', 'labeling_paper', 'labeling_kit'];

/** People who took back what they gave. */
export class LabelingWithdrawals {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /**
   * Deletes every row of a session and its labeler; a date and a hash of the session's token stay. The bytes are gone
   * from the database file and its journal only after `Storage.scrub`.
   */
  withdraw({ id, studyId, labelerId, token }: SessionRecord, now: number): void {
    this.#db.transaction(() => {
      this.#forget(id, labelerId);
      this.#db.run(
        'INSERT INTO labeling_withdrawal (study_id, token_hash, withdrawn_at) VALUES (?, ?, ?)',
        ...[studyId, sha256(token), now],
      );
      oweScrub(this.#db, now);
    });
  }

  /** The same for a labeler without a session, who came with a file or an archive. */
  withdrawLabeler(studyId: number, labeler: LabelerRecord, now: number): void {
    this.#db.transaction(() => {
      this.#forgetLabeler(labeler.id);
      this.#db.run(
        'INSERT INTO labeling_withdrawal (study_id, token_hash, withdrawn_at) VALUES (?, ?, ?)',
        ...[studyId, traceOf(labeler), now],
      );
      oweScrub(this.#db, now);
    });
  }

  /**
   * Deletes every row of all sessions of a study that is about to be deleted for good, and its other labelers whom no
   * other study has.
   */
  removeAll(studyId: number): void {
    this.#db.transaction(() => {
      const sessions = this.#db.all<{ id: number; labelerId: number }>(
        'SELECT id, labeler_id AS labelerId FROM labeling_session WHERE study_id = ?',
        studyId,
      );
      for (const { id, labelerId } of sessions) this.#forget(id, labelerId);
      const others = this.#db.all<{ id: number }>(
        `SELECT labeler_id AS id FROM study_labeler AS here WHERE study_id = ? AND NOT EXISTS (
           SELECT 1 FROM study_labeler WHERE labeler_id = here.labeler_id AND study_id <> here.study_id)`,
        studyId,
      );
      for (const { id } of others) this.#forgetLabeler(id);
    });
  }

  #forget(id: number, labelerId: number): void {
    this.#db.run('INSERT INTO withdrawing (labeler_id) VALUES (?)', labelerId);
    for (const table of ofSession) this.#db.run(`DELETE FROM ${table} WHERE session_id = ?`, id);
    this.#db.run('DELETE FROM labeling_session WHERE id = ?', id);
    this.#forgetLabeler(labelerId);
  }

  #forgetLabeler(labelerId: number): void {
    this.#db.run('INSERT INTO withdrawing (labeler_id) VALUES (?) ON CONFLICT DO NOTHING', labelerId);
    this.#db.run('DELETE FROM response WHERE labeler_id = ?', labelerId);
    this.#db.run('DELETE FROM study_labeler WHERE labeler_id = ?', labelerId);
    this.#db.run('DELETE FROM labeler WHERE id = ?', labelerId);
  }

  /** Whether the labeler withdrew, so that a file or archive from before must not bring them back. */
  isGone(labeler: Pick<NewLabeler, 'source' | 'pseudonym'>): boolean {
    return this.#has(traceOf(labeler));
  }

  isWithdrawn(token: string): boolean {
    return this.#has(sha256(token));
  }

  #has(hash: string): boolean {
    return this.#db.get('SELECT 1 FROM labeling_withdrawal WHERE token_hash = ?', hash) !== undefined;
  }

  /** Milliseconds since 1970, in order. */
  ofStudy(studyId: number): number[] {
    return this.#db
      .all<{ at: number }>(
        'SELECT withdrawn_at AS at FROM labeling_withdrawal WHERE study_id = ? ORDER BY withdrawn_at',
        studyId,
      )
      .map(({ at }) => at);
  }
}
