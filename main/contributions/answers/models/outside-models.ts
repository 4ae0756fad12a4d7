import { type OutsideKind, outsideKindNames, type OutsideTest } from '../contract/outside-models.ts';
import { outsideWords } from '../contract/outside-words.ts';
import { canonicalJson } from '../../../domain/plans/index.ts';
import type { Database, OtherModel, OtherPrediction, Storage } from '../../../storage/index.ts';

/** A model that was not trained here. */
export interface StoredOutsideModel {
  /** SHA-256 of all that decides its answers: two models with one identity are the same. */
  readonly identity: string;
  kind: OutsideKind;
  /** JSON of what decides its answers. */
  spec: unknown;
  /** JSON of what its file says of itself. */
  found: unknown;
}

/** An outside model as a study has it. */
export interface OutsideModelRecord extends StoredOutsideModel, OtherModel {
  readonly modelId: number;
  readonly tested: OutsideTest | null;
  /** Milliseconds since 1970. */
  readonly linkedAt: number;
}

interface Row {
  id: number;
  modelId: number;
  identity: string;
  kind: OutsideKind;
  spec: string;
  found: string;
  name: string;
  tested: string | null;
  linkedAt: number;
  labels: string | null;
  softmax: string | null;
  confidence: string | null;
}

/** Models that were not trained here, what they answered, and the studies that compare them. */
export class OutsideModels {
  readonly words = outsideWords;
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /** Stores a model, unless one of its identity is stored; returns its id. */
  put({ identity, kind, spec, found }: StoredOutsideModel, now: number): number {
    const known = this.#db.get<{ id: number }>('SELECT id FROM outside_model WHERE identity = ?', identity);
    if (known) return known.id;
    const stored = { spec: canonicalJson(spec), found: canonicalJson(found) };
    return this.#db.insert('outside_model', { identity, kind, ...stored, addedAt: now }).id;
  }

  /** Stores what a model says of a stimulus set, unless that is stored. */
  putPrediction(
    modelId: number,
    { count, ...prediction }: OtherPrediction & { setHash: string; count: number; classes: number },
    now: number,
  ): void {
    const row = { ...prediction, modelId, imageCount: count, at: now };
    this.#db.insert('outside_prediction', row, 'ON CONFLICT DO NOTHING');
  }

  /** Adds a model to a study under a name that it does not have yet, and returns the id of its place there. */
  link(studyId: number, modelId: number, { name, tested }: Pick<OutsideModelRecord, 'name' | 'tested'>, now: number) {
    const row = { studyId, modelId, name, tested: tested && canonicalJson(tested), linkedAt: now };
    return this.#db.insert('study_outside_model', row).id;
  }

  /** Takes models out of a study, by the ids of their places; returns how many it had. */
  unlink(studyId: number, ids: readonly number[], now: number): number {
    return this.#db.run(
      `UPDATE study_outside_model SET removed_at = ? WHERE study_id = ? AND removed_at IS NULL
       AND id IN (SELECT value FROM json_each(?))`,
      ...[now, studyId, JSON.stringify(ids)],
    ).changes;
  }

  /** Brings models back that were taken out, unless the study has got one of that name or identity since. */
  relink(studyId: number, ids: readonly number[]): number {
    return this.#db.run(
      `UPDATE OR IGNORE study_outside_model SET removed_at = NULL
       WHERE study_id = ? AND id IN (SELECT value FROM json_each(?))`,
      ...[studyId, JSON.stringify(ids)],
    ).changes;
  }

  /** The study's current outside models, by name. */
  ofStudy(studyId: number): OutsideModelRecord[] {
    return this.#db
      .all<Row>(
        `SELECT link.id, model.id AS modelId, identity, kind, spec, found, name, tested, link.linked_at AS linkedAt,
           labels, softmax, confidence
         FROM study_outside_model AS link JOIN outside_model AS model ON model.id = link.model_id
         LEFT JOIN study_stimulus_set AS used ON used.study_id = link.study_id AND used.replaced_at IS NULL
         LEFT JOIN outside_prediction AS said ON said.model_id = model.id AND said.set_hash = used.set_hash
         WHERE link.study_id = ? AND link.removed_at IS NULL ORDER BY name`,
        studyId,
      )
      .map(({ labels, softmax, confidence, spec, found, tested, ...row }) => ({
        ...row,
        title: outsideKindNames[row.kind],
        canPredict: row.kind !== 'table',
        spec: JSON.parse(spec),
        found: JSON.parse(found),
        tested: tested === null ? null : JSON.parse(tested),
        prediction: labels === null ? null : { labels, softmax, confidence },
      }));
  }
}

/** Those of a data folder. */
export const outsideModelsOf = ({ database }: Pick<Storage, 'database'>): OutsideModels => new OutsideModels(database);
