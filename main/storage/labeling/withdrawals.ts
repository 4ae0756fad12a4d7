import { randomBytes } from 'node:crypto';
import { isDrawnPseudonym } from '../../domain/labeling/pseudonym.ts';
import { sha256 } from '../../files/blobs.ts';
import type { Database } from '../database.ts';
import { requestErasure } from '../backups.ts';
import { isFromSession, sessionPrefix } from '../labelers.ts';
import type { LabelerRecord, NewLabeler } from '../labelers.ts';
import { markLabeler } from '../removals.ts';
import type { SessionRecord } from './sessions.ts';

/** The source of a session's labeler: identifies the session without revealing its address. */
export const sessionSource = (token: string): string => `${sessionPrefix}${sha256(token)}`;

/** Source and pseudonym of somebody who may have withdrawn. */
type LabelerName = Pick<NewLabeler, 'source' | 'pseudonym'>;

/** Finds withdrawals of many people, one after another. */
interface WithdrawalLookup {
  /** Id of the withdrawal; undefined if the labeler did not withdraw. */
  find(labeler: LabelerName): number | undefined;
}

/** The hash that stays of a labeler who withdrew. */
const withdrawalTrace = ({ source, pseudonym }: LabelerName): string =>
  isFromSession({ source }) ? source.slice(sessionPrefix.length) : sha256(`${source}\n${pseudonym}`);

/** Recognizes a pseudonym without storing it. */
const nameHash = (salt: string, pseudonym: string): string => sha256(`${salt}\n${pseudonym}`);

interface StoredName {
  id: number;
  salt: string;
  hash: string;
}

/** Withdrawals of people who labeled. */
export class LabelingWithdrawals {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /**
   * Hides a session and its labeler; `Storage.removals` deletes their rows. A date and hashes of its first token and its
   * pseudonym stay, in each study that had the labeler. The bytes stay in the database file and its journal until
   * `Storage.eraseDeleted`.
   */
  withdraw({ studyId, labelerId, pseudonym }: SessionRecord, now: number): void {
    this.#db.transaction(() => {
      const labeler = this.#db.get<{ source: string }>('SELECT source FROM labeler WHERE id = ?', labelerId);
      // Sessions of an archive are identified by their address where they were made.
      const hash = withdrawalTrace({ source: labeler?.source ?? '', pseudonym });
      const studies = this.#studiesWithLabeler(labelerId, studyId);
      markLabeler(this.#db, labelerId);
      this.#addWithdrawals(studies, { hash, pseudonym, isDrawn: true }, now);
      requestErasure(this.#db, now);
    });
  }

  /**
   * Withdraws a labeler without a session, who came from a file or an archive, as `withdraw` does one with a session.
   * @param name what the file called the person, if the labeler has a pseudonym instead: hashes of both stay, so that
   *   neither the table nor an archive brings the person back
   */
  withdrawLabeler(studyId: number, labeler: LabelerRecord, now: number, name: string | null = null): void {
    this.#db.transaction(() => {
      const studies = this.#studiesWithLabeler(labeler.id, studyId);
      markLabeler(this.#db, labeler.id);
      const { source, pseudonym } = labeler;
      const isDrawn = isFromSession(labeler) || isDrawnPseudonym(pseudonym);
      const salt = randomBytes(16).toString('hex');
      this.#addWithdrawals(studies, { hash: withdrawalTrace(labeler), pseudonym, isDrawn, salt }, now);
      if (name !== null) {
        const hash = withdrawalTrace({ source, pseudonym: name });
        this.#addWithdrawals(studies, { hash, pseudonym: name, isDrawn: false, salt }, now);
      }
      requestErasure(this.#db, now);
    });
  }

