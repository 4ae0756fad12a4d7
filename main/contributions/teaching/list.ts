import { UserError } from '../../contract/wire/index.ts';
import type { TeachingView } from './contract/teaching.ts';
import type { Teaching } from './contract/design.ts';
import { cellKey, taughtName, taughtOf } from './analysis/entries.ts';
import { checkStudy, identities } from '../../services/declaration/index.ts';
import type { StatusTools } from '../../services/pipeline/index.ts';
import {
  type AdditionTools,
  leaveStudy,
  type RunTools,
  storeAddition,
  trainingProgress,
} from '../../services/runs/index.ts';
import { findStudy } from '../../services/workbench/index.ts';
import { declaredTeaching } from './labels/read.ts';

/** The study's experiment; null: it declares none. @throws UserError `study.not-found` */
export const findTeaching = (tools: StatusTools, name: string): TeachingView | null =>
  findStudy(tools.workbench, name).spec.teaching ? listTeaching(tools, name) : null;

/** @throws UserError `study.not-found`, `teaching.not-declared` */
export function listTeaching(tools: StatusTools, name: string): TeachingView {
  const study = findStudy(tools.workbench, name);
  const teaching = declaredTeaching(study);
  const entries = taughtOf(study.spec);
  const progress = trainingProgress(tools, study);
  // Each seed of the arm `person` has an entry of its own.
  const cells = Map.groupBy(entries, ({ taught }) => cellKey(taught, undefined));
  return {
    teaching,
    ...progress.of(entries),
    simulated: tools.workbench.storage.studies.counts(study.id).simulated,
    cells: [...cells.values()].flatMap((own) => {
      const [first] = own;
      if (!first) return [];
      const { arm, fold, teachers } = first.taught;
      return { name: taughtName(teaching, { arm, fold, teachers }), arm, fold, teachers, ...progress.cell(own) };
    }),
  };
}

/**
 * Takes the experiment out of a study with the models of all its cells; the runs and files are kept.
 * @throws UserError `study.not-found`, `teaching.not-declared`
 */
export async function removeTeaching(tools: RunTools, name: string): Promise<{ teaching: Teaching; runs: number }> {
  const study = findStudy(tools.workbench, name);
  const removed = declaredTeaching(study);
  const { teaching: _, ...spec } = study.spec;
  const taught = taughtOf(study.spec);
  const gone = new Set(taught.flatMap((entry) => identities(entry).map((model) => model.name)));
  await leaveStudy(tools, study, spec, gone);
  return { teaching: removed, runs: gone.size };
}

/**
 * Puts a removed experiment back as it was: making its targets anew would give others where labels have changed since.
 * @throws UserError `study.*`, `teaching.declared`, `blob.missing`
 */
export async function restoreTeaching(tools: AdditionTools, name: string, teaching: Teaching): Promise<void> {
  const study = findStudy(tools.workbench, name);
  if (study.spec.teaching)
    throw new UserError(
      'teaching.declared',
      'The study has another experiment by now',
      `study ${name}`,
      'Remove that one first.',
    );
  const { pixels, record, cells } = teaching.made ?? { pixels: null, record: null, cells: [] };
  const files = [pixels, record, ...cells.flatMap(({ targets, tuned }) => [targets, tuned?.start])];
  // Files that nothing uses may have been removed.
  const { blobs } = tools.workbench.storage;
  for (const hash of new Set(files)) if (hash && !blobs.touch(hash)) blobs.get(hash);
  await storeAddition(
    tools,
    study,
    checkStudy({ ...study.spec, teaching }, `study ${name}`, tools.workbench.storage.studies.sections),
  );
}
