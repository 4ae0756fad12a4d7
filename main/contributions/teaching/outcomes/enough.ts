import { unavailableArms } from '../../contrasts/analysis/label-targets.ts';
import { labelCounts, type LabelCounts } from '../../../analysis/labels/index.ts';
import { isPlannable } from '../analysis/world.ts';
import { mostUntaught, planTeaching, type SplitLabels } from '../analysis/planner.ts';
import { teachPart } from '../analysis/parts.ts';
import { pairUnits } from '../../../analysis/outcomes/index.ts';
import type { TeachingForecast } from '../contract/teaching.ts';
import { nullIf } from '../../../contract/wire/index.ts';
import type { TargetArm } from '../../contrasts/contract/target-arms.ts';
import { type Teaching, usualTemperatures } from '../contract/design.ts';
import { formatCount, formatInteger } from '../../../domain/numbers/index.ts';
import { arePlaced } from '../../../domain/stimuli/index.ts';
import { armTitle } from '../analysis/arms.ts';
import { referenceArm, teachingHalves } from '../analysis/entries.ts';
import { otherHalf } from '../analysis/split.ts';
import type { StudyRecord } from '../../../storage/index.ts';
import { findStudy, type Workbench } from '../../../services/workbench/index.ts';
import { findTeachers, untaughtPredictions } from '../labels/networks.ts';
import {
  countsOfHalf,
  declaredTeaching,
  readTeachingSource,
  splitHalves,
  type TeachingSource,
} from '../labels/read.ts';

/** People who are assumed to label every image where nobody has. */
const assumedPeople = 10;

/**
 * Whether a study's images and people, and the seeds of a design, are enough to tell its arms apart. Where nobody has labeled
 * the images, people are assumed.
 * @param given null: what the study declares
 * @throws UserError `study.not-found`, `labeling.no-stimuli`, `teaching.*`
 */
export function enoughToTeach(workbench: Workbench, name: string, given: Teaching | null): TeachingForecast {
  const study = findStudy(workbench, name);
  const teaching = given ?? declaredTeaching(study);
  const from = readTeachingSource(workbench, study, teaching);
  const all = labelCounts(from.labels);
  const labeled = all.present.filter((n) => n > 0);
  const counts = labeled.length > 0 ? all : null;
  const obstacle = whyNothing(from, counts);
  if (obstacle !== null) return { plan: null, notPlanned: [`Nothing is planned, because ${obstacle}`] };
  const reasons = new Map(
    teaching.arms.flatMap((arm) => {
      const why = whyNotPlanned(arm, from, counts);
      return why === null ? [] : [[arm, why] as const];
    }),
  );
  const notPlanned = [...reasons].map(([arm, why]) => `“${armTitle(arm)}” is not planned, because ${why}.`);
  const arms = teaching.arms.filter((arm) => isPlannable(arm)).filter((arm) => !reasons.has(arm));
  const reference = arms.find((arm) => arm === referenceArm(teaching));
  if (arms.length < 2 || reference === undefined) return { plan: null, notPlanned };
  const plan = planTeaching({
    images: from.images,
    classes: from.labels.classes,
    counts,
    arms,
    reference,
    outcome: teaching.outcome,
    seeds: teaching.seeds,
    halves: counts && splitOf(from, teaching),
    tests: (teaching.arms.length - 1) * teachingHalves(teaching).length,
    distilled: arms.includes('distill') ? distilledOf(workbench, study, teaching, from) : null,
    networks: untaughtPredictions(study, teaching, from, mostUntaught),
    people: counts ? Math.round(labeled.reduce((sum, n) => sum + n, 0) / labeled.length) : assumedPeople,
  });
  return { plan: { ...plan, outcome: teaching.outcome, reference }, notPlanned };
}

/** Why no size can be planned; null: it can. */
export function whyNothing({ images }: Pick<TeachingSource, 'images'>, counts: LabelCounts | null): string | null {
  if (!arePlaced(images))
    return counts
      ? null
      : 'nobody has labeled these images, and what people say of such images is known from labels alone.';
  const { units, pairs, sharing } = pairUnits(images);
  if (units !== 'anchors') return null;
  const shared = new Set(sharing.flatMap((later, pair) => (later.length > 0 ? [pair, ...later] : []))).size;
  return `${formatInteger(shared)} of the ${formatCount(pairs.length, 'pair')} share anchors. Such pairs are no independent repetitions, and how much further ones would tell is known of fresh anchors alone. Make stimuli with fresh anchors ("anchorDesign": {"kind": "fresh"}), which folds need, too.`;
}

/** Why an arm cannot be planned: the end of a sentence; null: it can. */
function whyNotPlanned(arm: TargetArm, { images }: TeachingSource, counts: LabelCounts | null): string | null {
  if (arm === 'person')
    return 'its networks are trained on by the labels of one person each, and only such networks show how far they differ';
  if (arm === 'distill' && !counts) return 'its temperature is chosen by labels, and there are none yet';
  return unavailableArms(images).includes(arm) ? 'these images cannot have it' : null;
}

/**
 * Labels of each image in the halves that the design will make; of two directions, of the one with fewer labels that examine. Null: there
 * are too few people to split.
 */
export function splitOf(
  from: Pick<TeachingSource, 'labels' | 'people' | 'halves' | 'images'>,
  teaching: Pick<Teaching, 'seed' | 'directions'>,
): SplitLabels | null {
  const people = nullIf('teaching.too-few-people', () => splitHalves(from, teaching));
  const counts = people && { a: countsOfHalf(from, people, 'a'), b: countsOfHalf(from, people, 'b') };
  if (!counts) return null;
  const labeled = [...from.images.keys()].filter((image) => counts.a.present[image]! + counts.b.present[image]! > 0);
  const directions = teachingHalves(teaching).map((half): SplitLabels => {
    const taught = counts[half].present.filter((n) => n > 0);
    const examined = counts[otherHalf(half)].present.filter((n) => n > 0);
    // Noise of a mean over images goes with the mean of 1 / n; images that nobody examines leave more of it.
    const inverse = examined.reduce((sum, n) => sum + 1 / n, 0);
    const missing = arePlaced(from.images) ? examined.length / labeled.length : 1;
    return {
      teaching: taught.reduce((sum, n) => sum + n, 0) / taught.length,
      examining: (missing * examined.length) / inverse,
      examined: examined.length,
    };
  });
  const usable = directions.filter(({ teaching: of, examined }) => of > 0 && examined > 0);
  if (usable.length < directions.length) return null;
  return usable.reduce((least, each) => (each.examining < least.examining ? each : least));
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
    images: from.images,
    counts: labelCounts(from.labels),
    mayTeach: () => true,
    softmax,
    temperatures: teaching.distill?.temperatures ?? usualTemperatures,
  });
  return targets.distill ?? null;
}
