import { UserError } from '../contract/wire/errors.ts';
import type { Database } from './database.ts';

/** A person under a pseudonym, or a simulated one. */
export interface NewLabeler {
  pseudonym: string;
  simulated: boolean;
  /**
   * Origin of the pseudonym, e.g. 'csv:<hash of the file>' or 'rehearsal:1'. The same pseudonym from another source is
   * another labeler.
   */
  source: string;
}

/** Before the hash of a session's token, in the source of its labeler. */
export const sessionPrefix = 'labeling:';

/** Whether the labeler comes from a labeling session, of this data folder or of an imported archive. */
export const isFromSession = ({ source }: Pick<NewLabeler, 'source'>): boolean => source.startsWith(sessionPrefix);

export interface LabelerRecord extends NewLabeler {
  id: number;
}

interface Row extends Omit<LabelerRecord, 'simulated'> {
  simulated: number;
}

const columns = 'labeler.id, labeler.pseudonym, labeler.simulated, labeler.source';

export class Labelers {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /**
   * The id of the labeler, who is added if new.
   * @throws UserError `labeler.conflict` if a person would become a simulated labeler or the other way round;
   * `labeler.being-removed` while the labeler of that name is being deleted
   */
  ensure(labeler: NewLabeler, now: number): number {
    const { pseudonym, simulated, source } = labeler;
    return this.#db.transaction(() => {
      const known = this.#db.get<Row>(
        `SELECT ${columns} FROM labeler WHERE source = ? AND pseudonym = ?`,
        source,
        pseudonym,
      );
      if (known && (known.simulated === 1) !== simulated) throw conflict(labeler);
      if (known && this.#isBeingRemoved(known.id)) throw beingRemoved(labeler);
      if (known) return known.id;
      return this.#db.insert('labeler', { pseudonym, simulated, source, addedAt: now }).id;
    });
  }

  #isBeingRemoved(id: number): boolean {
    return this.#db.get('SELECT 1 FROM withdrawing WHERE labeler_id = ?', id) !== undefined;
  }

  get(id: number): LabelerRecord | undefined {
    const row = this.#db.get<Row>(`SELECT ${columns} FROM labeler WHERE id = ?`, id);
    return row && toRecord(row);
  }

  /** People whom the study has or had, by pseudonym. */
  allPeople(studyId: number): LabelerRecord[] {
    return this.#db
      .all<Row>(
        `SELECT ${columns} FROM labeler WHERE simulated = 0
         AND id IN (SELECT labeler_id FROM study_labeler WHERE study_id = ?) ORDER BY pseudonym, id`,
        studyId,
      )
      .map(toRecord);
  }

  /** Labelers from one file or rehearsal who are not being removed, by pseudonym. */
  ofSource(source: string): LabelerRecord[] {
    return this.#db
      .all<Row>(
        `SELECT ${columns} FROM labeler WHERE source = ? AND id NOT IN (SELECT labeler_id FROM withdrawing)
         ORDER BY pseudonym`,
        source,
      )
      .map(toRecord);
  }

  /** Studies that have or had the labeler. */
  allStudies(id: number): number[] {
    return this.#db
      .all<{ id: number }>('SELECT DISTINCT study_id AS id FROM study_labeler WHERE labeler_id = ? ORDER BY id', id)
      .map((study) => study.id);
  }

  /** Studies that have the labeler now. */
  currentStudies(id: number): number[] {
    return this.#db
      .all<{ id: number }>(
        'SELECT study_id AS id FROM study_labeler WHERE labeler_id = ? AND replaced_at IS NULL ORDER BY id',
        id,
      )
      .map((study) => study.id);
  }

  /** Labelers that the study had at a time, milliseconds since 1970. */
  idsAt(studyId: number, at: number): number[] {
    return this.#db
      .all<{ id: number }>(
        `SELECT DISTINCT labeler_id AS id FROM study_labeler
         WHERE study_id = $studyId AND linked_at <= $at AND (replaced_at IS NULL OR replaced_at >= $at) ORDER BY id`,
        { studyId, at },
      )
      .map(({ id }) => id);
  }

  /** The study's current labelers, by pseudonym. */
  ofStudy(studyId: number): LabelerRecord[] {
    return this.#db
      .all<Row>(
        `SELECT ${columns} FROM study_labeler JOIN labeler ON labeler.id = labeler_id
         WHERE study_id = ? AND replaced_at IS NULL ORDER BY pseudonym, labeler.id`,
        studyId,
      )
      .map(toRecord);
  }
}

function toRecord(row: Row): LabelerRecord {
  return { ...row, simulated: row.simulated === 1 };
}

function conflict({ pseudonym, source }: NewLabeler): UserError {
  return new UserError(
    'labeler.conflict',
    'A labeler cannot be both a person and simulated',
    `labeler ${pseudonym}, from ${source}`,
    'Give the simulated labelers a source of their own.',
  );
}

function beingRemoved({ pseudonym, source }: NewLabeler): UserError {
  return new UserError(
    'labeler.being-removed',
    'The labels of this labeler are being deleted',
    `labeler ${pseudonym}, from ${source}`,
    'Try again in a minute.',
  );
}
