import type { LeftOut, ResultModel, ResultsOverview } from '../../contract/api/results-tables.ts';
import { countAnswers } from '../../analysis/labels/answers.ts';
import { isDiverse, isOfSeeds } from '../../analysis/outcomes/groups.ts';
import { pairRows } from '../../analysis/outcomes/input.ts';
import type { Storage } from '../../storage/open.ts';
import type { OtherModel } from '../../storage/other-models.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import type { Source, SourceModel } from '../analysis-input.ts';
import type { RunRecord } from '../../storage/runs/run-record.ts';
import { type ModelIdentity, identities, recipeTitle, snapshotName } from '../declaration/plan.ts';
import { architectureName } from '../../domain/networks/architectures.ts';
import { rangeOf } from '../../analysis/raters/humans.ts';
import { isLikePaper } from '../../domain/plans/declaration.ts';
import { distinctAlphas } from '../../domain/stimuli/stimulus-set.ts';
import type { Target } from '../../contract/recipes/recipes.ts';
import { compareTargets } from '../../domain/numbers/targets.ts';
import { missText } from '../../domain/networks/missed.ts';
import { sectionKeys } from '../../contract/studies/sections.ts';
import { modelEntries, type Sections } from '../../domain/plans/model-entries.ts';
import { isTestedOnTaught } from '../runs/table.ts';
import { findStudy } from '../workbench/find.ts';

/** What the page needs to offer choices: classes, pairs, labelers, models and groups of a study. */
export function resultsOverview(
  study: StudyRecord,
  source: Source | null,
  storage: Storage,
  leftOut: LeftOut[],
): ResultsOverview {
  if (!source) return emptyOverview(study, storage);
  const { images, labelers, people, otherAnswers, models, classes } = source;
  const { ofImages: answers, ofLabelers } = countAnswers(people, images.length);
  const counted = otherAnswers?.record.people === null ? rangeOf(answers) : null;
  const planned = plannedSnapshots(study, storage.studies.sections);
  return {
    rehearsal: labelers.some(({ record }) => record.simulated),
    response: otherAnswers?.record.kind ?? 'single',
    labelers: counted?.most ?? labelers.length,
    counted,
    missing: whyNoResults(source, answers),
    classes: [...classes],
    images: images.length,
    unsaid: countUnlabeled(source),
    determined: answers.filter((n) => n >= 2).length,
    pairs: pairRows(images).map(({ i, j, images: row }) => ({ i, j, images: row.length })),
    alphas: distinctAlphas(images),
    people: (counted ? [] : labelers).map((labeler, place) => ({
      id: labeler.record.id,
      pseudonym: labeler.name,
      simulated: labeler.record.simulated,
      labels: ofLabelers[place] ?? 0,
      source: labeler.record.source,
    })),
    models: describeModels(study, storage, models),
    ...listGroups(models, planned),
    outside: {
      models: models.filter(({ outside }) => outside !== null).length,
      planned: storage.otherModels.ofStudy(study.id).length,
      title: source.othersTitle,
    },
    leftOut,
    paper: isLikePaper(study.spec),
    source: source.set.source,
    sections: sectionKeys.filter((key) => study.spec[key] !== undefined),
    generated: study.spec.stimuli.source === 'generated',
  };
}

/** Null if there are labels or predictions: either is enough to show results. */
function whyNoResults({ models, otherAnswers }: Source, answers: Uint32Array): string | null {
  if (models.length > 0 || otherAnswers !== null || answers.some((n) => n > 0)) return null;
  return 'No network has predicted the stimuli yet, and nobody has labeled them.';
}

function countUnlabeled({ labelers }: Source): ResultsOverview['unsaid'] {
  const sum = (name: keyof ResultsOverview['unsaid']): number =>
    labelers.reduce((total, { unsaid }) => total + unsaid()[name], 0);
  return { cannotTell: sum('cannotTell'), timedOut: sum('timedOut'), blank: sum('blank') };
}

function describeModels(
  { spec }: StudyRecord,
  { runHistory, runNotes, stimulusSets, studies }: Storage,
  models: readonly SourceModel[],
): ResultModel[] {
  const recipes = new Map(
    modelEntries(spec, studies.sections).flatMap((entry) => {
      const about = {
        recipe: recipeTitle(entry.recipe),
        testedOnTaught: isTestedOnTaught({ stimulusSets }, entry.recipe),
      };
      return identities(entry).map(({ name }) => [name, about] as const);
    }),
  );
  return models.map(({ id, record, outside, input }): ResultModel => {
    if (record === null) return describeOutside(id, outside, input);
    const { accuracy, group, seed, runId, engine, modelName } = record;
    const { name, architecture, target, repeat, collection = null } = input;
    const trend = runHistory.trend(runId, record.step);
    const { recipe, testedOnTaught } = recipes.get(modelName) ?? { recipe: '', testedOnTaught: false };
    const about = { recipe, testedOnTaught, tags: runNotes.tags(runId), collection };
    return { key: id, name, architecture, target, accuracy, trend, group, repeat, seed, runId, engine, ...about };
  });
}

function describeOutside(
  key: string,
  { tested }: OtherModel,
  { name, architecture, collection = null }: SourceModel['input'],
): ResultModel {
  return {
    key,
    name,
    architecture,
    collection,
    group: 'outside',
    accuracy: tested?.accuracy ?? null,
    target: null,
    repeat: null,
    seed: null,
    runId: null,
    engine: null,
    recipe: '',
    tags: [],
    testedOnTaught: false,
    trend: { accuracy: null, error: null, before: 0, after: 0, estimates: 0, undefined: 'It was not trained here.' },
  };
}

