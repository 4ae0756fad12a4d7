import type { Goal } from '../../contract/api/jobs.ts';
import type { ClassifierRecipe, Target } from '../../contract/recipes/recipes.ts';
import type {
  BlendTask,
  EngineName,
  RenderTask,
  Snapshot,
  Task,
  TestImageStimuliTask,
} from '../../contract/runs/run.ts';
import type { Study } from '../../contract/studies/study.ts';
import { architectureName, architectureTitle, trainingPriority } from '../../domain/networks/architectures.ts';
import { ownGenerator } from '../../domain/plans/declaration.ts';
import { canonicalJson, runKey } from '../../domain/plans/identity.ts';
import type { Channels } from '../../domain/data/images.ts';
import { targetSlug } from '../../domain/numbers/targets.ts';
import { type ModelEntry, modelEntries, type Sections, unreadSections } from '../../domain/plans/model-entries.ts';
import { trainingTitle } from '../../domain/settings/recipe-settings.ts';

export interface ModelIdentity {
  name: string;
  group: 'diverse' | 'seeds';
  repeat: number | null;
  seed: number;
}

/** A run that the study needs. Its task decides its identity, so planning twice finds the same runs. */
export interface PlannedRun {
  /** Unique in the study, e.g. `generator`, `models/CNN1`, `predictions/CNN1/97.5`. */
  role: string;
  label: string;
  task: Task;
  priority: number;
  model: ModelIdentity | null;
}

/** The engine that the study requires; null: any. */
export const pinnedEngine = ({ engine }: Pick<Study, 'engine'>): EngineName | null =>
  engine === 'auto' ? null : engine;

export const taskKey = (study: Pick<Study, 'engine'>, task: Task): string => runKey(task, pinnedEngine(study));

/** Runs that others need come first, then the longest trainings (`trainingPriority`), so that no core is idle at the end. */
const priorities = {
  generator: 1000,
  reference: 900,
  derived: 2000,
};

/** The first seeds of all entries of a section come before the second ones, so that what is done says something of every entry. */
const sectionPriority = 90;

/** Test images are chosen with a reference classifier only if those that it is least sure of are asked for. */
export const needsReference = ({ stimuli }: Pick<Study, 'stimuli'>): boolean =>
  stimuli.source === 'test-images' ? stimuli.choose.kind === 'hardest' : stimuli.source !== 'imported';

/** The runs that depend on nothing but the data set: generator (unless it is a shipped one), reference, every model. */
export function planTraining(study: Study, dataSetHash: string, sections: Sections): PlannedRun[] {
  const common = { dataSet: study.dataSet, dataSetHash };
  const planned: PlannedRun[] = [];
  const generator = ownGenerator(study);
  if (study.stimuli.source === 'generated' && generator) {
    const { recipe, seed } = generator;
    planned.push({
      role: 'generator',
      label: `generator ${recipe.kind}`,
      task: { kind: 'generator', ...common, recipe, seed },
      priority: priorities.generator,
      model: null,
    });
  }
  if (study.reference && needsReference(study)) {
    planned.push({
      role: 'reference',
      label: `reference ${architectureName(study.reference.recipe.architecture)}`,
      task: { kind: 'classifier', ...common, ...study.reference },
      priority: priorities.reference,
      model: null,
    });
  }
  return planned.concat(modelEntries(study, sections).flatMap((entry) => planModels(entry, common)));
}

type Common = Pick<Extract<Task, { kind: 'classifier' }>, 'dataSet' | 'dataSetHash'>;

function planModels(models: ModelEntry, common: Common): PlannedRun[] {
  return identities(models).map((model, index) => ({
    role: `models/${model.name}`,
    label: model.name,
    task: { kind: 'classifier', ...common, recipe: models.recipe, seed: model.seed },
    priority: models.section
      ? sectionPriority - (models.section.seed ?? index)
      : trainingPriority(models.recipe.architecture),
    model,
  }));
}

