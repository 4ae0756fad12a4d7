import { UserError } from '../../contract/wire/index.ts';
import type { StudySection } from '../../domain/plans/index.ts';
import { baseEntry, countTaught, keepMade, taughtOf, teachingFault } from './analysis/entries.ts';
import { teachingOf, teachingSchema } from './contract/design.ts';

/** Further models, which are taught the study's images by targets made of its labels. */
export const studySection: StudySection = {
  key: 'teaching',
  module: 'contributions/teaching/study-section',
  schema: teachingSchema,
  entries: taughtOf,
  asked: (study) => {
    const teaching = teachingOf(study);
    const trainings = teaching ? countTaught(teaching) : 0;
    const targets = (teaching && baseEntry(study.models, teaching))?.recipe.targets.length ?? 0;
    return { trainings, snapshots: trainings * targets, fewer: 'Take fewer arms, folds or seeds' };
  },
  check: (study, _, refuse, before) => {
    const teaching = teachingOf(study);
    if (!teaching) return;
    const fault = teachingFault(teaching, study.models);
    if (fault) refuse(`teaching.${fault.key}`, fault.what, fault.remedy);
    if (before.some(({ collection }) => collection === teaching.name))
      refuse('teaching.name', `Other models are in a collection "${teaching.name}"`, 'Choose another name.');
  },
  keepMade: (declared, before) => ({ ...declared, teaching: keepMade(teachingOf(declared), teachingOf(before)) }),
  needs: (study) => [teachingOf(study)?.base ?? []].flat(),
  refuseRemoval: (study, isRemoved) => {
    const teaching = teachingOf(study);
    const base = teaching && baseEntry(study.models, teaching);
    if (!base || !isRemoved(base)) return null;
    return new UserError(
      'models.of-teaching',
      `Networks that are taught by people have the recipe of "${base.name}"`,
      `study ${study.name}, teaching.base`,
      'Choose other models, or remove the experiment on the screen Teachers first.',
    );
  },
  missing: (study) =>
    teachingOf(study)?.made
      ? null
      : `Networks that people teach have no targets yet. Make them with \`boundary teachers make ${study.name}\`.`,
  report: {
    section: 'teachers',
    whyEmpty: (study) => (teachingOf(study)?.made ? null : 'No networks of this study are taught by its labels.'),
  },
  files: (study) => {
    const made = teachingOf(study)?.made;
    return made
      ? { data: [made.record], weights: made.cells.map(({ targets }) => targets) }
      : { data: [], weights: [] };
  },
};
