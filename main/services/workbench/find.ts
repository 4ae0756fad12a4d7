import { existsSync } from 'node:fs';
import { z } from 'zod';
import { runNotFound, UserError } from '../../contract/wire/errors.ts';
import { type ImageSize, sizeOf } from '../../domain/data/images.ts';
import type { RunRecord } from '../../storage/runs/run-record.ts';
import type { StimulusSetHeader, StimulusSetRecord } from '../../storage/stimulus-sets.ts';
import type { Storage } from '../../storage/open.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { AnswerFiles } from './answer-files.ts';
import type { Workbench } from './workbench.ts';

/** @throws UserError `study.not-found` */
export function findStudy({ storage }: Pick<Workbench, 'storage'>, name: string): StudyRecord {
  const study = storage.studies.byName(name);
  if (study) return study;
  throw new UserError(
    'study.not-found',
    `There is no study "${name}" in this data folder`,
    storage.folder,
    'List the studies with `boundary study list`, or run it first.',
  );
}

/** @throws UserError `run.not-found` */
export function findRun({ storage }: Workbench, id: number): RunRecord {
  const run = storage.runs.get(id);
  if (run) return run;
  throw runNotFound(id);
}

const longest = 64;

export function findRunInPlace(
  { storage }: Pick<Workbench, 'storage'>,
  studyId: number,
  role: string,
): RunRecord | undefined {
  const link = storage.studyRuns.get(studyId, role);
  return link && storage.runs.get(link.runId);
}

/** The frozen stimuli that a study uses. */
export function findStimuli({ storage }: Pick<Workbench, 'storage'>, studyId: number): StimulusSetRecord | undefined {
  const hash = storage.studies.stimuli(studyId);
  return hash === undefined ? undefined : storage.stimulusSets.get(hash);
}

/**
 * The images of a stimulus set, uint8 [images, height, width, channels]: as the models get them, or at the size at which
 * they were made.
 * @throws UserError `blob.*`; the remedy depends on where the set came from
 */
export function readImages(
  { storage }: Pick<Workbench, 'storage'>,
  set: StimulusSetHeader,
  size: 'model' | 'original' = 'model',
): ImageSize & { pixels: Buffer } {
  const stored = size === 'original' && set.original ? set.original : set;
  try {
    return { ...sizeOf(stored), pixels: storage.blobs.get(stored.pixels) };
  } catch (error) {
    const remedy = otherRemedy(storage, set);
    if (!(error instanceof UserError) || remedy === null) throw error;
    throw new UserError(error.code, error.message, error.where, remedy, { cause: error });
  }
}

/** What restores the pixels of a set; null: the run that made them, as for any result. */
function otherRemedy({ blobs, runs }: Storage, { source, provenance, ...set }: StimulusSetHeader): string | null {
  const { path, run, generator } = setOrigin.parse(provenance);
  if (source === 'imported' && path !== undefined && existsSync(path))
    return `Start the study again: it reads the images from ${path} again.`;
  const result = run === undefined ? null : runs.get(run)?.result;
  const isMadeHere = result?.kind === 'stimuli' && result.model.pixels === set.pixels;
  if ((source === 'blended' || source === 'test-images') && isMadeHere) return null;
  if (source === 'generated' && isMadeHere && generator !== undefined && blobs.has(generator)) return null;
  return 'Import the archive that the study came from again, or import the stimulus set into another study and freeze it there. Either restores the file for every study.';
}

const setOrigin = z
  .looseObject({ path: z.string().optional(), run: z.int().optional(), generator: z.string().optional() })
  .catch({});

/** The name itself where it is free, else `name 2`, `name 3`... A deleted study keeps its name until it is purged. */
export function freeName({ studies }: Pick<Storage, 'studies'>, wanted: string): string {
  for (let number = 1; ; number++) {
    const ending = number === 1 ? '' : ` ${number}`;
    const name = `${wanted.slice(0, longest - ending.length)}${ending}`;
    if (!studies.byName(name) && !studies.twinOf(name)) return name;
  }
}

/** @throws UserError `study.name-taken` */
export function refuseTaken({ studies }: Pick<Storage, 'studies'>, name: string): void {
  const there = studies.byName(name);
  if (!there) return refuseTwin({ studies }, name);
  throw new UserError(
    'study.name-taken',
    there.deletedAt === null ? 'A study with this name exists already' : 'A deleted study still has this name',
    `study ${name}`,
    there.deletedAt === null ? 'Choose another name.' : 'Restore it, delete it for good, or choose another name.',
  );
}

/**
 * Refuses a new study whose name differs from another one's in capitals only. @throws UserError `study.name-taken`
 */
export function refuseTwin({ studies }: Pick<Storage, 'studies'>, name: string): void {
  const twin = studies.byName(name) ? undefined : studies.twinOf(name);
  if (!twin) return;
  throw new UserError(
    'study.name-taken',
    `The name differs from "${twin.name}" in capitals only, and many systems do not tell them apart`,
    `study ${name}`,
    `Choose another name, or write "${twin.name}".`,
  );
}

/** What reads answers in files. @param where names what asks @throws UserError `answers.none` */
export function findAnswerFiles(
  { answerFiles }: Pick<Workbench, 'answerFiles'>,
  launcher: Launcher,
  where: string,
): AnswerFiles {
  if (answerFiles) return answerFiles(launcher);
  throw new UserError(
    'answers.none',
    'This version reads no files with answers of people and models',
    where,
    'Use a version that has the contribution “answers”.',
  );
}