  /** Records the withdrawal in every study that had the labeler, because copies of a study are exported separately. */
  #studiesWithLabeler(labelerId: number, studyId: number): number[] {
    const rows = this.#db.all<{ id: number }>(
      'SELECT $studyId AS id UNION SELECT study_id FROM study_labeler WHERE labeler_id = $labelerId ORDER BY id',
      { studyId, labelerId },
    );
    return rows.map(({ id }) => id);
  }

  #addWithdrawals(
    studies: readonly number[],
    {
      hash,
      pseudonym,
      isDrawn,
      salt = randomBytes(16).toString('hex'),
    }: { hash: string; pseudonym: string; isDrawn: boolean; salt?: string },
    now: number,
  ): void {
    const trace = { hash, salt, name: nameHash(salt, pseudonym), isDrawn: isDrawn ? 1 : 0, now };
    for (const studyId of studies) {
      this.#db.run(
        `INSERT INTO labeling_withdrawal (study_id, token_hash, salt, name_hash, drawn, withdrawn_at)
         VALUES ($studyId, $hash, $salt, $name, $isDrawn, $now)`,
        { ...trace, studyId },
      );
    }
  }

  /** Copies the record of a withdrawal to another study, so that archives of that study refuse the person too. */
  copyToStudy(studyId: number, labeler: LabelerName, row: number): void {
    this.#db.run(
      `INSERT INTO labeling_withdrawal (study_id, token_hash, salt, name_hash, drawn, withdrawn_at)
       SELECT $studyId, $hash, salt, name_hash, drawn, withdrawn_at FROM labeling_withdrawal WHERE id = $row
         AND NOT EXISTS (SELECT 1 FROM labeling_withdrawal WHERE study_id = $studyId AND token_hash = $hash)`,
      { studyId, row, hash: withdrawalTrace(labeler) },
    );
  }

  /**
   * Finds people who withdrew, so that an older file or archive does not bring them back. They are recognized by their
   * source, and by a pseudonym that the product drew or that withdrew from `studyId`; people of sessions by their
   * source only. Names are read once.
   */
  lookup(studyId: number | null = null): WithdrawalLookup {
    let names: StoredName[] | undefined;
    return {
      find: (labeler) => {
        const known = this.#byTrace(withdrawalTrace(labeler));
        // Pseudonyms are drawn from so few that one may come twice; a session is known for certain.
        if (known !== undefined || isFromSession(labeler)) return known;
        names ??= this.#names(studyId);
        return names.find(({ salt, hash }) => nameHash(salt, labeler.pseudonym) === hash)?.id;
      },
    };
  }

  #names(studyId: number | null): StoredName[] {
    return this.#db.all<StoredName>(
      `SELECT id, salt, name_hash AS hash FROM labeling_withdrawal
       WHERE name_hash IS NOT NULL AND (drawn = 1 OR study_id = ?)`,
      studyId,
    );
  }

  /** Labelers of this data folder who withdrew where the study's archive was made. */
  labelersWithdrawnElsewhere(studyId: number): (LabelerName & { id: number })[] {
    const rows = this.#db.all<{ trace: string }>(
      'SELECT token_hash AS trace FROM labeling_withdrawal WHERE study_id = ?',
      studyId,
    );
    const traces = new Set(rows.map(({ trace }) => trace));
    return this.#db
      .all<LabelerName & { id: number }>(
        `SELECT id, pseudonym, source FROM labeler WHERE id NOT IN (SELECT labeler_id FROM withdrawing)
         ORDER BY pseudonym, id`,
      )
      .filter((labeler) => traces.has(withdrawalTrace(labeler)));
  }

  isWithdrawn(token: string): boolean {
    return this.#byTrace(sha256(token)) !== undefined;
  }

  #byTrace(hash: string): number | undefined {
    return this.#db.get<{ id: number }>('SELECT id FROM labeling_withdrawal WHERE token_hash = ?', hash)?.id;
  }

  /** Times of the study's withdrawals, milliseconds since 1970, ascending. */
  datesOfStudy(studyId: number): number[] {
    return this.#db
      .all<{ at: number }>(
        // A person of an imported table has two rows, for name and pseudonym, with one salt.
        `SELECT withdrawn_at AS at FROM labeling_withdrawal WHERE study_id = ?
         GROUP BY coalesce(salt, id) ORDER BY withdrawn_at`,
        studyId,
      )
      .map(({ at }) => at);
  }
}
