import { sourceClasses, sourceName } from '../../domain/data/data-sources.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyze } from '../../analysis/groups/analyze.ts';
import type { ClaimChoice } from '../../contract/results/exhibit.ts';
import type { RunState } from '../../contract/runs/run.ts';
import { firstLine, UserError } from '../../contract/wire/errors.ts';
import { isLikePaper } from '../../domain/plans/declaration.ts';
import { formatCount } from '../../domain/numbers/format.ts';
import { sizeOf } from '../../domain/data/images.ts';
import { anchorsOf, pixelsAt } from '../../domain/stimuli/stimulus-set.ts';
import { encodePng } from '../../files/png.ts';
import { type ReportChoice, wholeReport } from '../../contract/api/report.ts';
import { parsePaperValues } from '../../exhibits/parts/paper-values.ts';
import { predictionsTooMany } from '../../reports/predictions.ts';
import { type ReportData, type ReportedPart, sectionsAbout } from '../../exhibits/report-data.ts';
import type { AddedResults } from '../../exhibits/result-lists.ts';
import type { ModelRecord } from '../../storage/predictions.ts';
import type { RunRecord } from '../../storage/runs/run-record.ts';
import type { StimulusSetRecord } from '../../storage/stimulus-sets.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import type { StudyRun } from '../../storage/study-runs.ts';
import { readStudyData, Sources, type StudyData } from '../analysis-input.ts';
import { findStudy, readImages } from '../workbench/find.ts';
import { declaredDataSet } from '../declaration/data-set.ts';
import { reportAnchors } from '../study/stimuli.ts';
import { modelCollections } from '../declaration/plan.ts';
import { addedResults, type ContributedResults } from '../results/contributed-results.ts';
import { testImageProvenanceSchema } from '../../contract/stimuli/stimuli.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { reportLabeling } from './labeled.ts';
import { disagreementWarnings } from '../../domain/stimuli/disagreement.ts';
import { reportGenerator, reportMade } from './made.ts';
import { refuseUnknown } from './refuse.ts';
import { reportRuns, shippedRun } from './runs.ts';
import { selectNetworks } from './selection.ts';
import { missedTargets, ownGroups, reportModel, reportPredictions, usedRecipes } from './trained.ts';
import type { Target } from '../../contract/recipes/recipes.ts';

/**
 * Everything of a study that is there and that was chosen, but for the choice of targets, ready to be rendered.
 * @throws UserError `study.not-found`, `report.no-stimuli`, `report.unknown-*`
 */
export function buildReport(
  workbench: Workbench,
  studyName: string,
  choice: ReportChoice = wholeReport,
  contributed: ReadonlyMap<string, ContributedResults> = new Map(),
): ReportData {
  const study = findStudy(workbench, studyName);
  const links = workbench.storage.studyRuns.list(study.id);
  const runs = new Map(links.map((link) => [link.runId, workbench.storage.runs.get(link.runId)]));
  const selection = selectNetworks(studyName, links, (link) => runs.get(link.runId), choice);
  const collections = modelCollections(study.spec, workbench.storage.studies.sections);
  const answered = workbench.storage.models.ofStudy(study.id).filter(({ prediction }) => prediction !== null);
  const sources = new Sources(workbench.storage);
  const data = readStudyData(workbench, study.id, selection.ofModel, sources);
  if (!data) {
    throw new UserError(
      'report.no-stimuli',
      `Study "${studyName}" has no frozen stimuli yet, so there is nothing to report`,
      workbench.storage.folder,
      'Run the study until its stimuli are made: `boundary study run`.',
    );
  }
  refuseUnknown(studyName, { recipes: usedRecipes(links, (link) => runs.get(link.runId)), models: answered }, choice);
  const paper = isLikePaper(study.spec) ? paperValues(workbench) : null;
  return assemble(workbench, study, data, {
    runs,
    notChosen: selection.notChosen,
    targets: choice.targets,
    claim: choice.claim,
    asked: choice.asked,
    sources,
    ofModel: selection.ofModel,
    links: links.filter(selection.ofRun),
    collections,
    paper,
    added: addedResults(contributed),
    parts: [...contributed.values()].flatMap(
      ({ report }) => report?.({ workbench, study, data, choice, sources, ofModel: selection.ofModel, paper }) ?? [],
    ),
  });
}

