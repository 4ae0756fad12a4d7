import type { TeachingPlan } from '../contract/teaching.ts';
import { UserError } from '../../../contract/wire/index.ts';
import type { Teaching } from '../contract/design.ts';
import { canonicalJson } from '../../../domain/plans/index.ts';
import { sha256 } from '../../../files/index.ts';
import type { StudyRecord } from '../../../storage/index.ts';
import { checkStudy } from '../../../services/declaration/index.ts';
import { type AdditionTools, storeAddition } from '../../../services/runs/index.ts';
import { findStudy, type Workbench } from '../../../services/workbench/index.ts';

/** Targets that are stored as files, and not declared yet. */
export interface StoredTargets {
  readonly plan: TeachingPlan;
  /** With what was made. */
  readonly teaching: Teaching;
  /** Hash of the declaration that they were made for, and of which labels there were: somebody may withdraw meanwhile. */
  readonly declared: string;
}

/** Declares stored targets and queues the trainings. @throws UserError `study.not-found`, `teaching.study-changed` */
export async function declareTargets(
  tools: AdditionTools,
  name: string,
  { teaching, declared }: StoredTargets,
): Promise<void> {
  const study = findStudy(tools.workbench, name);
  if (stateOf(tools.workbench, study) !== declared) throw studyChanged(name);
  await storeAddition(
    tools,
    study,
    checkStudy({ ...study.spec, teaching }, `study ${name}`, tools.workbench.storage.studies.sections),
  );
}

/** Changes whenever the declaration or the labels do. */
export function stateOf({ storage }: Pick<Workbench, 'storage'>, { id, spec }: StudyRecord): string {
  const { labelers, lastLabel } = storage.studies.counts(id);
  const others = storage.otherAnswers.inUse(id);
  const answers = others && { id: others.id, people: others.people, answers: others.answers };
  return sha256(canonicalJson({ spec, labelers, lastLabel, answers }));
}

const studyChanged = (study: string): UserError =>
  new UserError(
    'teaching.study-changed',
    'The study or its labels changed while its targets were made',
    `study ${study}`,
    'Make them again. Nothing was changed by this attempt.',
  );
