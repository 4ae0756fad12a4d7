import { UserError } from '../../contract/wire/errors.ts';
import { type ShippedGeneratorName, shippedGeneratorNames } from '../../contract/recipes/recipes.ts';
import type { Snapshot, Task } from '../../contract/runs/run.ts';
import type { RunRecord } from '../../storage/runs/run-record.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import type { NamedBytes } from '../../training/generator/quality.ts';
import { findRunInPlace, findStudy } from '../workbench/find.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { readShipped } from './shipped.ts';

export interface TrainedStage {
  run: RunRecord;
  task: Extract<Task, { kind: 'generator' }>;
  step: number;
  /** SHA-256 of the float32 weights. */
  weights: string;
  at: number;
}

/** The weights at a step; null: the last. @throws UserError `generator.none`, `generator.no-such-step` */
export function trainedStage(workbench: Workbench, study: StudyRecord, step: number | null): TrainedStage {
  const { storage } = workbench;
  const run = findRunInPlace(workbench, study.id, 'generator');
  const stages = run ? storage.runHistory.sampleGrids(run.id) : [];
  const last = stages.at(-1);
  if (run?.task.kind !== 'generator' || !last) throw none(study);
  const chosen = step === null ? last : stages.find((stage) => stage.step === step);
  if (chosen) return { run, task: run.task, step: chosen.step, weights: chosen.weights, at: chosen.at };
  throw new UserError(
    'generator.no-such-step',
    `No weights of step ${step} were kept`,
    '--step',
    `Choose one of these steps: ${stages.map((stage) => stage.step).join(', ')}.`,
  );
}

export const isShipped = (name: string): name is ShippedGeneratorName =>
  shippedGeneratorNames.some((known) => known === name);

/** The weights of a shipped generator, or of a study's. @throws UserError */
export function generatorBytes(workbench: Workbench, name: string, step: number | null): NamedBytes {
  if (isShipped(name)) {
    if (step !== null) throw oneStage(name);
    return { bytes: readShipped(workbench.resources, name).bytes, where: name };
  }
  const study = findStudy(workbench, name);
  const { generator } = study.spec;
  if (generator?.shipped !== undefined) return generatorBytes(workbench, generator.shipped, step);
  const { weights } = trainedStage(workbench, study, step);
  return { bytes: workbench.storage.blobs.get(weights), where: workbench.storage.blobs.path(weights) };
}

export interface Judge {
  study: StudyRecord;
  task: Extract<Task, { kind: 'classifier' }>;
  snapshot: Snapshot;
}

/** @param studyName null: the first study with a reference classifier @throws UserError `generator.no-judge` */
export function findJudge(workbench: Workbench, studyName: string | null): Judge {
  const studies = studyName === null ? workbench.storage.studies.list() : [findStudy(workbench, studyName)];
  for (const study of studies) {
    const run = findRunInPlace(workbench, study.id, 'reference');
    const snapshot = run?.result?.kind === 'classifier' ? run.result.snapshots[0] : undefined;
    if (run?.task.kind === 'classifier' && snapshot) return { study, task: run.task, snapshot };
  }
  throw new UserError(
    'generator.no-judge',
    'There is no trained reference classifier to judge the images',
    studyName ?? workbench.storage.folder,
    'Run a study with generated stimuli first, such as `boundary study run quick`, and name it with --by.',
  );
}

const oneStage = (name: string): UserError =>
  new UserError(
    'generator.no-such-step',
    `Only one step's weights of ${name} come with the product`,
    '--step',
    'Leave the option out, or name a study that trains the generator.',
  );

const none = ({ name }: StudyRecord): UserError =>
  new UserError(
    'generator.none',
    `Study "${name}" has no weights of a generator of its own yet`,
    name,
    'Run the study until its generator has a sample grid, or name a study that trains one.',
  );