interface Runs {
  /** Runs of the networks that were chosen, and runs of no single network. */
  links: readonly StudyRun[];
  /** Groups of their own, by the names of their networks. */
  collections: ReadonlyMap<string, string>;
  /** All of the study, by id. */
  runs: ReadonlyMap<number, RunRecord | undefined>;
  notChosen: string[];
  /** Null: all. */
  targets: readonly Target[] | null;
  claim: ClaimChoice;
  /** How many people, for types as these would be. */
  asked: number;
  sources: Sources;
  /** Whether a model is one of those that the report is of. */
  ofModel: (model: ModelRecord) => boolean;
  paper: ReportData['paper'];
  /** Of contributions. */
  parts: readonly ReportedPart[];
  added: AddedResults;
}

function assemble(
  workbench: Workbench,
  study: StudyRecord,
  data: StudyData,
  { runs, notChosen, targets, claim, asked, sources, ofModel, paper, parts, added, ...of }: Runs,
): ReportData {
  const findRun = (link: StudyRun): RunRecord | undefined => runs.get(link.runId);
  const ownGroup = ({ model }: StudyRun): string | undefined => of.collections.get(model?.modelName ?? '');
  const links = of.links.filter((link) => ownGroup(link) === undefined);
  const others = of.links.filter((link) => {
    const name = ownGroup(link);
    return name !== undefined && sectionsAbout(parts, name).length > 0;
  });
  const analysis = analyze(data.input, { claim, asked, parts: added.analysis ?? [] });
  const apart = (others.length > 0 ? (sources.readById(study.id, ofModel)?.models ?? []) : []).filter(({ record }) =>
    of.collections.has(record.modelName),
  );
  const shown = [...data.models, ...apart].filter(({ record }) => targets?.includes(record.target) ?? true);
  const tooMany = predictionsTooMany(shown.length, data.set.images.length, data.set.classes.length);
  const own = ownGroups(workbench, {
    links: others,
    findRun,
    collections: of.collections,
    models: apart,
    withPredictions: tooMany === null,
  });
  const missed = links.flatMap((link) => missedTargets(link, findRun(link)));
  return {
    createdAt: new Date(workbench.now()).toISOString(),
    product: workbench.environment.product,
    study: study.spec,
    dataSet: readDataSet(workbench, study, data.set, runs),
    generator: reportGenerator(workbench, study.id, data.set),
    anchors: reportAnchors(workbench, data.set),
    stimuli: {
      ...reportStimuli(workbench, data),
      made: reportMade(workbench, study.id, data.set),
      chosen: chosenImages(study, data.set),
    },
    recipes: usedRecipes(links, findRun),
    notChosen,
    models: data.models.map(({ record }) => reportModel(workbench, record, runs.get(record.runId))),
    missed,
    predictions: data.models.map((model) => ({ ...reportPredictions(model, model.softmax), test: model.test() })),
    labelers: reportLabelers(data),
    labeling: labelingOf(workbench, study.id, data),
    analysis,
    ...(own.length > 0 && { ownGroups: own }),
    contributed: parts,
    added,
    paper,
    runs: [...shippedRun(data.set), ...reportRuns(workbench, [...links, ...others])],
    warnings: [
      ...selectionWarnings(study, data),
      ...runWarnings([...links, ...others], findRun),
      ...collectionsNotes(of.collections, parts),
      ...parts.flatMap(({ leftOut = [] }) => leftOut),
      ...(tooMany === null ? [] : [tooMany]),
    ],
  };
}

/** Which test images they are: as the study lists them, else as their set was made. Null: others than test images. */
function chosenImages({ spec: { stimuli } }: StudyRecord, { images, provenance }: StimulusSetRecord) {
  if (stimuli.source === 'test-images' && 'positions' in stimuli.choose) {
    const listed = new Set(stimuli.choose.positions);
    if (listed.size === images.length && images.every(({ id }) => listed.has(id))) return stimuli.choose;
  }
  return testImageProvenanceSchema.safeParse(provenance).data?.choose ?? null;
}

