import { kept } from '../../domain/numbers/arrays.ts';
import { sourceName, sourcePaths, uploadedName } from '../../domain/data/data-sources.ts';
import { dirname, isAbsolute } from 'node:path';
import { removeBelowSync } from '../../files/below.ts';
import { onFile } from '../../files/file-errors.ts';
import type { z } from 'zod';
import type { newStudySchema, Preset } from '../../contract/api/studies.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { type Study, studySchema } from '../../contract/studies/study.ts';
import { isDesigned, modelCount, ownGenerator } from '../../domain/plans/declaration.ts';
import { formatCount } from '../../domain/numbers/format.ts';
import { modelEntries, type Sections } from '../../domain/plans/model-entries.ts';
import { badName, storeNewStudy } from '../declaration/new-study.ts';
import { loadPreset, loadStudy, parseStudy, presetNames } from '../declaration/study-file.ts';
import { isDataSetThere, requireDataSet, withDataSetAt } from '../declaration/source-at.ts';
import { type Forecast, forecast } from '../estimates/forecast.ts';
import { studyCost } from '../estimates/study-cost.ts';
import type { StudyWork } from '../study/study-work.ts';
import { findStudy, freeName, refuseTaken } from '../workbench/find.ts';
import type { Removals } from '../workbench/removals.ts';
import type { Tools } from '../tools/tools.ts';
import { reportFolder } from '../workbench/workbench.ts';

export type StudyTools = Pick<Tools, 'workbench' | 'changes' | 'jobs' | 'settings'> & {
  readonly work: StudyWork;
  readonly removals: Pick<Removals, 'complete'>;
};

type NewStudy = z.input<typeof newStudySchema>;

/** @throws UserError `study.*` */
export function createStudy(
  tools: StudyTools,
  source: NewStudy['source'],
  { name, title, freshAnchors = false, peopleOnly = false, dataSetPath = null }: Omit<NewStudy, 'source'>,
): string {
  const { storage } = tools.workbench;
  const given =
    source.kind === 'preset'
      ? loadPreset(source.preset, tools.workbench.resources, storage.studies.sections).study
      : parseStudy(source.text, source.file, storage.studies.sections);
  const declared = dataSetPath === null ? given : withDataSetAt(tools.workbench, given, dataSetPath);
  if (source.kind === 'preset') requireDataSet({ study: declared });
  refuseRelative(declared, source.kind === 'text' ? source.file : source.preset);
  const chosen = name ?? freeName(storage, declared.name);
  refuseTaken(storage, chosen);
  const named = withNames(declared, chosen, title ?? (peopleOnly ? ofPeople.title : declared.title));
  const placed = freshAnchors ? withFreshAnchors(named) : named;
  const study: Study = peopleOnly
    ? { ...placed, question: ofPeople.question, models: [], labelers: { source: 'none' } }
    : placed;
  return storeNewStudy(tools, study);
}

/** What a study of people alone is called and asks, as presets speak of networks. */
const ofPeople = {
  title: 'People at the boundary between classes',
  question: 'On which images between two classes do people disagree?',
};

const withFreshAnchors = (study: Study): Study =>
  isDesigned(study.stimuli) ? { ...study, stimuli: { ...study.stimuli, anchorDesign: { kind: 'fresh' } } } : study;

function withNames(study: Study, name: string, title: string): Study {
  const named = studySchema.safeParse({ ...study, name, title });
  if (named.success) return named.data;
  throw badName(name);
}

/** An uploaded file has no folder that relative paths could start from. */
function refuseRelative({ dataSet, stimuli, labelers }: Study, file: string): void {
  const paths = sourcePaths(dataSet).map(({ key, path }): [key: string, path: string] => [`dataSet.${key}`, path]);
  if (stimuli.source === 'imported') paths.push(['stimuli.path', stimuli.path]);
  if (labelers.source === 'csv' || labelers.source === 'model-vs-human') paths.push(['labelers.path', labelers.path]);
  const relative = paths.find(([, path]) => !isAbsolute(path) && uploadedName(path) === null);
  if (!relative) return;
  throw new UserError(
    'study.relative-path',
    `The path "${relative[1].slice(0, 200)}" is relative, and an uploaded file has no folder`,
    `${file}, ${relative[0]}`,
    'Write the full path into the file, or run it with `boundary study run FILE`, which knows its folder.',
  );
}

/** Changes title, question or both. @throws UserError `study.not-found` */
export function renameStudy(
  tools: StudyTools,
  name: string,
  { title, question }: { title?: string | undefined; question?: string | undefined },
): void {
  const { spec } = findStudy(tools.workbench, name);
  const changed = { ...spec, title: title ?? spec.title, question: question ?? spec.question };
  tools.workbench.storage.studies.put(name, changed, tools.workbench.now());
  tools.changes.publish('studies');
}

/** Copies declaration, runs and stimuli. Labelers stay with the original. @throws UserError `study.*` */
export function duplicateStudy(tools: StudyTools, name: string, wanted: string | null): string {
  const { storage, now } = tools.workbench;
  const { id, spec } = findStudy(tools.workbench, name);
  const chosen = wanted ?? freeName(storage, `${name.slice(0, 58)} copy`);
  refuseTaken(storage, chosen);
  const title = spec.title.startsWith('Copy of ') ? spec.title : `Copy of ${spec.title}`.slice(0, 200);
  const copy = withNames(spec, chosen, title);
  storage.transaction(() => {
    const copyId = storage.studies.put(chosen, copy, now());
    for (const { role, runId, model } of storage.studyRuns.list(id)) {
      storage.studyRuns.link(copyId, role, runId, model, now());
    }
    const set = storage.studies.stimuli(id);
    if (set !== undefined) storage.studies.useStimuli(copyId, set, now());
  });
  tools.changes.publish('studies');
  return chosen;
}

