import { randomUUID } from 'node:crypto';
import type { LabelingArchive, StimulusSetArchive, StudyArchive } from '../format.ts';
import { UserError } from '../../../contract/wire/index.ts';
import { canonicalJson } from '../../../domain/plans/index.ts';
import { sha256 } from '../../../files/index.ts';
import { type Database, DataSets, journalRows, Predictions, StimulusSets } from '../../../storage/index.ts';
import { completeRun, isOpen } from './complete-run.ts';
import { type ImportedSessions, LabelingImport, stillHere, type StillHere } from './import-labeling.ts';
import { addRunRows, findRun, importRun, type OpenRun, runId } from './import-runs.ts';
import type { ArchivePiece } from './pieces.ts';

/** What became of an imported study. */
export interface ImportedStudy {
  /** Runs: added, and used as they are here already. */
  added: number;
  reused: number;
  /** Ids of runs that were open here, and have the archive's results now. */
  completed: number[];
  sessions: ImportedSessions;
  /** People who withdrew where the archive was made, and are in other studies here. */
  stillHere: StillHere[];
  /** What became of the lock on the labels; null: there is none. `opened`: the labels are not those that were locked. */
  lock: 'held' | 'opened' | null;
}

/** A set of which images are still to come. */
interface OpenSet {
  set: Omit<StimulusSetArchive, 'images'>;
  images: StimulusSetArchive['images'];
}

type OutsideModel = NonNullable<StudyArchive['outside']>[number];

/**
 * Stores a study from an archive in many short transactions. Until `finish` the study has no declaration, so nothing
 * shows it, and `removeUnfinished` removes it with all its rows.
 */
export class StudyImport {
  readonly #db: Database;
  readonly #now: number;
  readonly #counts = { added: 0, reused: 0 };
  /** Runs that are done in the archive and open here, with the row that holds the archive's until all of it is there. */
  readonly #toComplete: { runId: number; holder: number }[] = [];
  readonly #completed: number[] = [];
  readonly #withdrawalsBefore: number;
  /** Links that keep runs from being nobody's until the study's own links are stored. */
  readonly #temporaryLinks: number[] = [];
  #labeling: LabelingImport | undefined;
  #study: Extract<ArchivePiece, { kind: 'study' }> | undefined;
  #id = 0;
  #run: OpenRun | null = null;
  #set: OpenSet | null = null;
  readonly #newSets = new Set<string>();
  /** Stored with `finish`, because others would see or feel them before: locks are few, the others are prepared. */
  readonly #specs: { text: string; at: number }[] = [];
  readonly #locks: LabelingArchive['locks'] = [];
  readonly #outsideAnswers: { modelId: number; prediction: OutsideModel['predictions'][number] }[] = [];
  /** Stands for the study's name in specs until it is known. */
  readonly #noName = randomUUID();

  /** @param now milliseconds since 1970 */
  constructor(database: Database, now: number) {
    this.#db = database;
    this.#now = now;
    const last = database.get<{ id: number | null }>('SELECT max(id) AS id FROM labeling_withdrawal');
    this.#withdrawalsBefore = last?.id ?? 0;
  }

  /** Id of the study. */
  get studyId(): number {
    return this.#id;
  }

  /** Name of the study where it comes from. */
  get name(): string {
    return this.#study?.name ?? '';
  }

  /** Whether its labels are locked. */
  get isLocked(): boolean {
    return this.#locks.at(-1)?.openedAt === null;
  }

  /**
   * Stores a piece, a row or a few at a step. Call it in transactions. @throws UserError `stimuli.conflict`,
   * `labeler.conflict`, `labels.conflict`
   */
  *steps(piece: ArchivePiece): Generator<void, void> {
    switch (piece.kind) {
      case 'study':
        return this.#startStudy(piece);
      case 'settings':
        return yield* this.#addSettings(piece.settings);
      case 'specs':
        return yield* this.#addSpecs(piece.specs);
      case 'locks': {
        this.#locks.push(...piece.locks);
        return;
      }
      case 'run':
        return this.#startRun(piece);
      case 'run-rows':
        if (this.#run) yield* addRunRows(this.#db, this.#run, piece.rows);
        return;
      case 'links':
        yield* this.#completeRuns();
        return yield* this.#addLinks(piece.links);
      case 'set':
        this.#set = { set: piece.set, images: [] };
        return;
      case 'images': {
        this.#set?.images.push(...piece.images);
        return;
      }
      case 'set-end':
        return this.#endSet();
      case 'sets':
        return yield* this.#addSets(piece.sets);
      case 'predictions':
        return yield* this.#addPredictions(piece.predictions);
      case 'outside':
        return yield* this.#addOutsideModels(piece.models);
      default:
        yield* this.#people.steps(piece);
    }
  }

  get #people(): LabelingImport {
    this.#labeling ??= new LabelingImport(this.#db, this.#id, this.#now);
    return this.#labeling;
  }

