import { UserError } from '../../contract/errors.ts';
import type { ModelsSpec } from '../../contract/study.ts';
import { findStudy } from '../tools/find-study.ts';
import type { Lab } from '../lab/lab.ts';
import { identities } from '../declaration/plan.ts';

/**
 * Takes the entries that these runs belong to out of a study; those of an entry leave together. Their runs stay, so
 * adding the entries again finds them. Trainings that nothing else asks for are cancelled.
 * @throws UserError `study.not-found`, `models.not-in-study`, `models.last`; nothing is changed then.
 */
export function removeModels(
  lab: Lab,
  studyName: string,
  ids: readonly number[],
): { removed: ModelsSpec[]; runs: number } {
  const { bench, work, changes } = lab;
  const { storage, now } = bench;
  const { id, name, spec } = findStudy(bench, studyName);
  const links = storage.studyRuns.list(id);
  const wanted = new Set(ids);
  const names = new Set(links.flatMap(({ runId, model }) => (model && wanted.has(runId) ? [model.modelName] : [])));
  const isGone = (entry: ModelsSpec): boolean => identities(entry).some((identity) => names.has(identity.name));
  const removed = spec.models.filter(isGone);
  const kept = spec.models.filter((entry) => !isGone(entry));
  if (removed.length === 0) throw notInStudy(name);
  if (kept.length === 0) throw last(name);
  const gone = new Set(removed.flatMap((entry) => identities(entry).map((identity) => identity.name)));
  const left = links.filter(({ model }) => model && gone.has(model.modelName));
  const roles = links.filter(({ model }) => !model || !gone.has(model.modelName)).map(({ role }) => role);
  storage.transaction(() => {
    storage.studies.put(name, { ...spec, models: kept }, now());
    storage.studyRuns.keepOnly(id, roles, now());
  });
  for (const { runId, kind, state } of left) {
    const isLeft = state === 'running' || state === 'queued' || state === 'interrupted';
    if (kind === 'classifier' && isLeft && storage.runTable.places(runId).length === 0) work.cancelRun(runId);
  }
  changes.tell('studies');
  changes.tell('runs');
  return { removed, runs: gone.size };
}

function notInStudy(name: string): UserError {
  return new UserError({
    code: 'models.not-in-study',
    what: 'None of these runs is a model of this study',
    where: `study ${name}`,
    remedy: 'Generators, references and predictions go with what they are for; choose models.',
  });
}

function last(name: string): UserError {
  return new UserError({
    code: 'models.last',
    what: 'A study needs at least one model',
    where: `study ${name}`,
    remedy: 'Add another model first, or delete the study.',
  });
}
