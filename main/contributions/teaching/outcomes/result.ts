import { teachingOf } from '../contract/design.ts';
import type { OutcomesInput, SizePlanInput, OutcomesResult } from '../contract/teaching.ts';
import { leastSeeds } from '../../contrasts/analysis/effect-planner.ts';
import { UserError } from '../../../contract/wire/index.ts';
import { armTitle } from '../analysis/arms.ts';
import { targetTitle } from '../../../domain/numbers/index.ts';
import { baseEntry, referenceArm } from '../analysis/entries.ts';
import {
  effectReason,
  missingSentences,
  teachingDifferencesExhibit,
  type TeachingOutcomes,
  teachingOwnLabelsExhibit,
  teachingScoresExhibit,
} from './tables.ts';
import { teachingFigure } from './figure.ts';
import { teachingDifference, teachingOutcomes } from './outcomes.ts';
import { findStudy, type Workbench } from '../../../services/workbench/index.ts';
import { type PlannedSize, planParts } from '../../contrasts/size-plan.ts';

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
export function outcomesResult(workbench: Pick<Workbench, 'storage'>, input: OutcomesInput): OutcomesResult {
  const { spec } = findStudy(workbench, input.study);
  const teaching = teachingOf(spec);
  const base = teaching && baseEntry(spec.models, teaching)?.recipe;
  const targets = (base?.targets ?? []).map((target) => ({ value: String(target), text: targetTitle(target) }));
  const outcomes = outcomesOrWhy(() => teachingOutcomes(workbench, input.study, input.target));
  if (typeof outcomes === 'string')
    return {
      undefined: outcomes,
      rehearsal: false,
      targets,
      asked: null,
      missing: [],
      directions: [],
      figure: null,
      scores: null,
      differences: null,
      own: null,
    };
  const { simulated, target, reference, outcome, directions } = outcomes;
  const whose = { rehearsal: simulated };
  return {
    undefined: null,
    rehearsal: simulated,
    targets,
    asked: { target: String(target), reference, outcome },
    missing: missingSentences(outcomes),
    directions: directions.map(({ teachers, arms }) => ({
      teachers,
      arms: arms.flatMap(({ arm }) => (arm === reference ? [] : [arm])),
    })),
    figure: teachingFigure(whose, [outcomes]),
    scores: teachingScoresExhibit(whose, [outcomes]),
    differences: teachingDifferencesExhibit(whose, [outcomes]),
    own: directions.some(({ own }) => own) ? teachingOwnLabelsExhibit(whose, [outcomes]) : null,
  };
}

/** How many pairs and seeds show a difference of an arm from the reference. @throws UserError as `outcomesResult` */
export function sizePlan(workbench: Pick<Workbench, 'storage'>, input: SizePlanInput): PlannedSize {
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