/** What a choice by people's answers means for results, also of these very answers. */
function selectionWarnings(study: StudyRecord, { set, otherAnswers, labelers }: StudyData): string[] {
  const chosen = chosenImages(study, set);
  if (chosen?.kind !== 'disagreed') return [];
  const sources = [otherAnswers?.record.source, ...labelers.map(({ source }) => source)];
  return disagreementWarnings(sources.includes(chosen.by.answers));
}

/**
 * Known by its bytes, from the runs that took it, or as it was read for the study; the names of set and classes are those
 * that this study gives them.
 */
function readDataSet(
  workbench: Workbench,
  study: StudyRecord,
  { classes }: StimulusSetRecord,
  runs: ReadonlyMap<number, RunRecord | undefined>,
): ReportData['dataSet'] {
  const task = [...runs.values()].map((run) => run?.task).find((candidate) => candidate?.kind === 'classifier');
  const used = task?.kind === 'classifier' ? workbench.storage.dataSets.get(task.dataSetHash) : undefined;
  const read = used ?? declaredDataSet(workbench, study) ?? null;
  const declared = study.spec.dataSet;
  const names = sourceClasses(declared) ?? read?.classes ?? classes;
  return { name: sourceName(declared), classes: [...names], read };
}

function reportStimuli(workbench: Workbench, { set }: StudyData): Omit<ReportData['stimuli'], 'made' | 'chosen'> {
  const seen = readImages(workbench, set);
  return {
    setHash: set.hash,
    source: set.source,
    width: set.width,
    height: set.height,
    channels: set.channels,
    originalWidth: set.original?.width ?? set.width,
    originalHeight: set.original?.height ?? set.height,
    items: set.images.map(({ id, pairI, pairJ, alpha, truth = null, ...image }, index) => ({
      id,
      pairI,
      pairJ,
      alpha,
      truth,
      ...anchorsOf(image),
      png: encodePng({ ...sizeOf(seen), pixels: pixelsAt(seen, index) }),
    })),
  };
}

function reportLabelers({ labelers, input: { people } }: StudyData): ReportData['labelers'] {
  if (labelers.length === 0 && people.kind !== 'counts') return null;
  return { people, simulated: labelers.some(({ simulated }) => simulated) };
}

/** Sessions give nothing to figures that use other answers; a lock holds for these too. */
function labelingOf(workbench: Workbench, studyId: number, { otherAnswers }: StudyData): ReportData['labeling'] {
  const labeling = reportLabeling(workbench, studyId);
  if (!otherAnswers || !labeling) return labeling;
  return { ...labeling, excluded: [], unfinished: 0, withdrawn: 0, cannotTell: 0, timedOut: 0 };
}

/** Says which models are in groups of their own, and where they count. */
function collectionsNotes(collections: ReadonlyMap<string, string>, parts: readonly ReportedPart[]): string[] {
  const sizes = Map.groupBy(collections.values(), (name) => name);
  const places = Map.groupBy(sizes, ([name]) => {
    const sections = sectionsAbout(parts, name);
    return sections.length > 0 ? `count in ${sections.join(' and ')} alone` : 'are not in this report';
  });
  return [...places].map(([where, groups]) => {
    const named = groups.map(([name, models]) => `${name} (${formatCount(models.length, 'model')})`);
    return `Models in groups of their own ${where}: ${named.join(', ')}. Results, Compare shows them.`;
  });
}

function paperValues({ resources }: Workbench): ReportData['paper'] {
  const path = join(resources, 'paper', 'values.json');
  return parsePaperValues(readFileSync(path, 'utf8'), path);
}

const whatHappened: Record<RunState, string> = {
  queued: 'is queued',
  running: 'is running',
  interrupted: 'was interrupted',
  failed: 'failed',
  cancelled: 'was cancelled',
  done: 'is done',
};

/** Runs that are not done: their models are missing from every table. */
function runWarnings(links: readonly StudyRun[], findRun: (link: StudyRun) => RunRecord | undefined): string[] {
  return links.flatMap((link) => {
    const run = findRun(link);
    if (!run || run.state === 'done') return [];
    // Its other lines say where on this machine, and what to do there: a report goes to others.
    const why = run.failure ? ` (${firstLine(run.failure.message)})` : '';
    return [`${run.label} ${whatHappened[run.state]}${why}; results that need it are missing.`];
  });
}
