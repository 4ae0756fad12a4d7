import type { TeachingChoices } from '../contract/teaching.ts';
import { UserError } from '../../../contract/wire/index.ts';
import { targetArms } from '../../contrasts/contract/target-arms.ts';
import { recipeTitle } from '../../../services/declaration/index.ts';
import { findStudy, type Workbench } from '../../../services/workbench/index.ts';
import { unavailableHere, whyNotArm } from './make.ts';
import { readTeachingSource, type TeachingSource } from '../labels/read.ts';

/** What an experiment of a study can be made of; `missing` says what the study needs first. @throws UserError `study.not-found` */
export function teachingChoices(workbench: Workbench, name: string): TeachingChoices {
  const study = findStudy(workbench, name);
  const { models } = study.spec;
  const { source, missing } = readSource(() => readTeachingSource(workbench, study, { seed: 1 }));
  const unavailable = source ? unavailableHere(source) : [];
  return {
    bases: models
      .filter(({ recipe }) => !recipe.softLabels)
      .map((entry) => ({ name: entry.name, recipe: recipeTitle(entry.recipe), targets: entry.recipe.targets })),
    teachers: models.map((entry) => entry.name),
    arms: targetArms.map((arm) => ({ arm, missing: unavailable.includes(arm) ? `${whyNotArm(arm)}.` : null })),
    missing: missing ?? (source?.people.length === 0 ? 'Nobody has labeled the images yet.' : null),
    images: source?.images.length ?? 0,
    labelers: source?.halves ? source.labels.values.filter((label) => label >= 0).length : (source?.people.length ?? 0),
    simulated: source?.simulated ?? false,
  };
}

/** What is missing is no error of a screen that asks what there is. */
function readSource(read: () => TeachingSource): { source: TeachingSource | null; missing: string | null } {
  try {
    return { source: read(), missing: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { source: null, missing: `${error.message}. ${error.remedy}` };
  }
}
