import { existsSync, rmSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { StudyCard, StudyState } from '../../contract/api/studies.ts';
import { UserError } from '../../contract/errors.ts';
import { studySchema } from '../../contract/study.ts';
import type { Study } from '../../contract/study.ts';
import type { StudyFigures, StudyRecord } from '../../storage/index.ts';
import { inPieces } from '../archive/progress.ts';
import { findStudy } from '../tools/find-study.ts';
import type { Lab } from '../lab/lab.ts';
import { reportFolder } from '../tools/report-folder.ts';
import { identities } from '../declaration/plan.ts';
import { parseStudy } from '../declaration/study-file.ts';
import { freeName, refuseTaken } from '../tools/study-names.ts';
import { presetStudy } from './presets.ts';

/** Studies as a page manages them. */

export interface StudiesList {
  studies: StudyCard[];
  deleted: { name: string; title: string; deletedAt: string }[];
}

/** Last changed first. */
export function listStudies(lab: Lab): StudiesList {
  const all = lab.bench.storage.studies.list();
  return {
    studies: all
      .filter(({ deletedAt }) => deletedAt === null)
      .map((study) => cardOf(lab, study))
      .sort((a, b) => b.changedAt.localeCompare(a.changedAt)),
    deleted: all.flatMap(({ name, spec, deletedAt }) =>
      deletedAt === null ? [] : [{ name, title: spec.title, deletedAt: isoTime(deletedAt) }],
    ),
  };
}

/** What lists show of a study. */
export function cardOf(lab: Lab, study: StudyRecord): StudyCard {
  const { id, name, spec } = study;
  const figures = lab.bench.storage.studies.figures(id);
  const planned = spec.models.reduce((sum, entry) => sum + identities(entry).length, 0);
  const reportAt = reportTime(lab, name);
  return {
    ...{ id, name, title: spec.title, question: spec.question, runs: figures.runs, stimuli: figures.stimuli },
    state: stateOf(lab, study, figures, reportAt),
    models: { done: Math.min(figures.modelsDone, planned), planned },
    labelers: { count: figures.labelers, simulated: figures.simulated },
    changedAt: isoTime(Math.max(study.changedAt, figures.lastRun ?? 0, figures.lastLabel ?? 0)),
    reportAt: reportAt === null ? null : isoTime(reportAt),
  };
}

export const isoTime = (at: number): string => new Date(at).toISOString();

/** When the study's report was last written, milliseconds since 1970; null while there is none. */
export function reportTime({ bench }: Pick<Lab, 'bench'>, name: string): number | null {
  const path = join(reportFolder(bench.storage.folder, name), 'index.html');
  return existsSync(path) ? statSync(path).mtimeMs : null;
}

function stateOf(lab: Lab, { name }: StudyRecord, { runs }: StudyFigures, reportAt: number | null): StudyState {
  const job = lab.jobs.list().find((each) => each.study === name && each.kind === 'study' && each.endedAt === null);
  if (job) return job.state === 'waiting' ? 'waiting' : 'working';
  const all = Object.values(runs).reduce((sum, count) => sum + count, 0);
  if (all === 0) return 'new';
  if (runs.failed > 0) return 'failed';
  return runs.done === all && reportAt !== null ? 'done' : 'partial';
}

export type StudySource = { kind: 'preset'; preset: string } | { kind: 'text'; text: string; file: string };

/**
 * A new study; nothing runs yet.
 * @param name null: the one that the source has, or a free one like it.
 * @throws UserError `study.*`
 */
export function createStudy(lab: Lab, source: StudySource, name: string | null, title: string | null): string {
  const { storage, now } = lab.bench;
  const declared = source.kind === 'preset' ? presetStudy(lab, source.preset) : parseStudy(source.text, source.file);
  refuseRelative(declared, source.kind === 'text' ? source.file : source.preset);
  const chosen = name ?? freeName(storage, declared.name);
  refuseTaken(storage, chosen);
  const study = withNames(declared, chosen, title ?? declared.title);
  storage.studies.put(chosen, study, now());
  lab.changes.tell('studies');
  return chosen;
}

function withNames(study: Study, name: string, title: string): Study {
  const named = studySchema.safeParse({ ...study, name, title });
  if (named.success) return named.data;
  throw new UserError({
    code: 'study.bad-name',
    what: `A study cannot be called "${name.slice(0, 64)}"`,
    where: 'the name',
    remedy: 'Use letters, digits, space, dot, dash and underscore, beginning with a letter or digit; 64 at most.',
  });
}

/** A file that was handed over has no folder that its paths could start from. */
function refuseRelative({ dataSet, stimuli, labelers }: Study, file: string): void {
  const paths: [key: string, path: string][] = [];
  if (dataSet.source === 'idx') {
    const { trainImages, trainLabels, testImages, testLabels } = dataSet;
    for (const [key, path] of Object.entries({ trainImages, trainLabels, testImages, testLabels })) {
      paths.push([`dataSet.${key}`, path]);
    }
  }
  if (stimuli.source === 'imported') paths.push(['stimuli.path', stimuli.path]);
  if (labelers.source === 'csv') paths.push(['labelers.path', labelers.path]);
  const relative = paths.find(([, path]) => !isAbsolute(path));
  if (!relative) return;
  throw new UserError({
    code: 'study.relative-path',
    what: `The path "${relative[1].slice(0, 200)}" is relative, and it is not known to which folder`,
    where: `${file}, ${relative[0]}`,
    remedy: 'Write the whole path into the file, or run it with `boundary study run FILE`, which knows its folder.',
  });
}

/** @throws UserError `study.not-found` */
export function renameStudy(lab: Lab, name: string, title: string): void {
  const { spec } = findStudy(lab.bench, name);
  lab.bench.storage.studies.put(name, { ...spec, title }, lab.bench.now());
  lab.changes.tell('studies');
}

/**
 * A study of the same declaration, with the runs and the stimuli that are there. Labelers stay with the first one:
 * they were asked for that.
 * @throws UserError `study.*`
 */
export function duplicateStudy(lab: Lab, name: string, wanted: string | null): string {
  const { storage, now } = lab.bench;
  const { id, spec } = findStudy(lab.bench, name);
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
  lab.changes.tell('studies');
  return chosen;
}

/** Away, with what runs of it stopped; or back. @throws UserError `study.not-found` */
export function setDeleted(lab: Lab, name: string, deleted: boolean): void {
  const { storage, now } = lab.bench;
  const { id } = findStudy(lab.bench, name);
  if (deleted) lab.work.stop(name);
  storage.studies.setDeleted(id, deleted ? now() : null);
  lab.changes.tell('studies');
}

/** @throws UserError `study.not-found`, `study.not-deleted`, `study.at-work` */
export async function purgeStudy(lab: Lab, name: string): Promise<void> {
  const { storage } = lab.bench;
  const { id, deletedAt } = findStudy(lab.bench, name);
  const refuse = (code: string, what: string, remedy: string): never => {
    throw new UserError({ code, what, where: `study ${name}`, remedy });
  };
  if (deletedAt === null)
    refuse('study.not-deleted', 'Only a deleted study can be deleted for good', 'Delete it first.');
  if (lab.work.study === name) refuse('study.at-work', 'The study is still stopping', 'Try again in a moment.');
  await inPieces(storage.archives.remove(id));
  rmSync(dirname(reportFolder(storage.folder, name)), { recursive: true, force: true });
  // Another study may come to have its name.
  for (const topic of ['studies', 'runs', 'stimuli'] as const) lab.changes.tell(topic);
}