/** The models of an entry, with the seeds `seed`, `seed + 1`, ..., repeat by repeat. */
export function identities(models: ModelEntry): ModelIdentity[] {
  const all: ModelIdentity[] = [];
  const repeats = models.group === 'seeds' ? models.repeats : 1;
  for (let repeat = 1; repeat <= repeats; repeat++) {
    for (let index = 0; index < models.seeds; index++) {
      const seed = models.seed + (repeat - 1) * models.seeds + index;
      all.push({
        name: modelName(models, repeat, index),
        group: models.group,
        repeat: models.group === 'seeds' ? repeat : null,
        seed,
      });
    }
  }
  return all;
}

/**
 * The collection of each model that has one, by the model's name: it is not among the diverse ones. Asked for one that no entry
 * declares, it says the section that may have, if nothing here reads that.
 */
export function modelCollections(study: Study, sections: Sections): ReadonlyMap<string, string> {
  const entries = modelEntries(study, sections);
  const named = entries.flatMap((entry) =>
    entry.collection === undefined ? [] : identities(entry).map(({ name }) => [name, entry.collection ?? ''] as const),
  );
  const [unread] = unreadSections(study, sections);
  if (unread === undefined) return new Map(named);
  return new WithOthers(named, new Set(entries.flatMap(identities).map(({ name }) => name)), unread);
}

/** Collections that also have all models without an entry: a section that nothing here reads planned them. */
class WithOthers extends Map<string, string> {
  readonly #declared: ReadonlySet<string>;
  readonly #others: string;

  constructor(
    named: readonly (readonly [model: string, collection: string])[],
    declared: ReadonlySet<string>,
    others: string,
  ) {
    super(named);
    this.#declared = declared;
    this.#others = others;
  }

  override get(model: string): string | undefined {
    return this.#declared.has(model) ? super.get(model) : this.#others;
  }

  override has(model: string): boolean {
    return this.get(model) !== undefined;
  }
}

function modelName(models: ModelEntry, repeat: number, index: number): string {
  if (models.group === 'seeds') return `${models.name}-r${String(repeat).padStart(2, '0')}-s${index}`;
  if (models.section?.seed !== undefined) return models.name;
  return models.seeds === 1 && !models.section ? models.name : `${models.name}-s${index}`;
}

/**
 * What decides a recipe's weights at each step. Targets, tolerance, number of epochs and most landings only choose a step; a run
 * that stops on validation images does not train on them.
 */
export function trainingKey(recipe: ClassifierRecipe): string {
  const { targets: _, tolerance: __, maxEpochs: ___, landing, ...training } = recipe;
  return canonicalJson({ ...training, ...(landing === 'validation' && { heldOut: true }) });
}

/** The name of a snapshot among the models of an analysis, e.g. `CNN1-97.5` or `CNN1-epochs10`. */
export const snapshotName = (modelName: string, target: Target): string => `${modelName}-${targetSlug(target)}`;

/** A run for each snapshot: its softmax on the frozen set. @param stimuli their channels, and the blob of their pixels */
export function planPredictions(
  model: ModelIdentity,
  snapshots: readonly Snapshot[],
  { channels, pixels }: { channels: Channels; pixels: string },
): PlannedRun[] {
  const inColor = channels === 3 && { channels };
  return snapshots.map((snapshot) => ({
    role: `predictions/${model.name}/${snapshot.target}`,
    label: `predictions of ${snapshotName(model.name, snapshot.target)}`,
    task: { kind: 'predictions', snapshot: snapshot.weights, stimuli: pixels, ...inColor },
    priority: priorities.derived,
    model,
  }));
}

export function planCandidates(study: Study, dataSetHash: string, generator: string, reference: string): PlannedRun {
  if (study.stimuli.source !== 'generated') throw new Error('only generated stimuli have generated candidates');
  const { samples, candidatesPerClass, seed, anchorRule } = study.stimuli;
  return {
    role: 'candidates',
    label: 'candidates for anchors',
    task: {
      kind: 'candidates',
      generator,
      reference,
      samples,
      perClass: candidatesPerClass,
      seed,
      real: { dataSet: study.dataSet, dataSetHash },
      ...(anchorRule?.kind === 'clear' && { clear: true as const }),
    },
    priority: priorities.derived,
    model: null,
  };
}

/** The place of the run that reads the test images: for blended stimuli and test images, and for pairs by confusion. */
export const testImagesRole = 'test-images';

