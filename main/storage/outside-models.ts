import type { OutsideKind, OutsideTest } from '../contract/outside-models.ts';
import { canonicalJson } from '../domain/identity.ts';
import type { Database } from './database.ts';

/** A model that was not trained here. */
export interface StoredOutsideModel {
  /** SHA-256 of all that decides its answers: two models with one identity are the same. */
  identity: string;
  kind: OutsideKind;
  /** JSON of what decides its answers. */
  spec: unknown;
  /** JSON of what its file says of itself. */
  found: unknown;
}

/** What a model says of one stimulus set, as hashes of blobs; images in id order. */
export interface OutsidePrediction {
  /** Uint16 [count]. */
  labels: string;
  /** Float32 [count, classes]; null: unknown. */
  softmax: string | null;
  /** Float32 [count], of the labels; null where softmax is known, or nothing but labels. */
  confidence: string | null;
}

/** An outside model as a study has it. */
export interface OutsideModelRecord extends StoredOutsideModel {
  /** Id of its place in the study. */
  id: number;
  modelId: number;
  /** Unique in the study. */
  name: string;
  /** Null: it was tried on no labeled images. */
  tested: OutsideTest | null;
  /** Milliseconds since 1970. */
  linkedAt: number;
  /** Null until it has answered for the study's current stimulus set. */
  prediction: OutsidePrediction | null;
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
    { count, ...prediction }: OutsidePrediction & { setHash: string; count: number; classes: number },
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
        spec: JSON.parse(spec),
        found: JSON.parse(found),
        tested: tested === null ? null : JSON.parse(tested),
        prediction: labels === null ? null : { labels, softmax, confidence },
      }));
  }
}

/** Deletes models that no study has or had, with their predictions. */
export function deleteUnusedOutsideModels(db: Database): void {
  db.run(
    'DELETE FROM outside_model WHERE NOT EXISTS (SELECT 1 FROM study_outside_model WHERE model_id = outside_model.id)',
  );
}