type Groups = Pick<ResultsOverview, 'diverse' | 'seeds'>;

/** Groups with predictions: how many networks of each have predicted, and how many are planned. */
function listGroups(models: readonly SourceModel[], planned: readonly PlannedSnapshot[]): Groups {
  const inputs = models.map((model) => model.input);
  const ofDesign = planned.filter(({ collection }) => collection === null);
  const plannedByPlace = Map.groupBy(ofDesign, ({ model, architecture, target }) =>
    model.repeat === null ? placeKey(target) : placeKey(target, architecture, model.repeat),
  );
  // Predictions may include networks that were removed from the declaration.
  const size = (members: readonly unknown[], place: string) => ({
    models: members.length,
    planned: Math.max(members.length, plannedByPlace.get(place)?.length ?? 0),
  });
  const diverse = Map.groupBy(inputs.filter(isDiverse), ({ target }) => target);
  const cells = Map.groupBy(inputs.filter(isOfSeeds), ({ architecture, target }) => `${architecture} ${target}`);
  return {
    diverse: [...diverse]
      .map(([target, all]) => ({ target, ...size(all, placeKey(target)) }))
      .sort((a, b) => compareTargets(a.target, b.target)),
    seeds: [...cells.values()]
      .map((all) => {
        const { architecture, target } = all[0]!;
        const repeats = [...Map.groupBy(all, ({ repeat }) => repeat)]
          .map(([repeat, members]) => ({ repeat, ...size(members, placeKey(target, architecture, repeat)) }))
          .sort((a, b) => a.repeat - b.repeat);
        return { architecture, target, repeats };
      })
      .sort((a, b) => a.architecture.localeCompare(b.architecture, 'en') || compareTargets(a.target, b.target)),
  };
}

const placeKey = (target: Target, architecture = '', repeat = 0): string => `${target} ${architecture} ${repeat}`;

function emptyOverview(study: StudyRecord, storage: Storage): ResultsOverview {
  const empty = { images: 0, determined: 0, pairs: [], alphas: [], people: [], models: [], diverse: [], seeds: [] };
  return {
    rehearsal: false,
    response: 'single' as const,
    labelers: 0,
    counted: null,
    missing: 'The study has no frozen stimuli yet.',
    classes: [],
    ...empty,
    unsaid: { cannotTell: 0, timedOut: 0, blank: 0 },
    outside: {
      models: 0,
      planned: storage.otherModels.ofStudy(study.id).length,
      title: storage.otherModels.words.group,
    },
    leftOut: [],
    paper: isLikePaper(study.spec),
    source: null,
    sections: sectionKeys.filter((key) => study.spec[key] !== undefined),
    generated: study.spec.stimuli.source === 'generated',
  };
}

/** One snapshot that the study asks for. */
interface PlannedSnapshot {
  readonly model: ModelIdentity;
  readonly architecture: string;
  readonly target: Target;
  /** Null: it is of the design. */
  readonly collection: string | null;
}

/** Every snapshot that the study's declaration asks for. */
function plannedSnapshots({ spec }: StudyRecord, sections: Sections): PlannedSnapshot[] {
  return modelEntries(spec, sections).flatMap((models) =>
    identities(models).flatMap((model) =>
      models.recipe.targets.map((target) => ({
        model,
        target,
        architecture: architectureName(models.recipe.architecture),
        collection: models.collection ?? null,
      })),
    ),
  );
}

/**
 * Planned snapshots of a study without predictions, and why: missed targets, unfinished runs, stimuli not predicted yet.
 * @throws UserError `study.not-found`
 */
export function findLeftOut(storage: Storage, name: string): LeftOut[] {
  const study = findStudy({ storage }, name);
  const records = storage.models.ofStudy(study.id);
  const known = new Map(records.map((record) => [snapshotName(record.modelName, record.target), record]));
  const links = new Map(storage.studyRuns.list(study.id).map((link) => [link.role, link.runId]));
  const runs = new Map<number, RunRecord | undefined>();
  const findRun = (name: string): RunRecord | undefined => {
    const id = links.get(`models/${name}`);
    if (id === undefined) return undefined;
    if (!runs.has(id)) runs.set(id, storage.runs.get(id));
    return runs.get(id);
  };
  return plannedSnapshots(study, storage.studies.sections).flatMap(({ model, target }): LeftOut[] => {
    const name = snapshotName(model.name, target);
    const record = known.get(name);
    if (record?.prediction) return [];
    const left = record ? ({ why: 'unasked', detail: '' } as const) : leftOutReason(findRun(model.name), target);
    return [{ name, model: model.name, target, repeat: model.repeat, ...left }];
  });
}

function leftOutReason(run: RunRecord | undefined, target: Target): Pick<LeftOut, 'why' | 'detail'> {
  if (run?.state === 'failed') return { why: 'failed', detail: run.failure?.message ?? '' };
  if (run?.state === 'cancelled') return { why: 'cancelled', detail: '' };
  if (run?.state !== 'done') return { why: 'unfinished', detail: run?.state === 'running' ? 'being trained' : '' };
  const missed = run.result?.kind === 'classifier' && run.result.missed.find((each) => each.target === target);
  if (!missed) return { why: 'unfinished', detail: 'trained for other targets' };
  return { why: 'missed', detail: missText(missed) };
}