/** Whether a study needs that run. */
export const needsTestImages = ({ stimuli }: Pick<Study, 'stimuli'>): boolean =>
  stimuli.source === 'blended' ||
  stimuli.source === 'test-images' ||
  (stimuli.source === 'generated' && stimuli.design.kind === 'confusable');

/** @param reference hash of its weights; null: the study has none */
export function planTestImages(study: Study, dataSetHash: string, reference: string | null): PlannedRun {
  if (study.stimuli.source === 'imported') throw new Error('imported stimuli need no test images');
  const isChosen = study.stimuli.source === 'test-images';
  // No anchors are chosen, so one candidate of each class is enough.
  const perClass = study.stimuli.source === 'test-images' ? 1 : study.stimuli.candidatesPerClass;
  return {
    role: testImagesRole,
    label: 'test images',
    task: {
      kind: 'candidates',
      dataSet: study.dataSet,
      dataSetHash,
      reference,
      perClass,
      ...(isChosen && reference !== null && { confidence: true as const }),
    },
    priority: priorities.derived,
    model: null,
  };
}

/** Prefix of the places of further searches that a person started; seed, samples and candidates per class follow. */
export const furtherSearches = 'candidates/';

export function planStimuli(
  task: Omit<RenderTask, 'kind'> | Omit<BlendTask, 'kind'> | Omit<TestImageStimuliTask, 'kind'>,
): PlannedRun {
  return {
    role: 'stimuli',
    label: 'stimuli',
    task: { kind: 'stimuli', ...task },
    priority: priorities.derived,
    model: null,
  };
}

/** Role patterns for each goal; null: all roles that a declaration has. */
const places = {
  generator: ['generator'],
  candidates: ['generator', 'reference', testImagesRole, 'candidates'],
  stimuli: ['generator', 'reference', testImagesRole, 'candidates', 'stimuli'],
  models: ['models/*'],
  report: null,
} as const satisfies Record<Goal, readonly string[] | null>;

/** Not further searches and draws, which have workers of their own. */
const declared: readonly string[] = [...places.stimuli, 'models/*', 'predictions/*'];

/** Patterns of the roles in which runs are done for a goal. */
export const rolesFor = (goal: Goal): readonly string[] => places[goal] ?? declared;

/** Whether a goal needs a training that is not done, going by the roles of runs that are. */
export const needsTraining = (study: Study, goal: Goal, done: ReadonlySet<string>, sections: Sections): boolean =>
  // Without a data set the plan has the same roles.
  planTraining(study, '', sections).some(({ role }) => isWanted(role, goal) && !done.has(role));

export function isWanted(role: string, goal: Goal): boolean {
  const wanted: readonly string[] | null = places[goal];
  return (
    wanted === null ||
    wanted.some((place) => role === place || (place.endsWith('*') && role.startsWith(place.slice(0, -1))))
  );
}

/** Whether reaching `goal` includes reaching `other`. */
export function covers(goal: Goal, other: Goal): boolean {
  const wanted: readonly string[] | null = places[goal];
  return goal === other || wanted === null || (places[other] ?? ['']).every((place) => wanted.includes(place));
}

/** Plans are kept: planning thousands of models takes milliseconds, and pages poll several times a second. */
const kept = 64;
const plans = new Map<string, ReadonlyMap<string, string>>();

/** The key of the declared run for each place that depends only on the data set. */
export function expectedKeys(study: Study, dataSetHash: string, sections: Sections): ReadonlyMap<string, string> {
  const read = sections.map(({ key }) => key).join(' ');
  const id = `${dataSetHash} ${read} ${canonicalJson(study)}`;
  const known = plans.get(id);
  if (known) return known;
  const keys = new Map(
    planTraining(study, dataSetHash, sections).map(({ role, task }) => [role, taskKey(study, task)]),
  );
  plans.set(id, keys);
  for (const old of [...plans.keys()].slice(0, -kept)) plans.delete(old);
  return keys;
}

/** A recipe in short, for tables, e.g. `500-500, Adam 0.0005, batch 128`. */
export const recipeTitle = (recipe: ClassifierRecipe): string =>
  `${architectureTitle(recipe.architecture)}, ${trainingTitle(recipe)}`;