  /**
   * Makes the study visible under its new name. Call it in one transaction, as the last step.
   * @param labelsHash hash of the study's labels as they are stored here; only needed where they are locked
   * @throws UserError `archive.withdrawn`, if somebody withdrew since the import began
   */
  finish(name: string, labelsHash: string | null): ImportedStudy {
    const [db, id] = [this.#db, this.#id];
    const since = 'SELECT 1 FROM labeling_withdrawal WHERE id > ? AND study_id <> ?';
    if (db.get(since, this.#withdrawalsBefore, id)) throw withdrew(name);
    this.#people.finish();
    for (const link of this.#temporaryLinks) db.run('DELETE FROM study_run WHERE id = ?', link);
    const dataSets = new DataSets(db);
    for (const dataSet of this.#study?.dataSets ?? []) dataSets.putImported(dataSet, this.#study?.createdAt ?? 0);
    storeStaged(db);
    for (const { modelId, prediction } of this.#outsideAnswers) {
      const { count, ...said } = prediction;
      db.insert('outside_prediction', { ...said, modelId, imageCount: count }, 'ON CONFLICT DO NOTHING');
    }
    const lock = this.#addLocks(labelsHash);
    db.run('UPDATE study SET name = ? WHERE id = ?', name, id);
    for (const { text, at } of this.#specs) {
      const renamed = text.replace(canonicalJson(this.#noName), () => canonicalJson(name));
      db.insert('study_spec', { studyId: id, spec: renamed, recordedAt: at });
    }
    journalRows(db, () => ({ sets: [], labels: [] }), this.#now);
    return {
      ...this.#counts,
      completed: this.#completed,
      sessions: this.#people.counts,
      stillHere: stillHere(db, id),
      lock,
    };
  }

  #startStudy(piece: Extract<ArchivePiece, { kind: 'study' }>): void {
    startStaging(this.#db);
    this.#study = piece;
    // No study can be called so.
    const hidden = `import:${randomUUID()}`;
    this.#id = this.#db.insert('study', { name: hidden, createdAt: piece.createdAt }).id;
  }

  *#addSpecs(specs: StudyArchive['specs']): Generator<void, void> {
    for (const { spec, at } of specs) {
      this.#specs.push({ text: canonicalJson({ ...spec, name: this.#noName }), at });
      yield;
    }
  }

  *#addSettings(settings: StudyArchive['settings']): Generator<void, void> {
    for (const { value, ...setting } of settings) {
      this.#db.insert('study_setting', { ...setting, studyId: this.#id, value: canonicalJson(value) });
      yield;
    }
  }

  #startRun({ run, attempts }: Extract<ArchivePiece, { kind: 'run' }>): void {
    this.#run = null;
    const known = findRun(this.#db, run.key);
    if (known) {
      this.#counts.reused += 1;
      // Its studies may be deleted during the import. A run that no study has stays in any case.
      if (this.#db.get('SELECT 1 FROM study_run WHERE run_id = ?', known.id)) this.#holdRun(run.key, known.id);
      if (run.state !== 'done' || !isOpen(this.#db, known.id)) return;
      const holder = sha256(randomUUID());
      const id = importRun(this.#db, { ...run, key: holder, tags: [] }, attempts);
      this.#run = { id, endedAt: run.endedAt, queuedAt: run.queuedAt };
      this.#holdRun(holder, id);
      this.#toComplete.push({ runId: known.id, holder: id });
      return;
    }
    this.#counts.added += 1;
    const id = importRun(this.#db, run, attempts);
    this.#run = { id, endedAt: run.endedAt, queuedAt: run.queuedAt };
    this.#holdRun(run.key, id);
  }

  /** Each in one step. What an import completed stays, even if the import is undone: it is the run's own result. */
  *#completeRuns(): Generator<void, void> {
    for (let next = this.#toComplete.shift(); next; next = this.#toComplete.shift()) {
      const { runId, holder } = next;
      // Meanwhile a worker may have taken it.
      if (isOpen(this.#db, runId)) {
        completeRun(this.#db, runId, holder);
        this.#completed.push(runId);
      }
      this.#db.run('DELETE FROM study_run WHERE run_id = ?', holder);
      this.#db.run('DELETE FROM run WHERE id = ?', holder);
      yield;
    }
  }

  #holdRun(key: string, id: number): void {
    const link = { studyId: this.#id, role: `import/${key}`, runId: id, linkedAt: 0, replacedAt: 0 };
    this.#temporaryLinks.push(this.#db.insert('study_run', link).id);
  }

  *#addLinks(links: StudyArchive['links']): Generator<void, void> {
    for (const { run, model, ...link } of links) {
      const { modelName, group, repeat, seed } = model ?? { modelName: null, group: null, repeat: null, seed: null };
      const place = { modelName, grp: group, repeatNo: repeat, seed };
      this.#db.insert('study_run', { ...link, ...place, studyId: this.#id, runId: runId(this.#db, run) });
      yield;
    }
  }

  /** A set is frozen with its images in one transaction. */
  #endSet(): void {
    if (!this.#set) return;
    const { set, images } = this.#set;
    const { frozenAt, ...header } = set;
    this.#set = null;
    const stimuli = new StimulusSets(this.#db);
    if (!stimuli.header(set.hash)) {
      this.#newSets.add(set.hash);
      journalRows(this.#db, ({ sets, labels }) => ({ sets: [...sets, set.hash], labels }), this.#now);
    }
    const withZ = images.map(({ z, ...image }) => ({ ...image, z: z && Float32Array.from(z) }));
    const { channels = 1, original } = header;
    const sized = { channels, original: original && { ...original, channels } };
    stimuli.put({ ...header, ...sized, images: withZ }, frozenAt);
  }

  *#addSets(sets: StudyArchive['sets']): Generator<void, void> {
    for (const { hash, ...times } of sets) {
      this.#db.insert('study_stimulus_set', { ...times, studyId: this.#id, setHash: hash });
      yield;
    }
  }

  /**
   * If the import is undone, those of runs go with their runs, and those of a new set with it. The others wait for the
   * last step.
   */
  *#addPredictions(predictions: StudyArchive['predictions']): Generator<void, void> {
    for (const prediction of predictions) {
      if (prediction.run === null && !this.#newSets.has(prediction.setHash)) stage(this.#db, prediction);
      else putPrediction(this.#db, prediction);
      yield;
    }
  }

  /** Nobody sees the models before the study, which they are removed with; their answers wait for the last step. */
  *#addOutsideModels(models: readonly OutsideModel[]): Generator<void, void> {
    const db = this.#db;
    for (const { predictions, name, tested, linkedAt, removedAt, identity, kind, addedAt, ...model } of models) {
      const stored = { spec: canonicalJson(model.spec), found: canonicalJson(model.found) };
      const known = db.get<{ id: number }>('SELECT id FROM outside_model WHERE identity = ?', identity);
      const modelId = (known ?? db.insert('outside_model', { identity, kind, ...stored, addedAt })).id;
      const link = { studyId: this.#id, modelId, name, tested: tested && canonicalJson(tested), linkedAt, removedAt };
      db.insert('study_outside_model', link);
      yield;
      this.#outsideAnswers.push(...predictions.map((prediction) => ({ modelId, prediction })));
    }
  }

  /** A lock holds only where the labels are those that it names: they are not where people were left out. */
  #addLocks(labelsHash: string | null): ImportedStudy['lock'] {
    const isHeld = this.#locks.at(-1)?.hash === labelsHash;
    for (const lock of this.#locks) {
      const openedAt = lock.openedAt ?? (isHeld ? null : this.#now);
      this.#db.insert('labeling_lock', { ...lock, studyId: this.#id, openedAt });
    }
    if (!this.isLocked) return null;
    return isHeld ? 'held' : 'opened';
  }
}

/** Predictions of the same model for the same set are stored already and stay. */
function putPrediction(db: Database, { run, at, ...prediction }: StudyArchive['predictions'][number]): void {
  const known = new Predictions(db);
  if (known.get(prediction.model, prediction.setHash)) return;
  known.put({ ...prediction, runId: run === null ? null : runId(db, run) }, at);
}

/** Predictions for sets that were here before, until the last step stores them in one statement. Not in the file. */
const staged = 'temp.staged_prediction';

function startStaging(db: Database): void {
  db.exec(`DROP TABLE IF EXISTS ${staged};
    CREATE TEMPORARY TABLE staged_prediction AS
      SELECT model, set_hash, softmax, labels, image_count, classes, at FROM prediction WHERE false`);
}

function stage(db: Database, { model, setHash, softmax, labels, count, classes, at }: Prediction): void {
  db.run(`INSERT INTO ${staged} VALUES (?, ?, ?, ?, ?, ?, ?)`, model, setHash, softmax, labels, count, classes, at);
}

/** Predictions of the same model for the same set are stored already and stay. */
function storeStaged(db: Database): void {
  db.run(`INSERT INTO prediction (model, set_hash, softmax, labels, image_count, classes, at)
    SELECT model, set_hash, softmax, labels, image_count, classes, at FROM ${staged} ORDER BY model, set_hash
    ON CONFLICT DO NOTHING`);
  db.exec(`DROP TABLE ${staged}`);
}

type Prediction = StudyArchive['predictions'][number];

const withdrew = (study: string): UserError =>
  new UserError(
    'archive.withdrawn',
    'Somebody withdrew while the archive was imported',
    `study ${study}`,
    'Nothing was stored. Import it again; people who withdrew are then left out.',
  );