/** Deletes a study and stops its runs, or restores it. @throws UserError `study.not-found` */
export function setDeleted(tools: StudyTools, name: string, deleted: boolean): void {
  const { storage, now } = tools.workbench;
  const { id } = findStudy(tools.workbench, name);
  if (deleted) {
    tools.jobs.stopStudy(name);
    stopThere(tools, id);
  }
  storage.studies.setDeleted(id, deleted ? now() : null);
  tools.changes.publish('studies');
}

/** Has runs of a study on clusters come back, also those that no job works on; gives their number. */
function stopThere({ workbench }: StudyTools, id: number): number {
  const count = workbench.storage.placements.stopStudy(id);
  if (count === 0) return 0;
  for (const clusters of workbench.clusters) clusters.wake();
  return count;
}

/**
 * Resolves when all rows are deleted; the study is gone at once.
 * @throws UserError `study.not-found`, `study.not-deleted`, `study.at-work`, `storage.*`, `file.*`
 */
export async function purgeStudy(tools: StudyTools, name: string): Promise<void> {
  const { storage } = tools.workbench;
  const { id, deletedAt } = findStudy(tools.workbench, name);
  const refuse = (code: string, what: string, remedy: string): never => {
    throw new UserError(code, what, `study ${name}`, remedy);
  };
  if (deletedAt === null)
    refuse('study.not-deleted', 'Only a deleted study can be deleted for good', 'Delete it first.');
  if (tools.jobs.isBusy(name)) refuse('study.at-work', 'The study is still stopping', 'Try again in a moment.');
  const there = stopThere(tools, id);
  if (there > 0)
    refuse(
      'study.at-work',
      `${formatCount(there, 'run')} of the study ${there === 1 ? 'is' : 'are'} still on a cluster`,
      'They save a checkpoint and come back within minutes: try again then. If the cluster is gone for good, give up its runs on the Machine screen.',
    );
  // First: if the program ends between the two, a new study of this name must not show the report as its own.
  removeFolder(storage.folder, dirname(reportFolder(storage.folder, name)));
  storage.removals.markStudy(id);
  const publish = (): void => {
    for (const topic of ['studies', 'runs', 'stimuli'] as const) tools.changes.publish(topic);
  };
  // A new study may take its name already.
  publish();
  await tools.removals.complete();
  publish();
}

function removeFolder(root: string, folder: string): void {
  onFile(folder, () => removeBelowSync(root, folder));
}

/** They repeat the paper, so their studies keep its one anchor a class. */
const paperPresets = new Set(['paper', 'replay']);

/** Presets, the quickest first, with their cost on this machine. */
export function presets(tools: Pick<Tools, 'workbench' | 'settings'>): Preset[] {
  const here = forecast(tools, undefined);
  const { resources, storage } = tools.workbench;
  const { sections } = storage.studies;
  return [...shippedStudies(resources, sections)]
    .map(([preset, study]) => describe(preset, study, here, sections))
    .sort((a, b) => a.cost.seconds - b.cost.seconds);
}

/** By folder of the product's resources, and sections that are read: parsing them takes longer than the rest of the answer. */
const read = new Map<string, ReadonlyMap<string, Study>>();

/** Studies that come with the product, by name of the preset; read once. */
const shippedStudies = (resources: string, sections: Sections): ReadonlyMap<string, Study> =>
  kept(
    read,
    [resources, ...sections.map(({ key }) => key)].join(' '),
    () => new Map(presetNames(resources).map((preset) => [preset, loadStudy(preset, resources, sections).study])),
  );

function describe(preset: string, study: Study, here: Forecast, sections: Sections): Preset {
  const { title, question } = study;
  const models = modelEntries(study, sections).reduce((sum, entry) => sum + modelCount(entry), 0);
  const cost = studyCost(study, here, sections);
  const { engine, workers } = here.pace;
  const paper = paperPresets.has(preset);
  const dataSet =
    study.dataSet.source === 'mnist' ? null : { name: sourceName(study.dataSet), found: isDataSetThere(study) };
  return {
    preset,
    title,
    question,
    paper,
    models,
    dataSet,
    cost,
    engine,
    workers,
    does: describePreset(study, models),
  };
}

function describePreset(study: Study, models: number): string {
  const generator = ownGenerator(study) ? 'trains a generator' : 'uses the generator that comes with the product';
  const images = {
    generated: `${generator}, makes images between classes`,
    blended: 'makes images between real ones',
    'test-images': 'takes test images',
    imported: 'takes images',
  }[study.stimuli.source];
  const labels = {
    rehearsal: ', rehearses labels',
    csv: ', reads labels',
    'model-vs-human': ', reads answers',
    none: '',
  }[study.labelers.source];
  const networks = `trains ${models} ${models === 1 ? 'network' : 'networks'}`;
  return `Reads ${sourceName(study.dataSet)}, ${images}, ${networks}${labels} and writes the report.`;
}
