import { unavailableArms } from '../../analysis/label-targets.ts';
import { labelCounts } from '../../analysis/labels.ts';
import { isPlannable } from '../../analysis/taught-world.ts';
import { mostUntaught, planTeaching } from '../../analysis/teaching-planner.ts';
import { teachPart } from '../../analysis/teaching-targets.ts';
import type { TeachingEnough } from '../../contract/api/teachers.ts';
import { type Teaching, usualTemperatures } from '../../contract/teaching.ts';
import { arePlaced } from '../../domain/stimulus-set.ts';
import { referenceArm, teachingHalves } from '../../domain/teaching.ts';
import type { StudyRecord } from '../../storage/index.ts';
import { findStudy } from '../tools/find.ts';
import type { Workbench } from '../tools/workbench.ts';
import { findTeachers, untaughtPredictions } from './networks.ts';
import { declaredTeaching, readTeachingSource, type TeachingSource } from './read.ts';

/** People who are assumed to label every image where nobody has. */
const assumedPeople = 10;

/**
 * Whether a study's images and people, and the seeds of a design, are enough to tell its arms apart. Where nobody has labeled
 * the images, people are assumed.
 * @param given null: what the study declares
 * @returns null where nothing can be assumed: images lie between no classes, or labels come first for two arms of the design
 * @throws UserError `study.not-found`, `labeling.no-stimuli`, `teaching.*`
 */
export function enoughToTeach(workbench: Workbench, name: string, given: Teaching | null): TeachingEnough | null {
  const study = findStudy(workbench, name);
  const teaching = given ?? declaredTeaching(study);
  const from = readTeachingSource(workbench, study, teaching);
  const all = labelCounts(from.labels);
  const labeled = all.present.filter((n) => n > 0);
  const counts = labeled.length > 0 ? all : null;
  if (!counts && !arePlaced(from.images)) return null;
  const cannot = new Set([...unavailableArms(from.images), ...(counts ? [] : (['distill'] as const))]);
  const arms = teaching.arms.filter((arm) => isPlannable(arm)).filter((arm) => !cannot.has(arm));
  const reference = arms.find((arm) => arm === referenceArm(teaching));
  if (arms.length < 2 || reference === undefined) return null;
  const plan = planTeaching({
    ...{ images: from.images, classes: from.labels.classes, counts, arms, reference },
    ...{ outcome: teaching.outcome, seeds: teaching.seeds },
    tests: (teaching.arms.length - 1) * teachingHalves(teaching).length,
    distilled: arms.includes('distill') ? distilledOf(workbench, study, teaching, from) : null,
    networks: untaughtPredictions(study, teaching, from, mostUntaught),
    people: counts ? Math.round(labeled.reduce((sum, n) => sum + n, 0) / labeled.length) : assumedPeople,
  });
  const { arms: planned, sizes, tells, ...rest } = plan;
  return { ...rest, outcome: teaching.outcome, reference, arms: [...planned], sizes: [...sizes], tells: [...tells] };
}

/** At the temperature that all people's labels choose. */
function distilledOf(
  workbench: Workbench,
  study: StudyRecord,
  teaching: Teaching,
  from: TeachingSource,
): Float32Array | null {
  const { softmax } = findTeachers(workbench, study, teaching, from);
  const { targets } = teachPart({
    ...{ images: from.images, counts: labelCounts(from.labels), mayTeach: () => true, softmax },
    temperatures: teaching.distill?.temperatures ?? usualTemperatures,
  });
  return targets.distill ?? null;
}
