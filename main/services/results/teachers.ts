import type { TeachersInput, TeachersPlanInput, TeachersResult } from '../../contract/api/teachers.ts';
import { leastSeeds } from '../../analysis/effect-planner.ts';
import { UserError } from '../../contract/errors.ts';
import { armTitle } from '../../domain/target-arms.ts';
import { targetTitle } from '../../domain/targets.ts';
import { baseEntry, referenceArm } from '../../domain/teaching.ts';
import {
  type DirectionOutcome,
  effectReason,
  missingSentences,
  teachingDifferencesExhibit,
  type TeachingOutcomes,
  teachingOwnLabelsExhibit,
  teachingScoresExhibit,
  verdictOf,
} from '../../exhibits/teaching.ts';
import { teachingDifference, teachingOutcomes } from '../teaching/outcomes.ts';
import { findStudy } from '../tools/find.ts';
import { type PlannedEffect, planParts } from './effect-plan.ts';
import type { Workbench } from '../tools/workbench.ts';

/** What a study lacks before there are outcomes, in words of the screen. */
const whyNone: Readonly<Record<string, string>> = {
  'teaching.not-declared': 'No networks are taught by labels yet. Plan an experiment on Models, Teachers.',
  'teaching.not-made': 'No targets were made of the labels yet. Make them on Models, Teachers.',
  'teaching.not-trained':
    'No seed of the reference has networks of all folds yet that reached the target and predicted the images. Models, Teachers, shows how the trainings stand.',
  'teaching.other-labels':
    'The labels are others than those that made the targets, so nobody knows which of them taught. Use the earlier labels again, or make the targets again on Models, Teachers.',
  'teaching.other-stimuli':
    'The study has other images than those that the networks were taught. Make the targets again on Models, Teachers.',
};

/** Outcomes of networks that a study's labels taught. @throws UserError `study.not-found`, `teaching.*` */
export function teachersResult(workbench: Pick<Workbench, 'storage'>, input: TeachersInput): TeachersResult {
  const { spec } = findStudy(workbench, input.study);
  const base = spec.teaching && baseEntry(spec.models, spec.teaching)?.recipe;
  const targets = (base?.targets ?? []).map((target) => ({ value: String(target), text: targetTitle(target) }));
  const outcomes = outcomesOrWhy(() => teachingOutcomes(workbench, input.study, input.target));
  if (typeof outcomes === 'string')
    return {
      undefined: outcomes,
      rehearsal: false,
      halvesOf: 'people',
      outdated: false,
      targets,
      asked: null,
      missing: [],
      directions: [],
      scores: null,
      differences: null,
      own: null,
    };
  const { simulated, halvesOf, outdated, target, reference, outcome, directions } = outcomes;
  const whose = { rehearsal: simulated };
  return {
    undefined: null,
    rehearsal: simulated,
    halvesOf,
    outdated,
    targets,
    asked: { target: String(target), reference, outcome },
    missing: missingSentences(outcomes),
    directions: directions.map((direction) => drawn(direction, outcomes)),
    scores: teachingScoresExhibit(whose, [outcomes]),
    differences: teachingDifferencesExhibit(whose, [outcomes]),
    own: directions.some(({ own }) => own) ? teachingOwnLabelsExhibit(whose, [outcomes]) : null,
  };
}

/** How many pairs and seeds show a difference of an arm from the reference. @throws UserError as `teachersResult` */
export function teachersPlan(workbench: Pick<Workbench, 'storage'>, input: TeachersPlanInput): PlannedEffect {
  const { parts, teaching, classes, runId } = teachingDifference(workbench, input.study, input);
  const { reason } = parts.effect;
  return planParts(parts, {
    why: reason !== null && reason !== 'no_variation' ? effectReason(reason) : null,
    times: 1,
    classes,
    difference: input.difference,
    fewest: leastSeeds,
    runs: runId === null ? [] : [runId],
    // A network of each fold, of both arms.
    networks: 2 * teaching.folds,
    isAnew: true,
    // The people who examine stay the same: a larger study needs more labeled images, and no other people.
    needsPeople: false,
    labeled: 1,
    unit: teaching.outcome === 'nll' ? 'nats' : 'score',
    texts: { level: `“${armTitle(input.arm)}”`, reference: `“${armTitle(referenceArm(teaching))}”` },
  });
}

function outcomesOrWhy(read: () => TeachingOutcomes): TeachingOutcomes | string {
  try {
    return read();
  } catch (error) {
    const why = error instanceof UserError ? whyNone[error.code] : undefined;
    if (why === undefined) throw error;
    return why;
  }
}

function drawn(
  { teachers, people, images, floor, arms }: DirectionOutcome,
  { reference, outcome }: TeachingOutcomes,
): TeachersResult['directions'][number] {
  return {
    teachers,
    people,
    images,
    scores: (['brier', 'nll', 'js'] as const).map((measure) => ({
      measure,
      floor: floor[`${measure}_floor` as const],
      ceiling: floor[`${measure}_ceiling` as const],
      arms: arms.map(({ arm, result }) => {
        const over = measure === 'js' ? result?.divergence.over_seeds : result?.over_seeds[measure];
        const { mean = null, std = null, n = 0 } = over ?? {};
        return { arm, mean, std, n };
      }),
    })),
    differences: arms
      .filter(({ arm }) => arm !== reference)
      .map((arm) => {
        const effect = arm.result?.against_reference?.[outcome];
        const reason = effect ? effect.reason : 'no_cell';
        return {
          arm: arm.arm,
          estimate: effect?.estimate ?? null,
          lo: effect?.lo ?? null,
          hi: effect?.hi ?? null,
          adjusted: arm.adjusted,
          verdict: verdictOf(arm, outcome),
          undefined: reason === null ? null : effectReason(reason),
          apart: arm.apart.map(({ image }) => image),
        };
      }),
  };
}
