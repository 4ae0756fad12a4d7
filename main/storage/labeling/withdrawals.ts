import { randomBytes } from 'node:crypto';
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

/** So that a pseudonym can be known again, and none be read. */
const nameHash = (salt: string, pseudonym: string): string => sha256(`${salt}\n${pseudonym}`);

/** Tables with rows of a session, children first. */
const ofSession = ['labeling_event', 'labeling_note', 'labeling_sitting', 'labeling_paper', 'labeling_kit'];

/** People who took back what they gave. */
export class LabelingWithdrawals {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /**
   * Deletes every row of a session and its labeler; a date and hashes of its first token and its pseudonym stay. The bytes are gone
   * from the database file and its journal only after `Storage.scrub`.
   */
  withdraw({ id, studyId, labelerId, pseudonym }: SessionRecord, now: number): void {
    this.#db.transaction(() => {
      const labeler = this.#db.get<{ source: string }>('SELECT source FROM labeler WHERE id = ?', labelerId);
      // Of a session that came with an archive: the address that it had where it was made.
      const hash = traceOf({ source: labeler?.source ?? '', pseudonym });
      this.#forgetSession(id, labelerId);
      this.#forgetLabeler(labelerId);
      this.#keepTrace({ studyId, hash, pseudonym, isDrawn: true }, now);
      oweScrub(this.#db, now);
    });
  }

  /** The same for a labeler without a session, who came with a file or an archive. */
  withdrawLabeler(studyId: number, labeler: LabelerRecord, now: number): void {
    this.#db.transaction(() => {
      this.#forgetLabeler(labeler.id);
      const isDrawn = labeler.source.startsWith(ofSessions);
      this.#keepTrace({ studyId, hash: traceOf(labeler), pseudonym: labeler.pseudonym, isDrawn }, now);
      oweScrub(this.#db, now);
    });
  }

  /**
   * Deletes every row of all sessions of a study that is about to be deleted for good, and its labelers whom no other
   * study has: a copy keeps their labels.
   */
  removeAll(studyId: number): void {
    this.#db.transaction(() => {
      const sessions = this.#db.all<{ id: number; labelerId: number }>(
        'SELECT id, labeler_id AS labelerId FROM labeling_session WHERE study_id = ?',
        studyId,
      );
      for (const { id, labelerId } of sessions) {
        this.#forgetSession(id, labelerId);
        if (this.#isElsewhere(labelerId, studyId))
          this.#db.run('DELETE FROM withdrawing WHERE labeler_id = ?', labelerId);
        else this.#forgetLabeler(labelerId);
      }
      const others = this.#db.all<{ id: number }>(
        `SELECT labeler_id AS id FROM study_labeler AS here WHERE study_id = ? AND NOT EXISTS (
           SELECT 1 FROM study_labeler WHERE labeler_id = here.labeler_id AND study_id <> here.study_id)`,
        studyId,
      );
      for (const { id } of others) this.#forgetLabeler(id);
    });
  }

  #isElsewhere(labelerId: number, studyId: number): boolean {
    const sql = 'SELECT 1 FROM study_labeler WHERE labeler_id = ? AND study_id <> ?';
    return this.#db.get(sql, labelerId, studyId) !== undefined;
  }

  #forgetSession(id: number, labelerId: number): void {
    this.#db.run('INSERT INTO withdrawing (labeler_id) VALUES (?)', labelerId);
    for (const table of ofSession) this.#db.run(`DELETE FROM ${table} WHERE session_id = ?`, id);
    this.#db.run('DELETE FROM labeling_session WHERE id = ?', id);
  }

  #forgetLabeler(labelerId: number): void {
    this.#db.run('INSERT INTO withdrawing (labeler_id) VALUES (?) ON CONFLICT DO NOTHING', labelerId);
    this.#db.run('DELETE FROM response WHERE labeler_id = ?', labelerId);
    this.#db.run('DELETE FROM study_labeler WHERE labeler_id = ?', labelerId);
    this.#db.run('DELETE FROM labeler WHERE id = ?', labelerId);
  }

  #keepTrace(of: { studyId: number; hash: string; pseudonym: string; isDrawn: boolean }, now: number): void {
    const salt = randomBytes(16).toString('hex');
    this.#db.run(
      `INSERT INTO labeling_withdrawal (study_id, token_hash, salt, name_hash, drawn, withdrawn_at)
       VALUES (?, ?, ?, ?, ?, ?)`,
      ...[of.studyId, of.hash, salt, nameHash(salt, of.pseudonym), of.isDrawn ? 1 : 0, now],
    );
  }

  /**
   * Whether the labeler withdrew, so that a file or archive from before must not bring them back: known by where they
   * came from, by a pseudonym that the product drew, and by any pseudonym that withdrew from `studyId`.
   */
  isGone(labeler: Pick<NewLabeler, 'source' | 'pseudonym'>, studyId: number | null = null): boolean {
    return this.#has(traceOf(labeler)) || this.#hasName(labeler.pseudonym, studyId);
  }

  #hasName(pseudonym: string, studyId: number | null): boolean {
    return this.#db
      .all<{ salt: string; hash: string }>(
        `SELECT salt, name_hash AS hash FROM labeling_withdrawal
         WHERE name_hash IS NOT NULL AND (drawn = 1 OR study_id = ?)`,
        studyId,
      )
      .some(({ salt, hash }) => nameHash(salt, pseudonym) === hash);
  }

  /** How many there are by now, in all studies. */
  get count(): number {
    return this.#db.get<{ count: number }>('SELECT count(*) AS count FROM labeling_withdrawal')?.count ?? 0;
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
