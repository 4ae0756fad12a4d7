import type { TimeRange } from '../../contract/api/jobs.ts';
import type { Cost } from '../../contract/api/studies.ts';
import type { Study } from '../../contract/studies/study.ts';
import { inTurn, togetherOn } from '../../domain/numbers/time-range.ts';
import { ownGenerator } from '../../domain/plans/declaration.ts';
import { modelEntries, type Sections } from '../../domain/plans/model-entries.ts';
import { identities, needsReference } from '../declaration/plan.ts';
import type { Forecast } from './forecast.ts';
import type { Pace } from './pace.ts';
import type { Standing } from '../../domain/estimates/expect.ts';

/** What a job takes besides its runs: it reads the data set, queues them, and stores what they end with. */
const ofJob: TimeRange = { seconds: 0.7, low: 0.3, high: 1.5 };

/** Weights of a shipped generator, and frozen images with their labels. */
const bytes = { shipped: 7.2e6, images: 3e6 };

/** What of a study is to do. Roles are those of runs: `generator`, `reference`, `models/NAME`. */
export interface Remains {
  /** How far a training is that is to do, null: it has not begun; undefined: nothing is to do. */
  training: (role: string) => Standing | null | undefined;
  stimuli: boolean;
  /** Predictions to make. */
  predictions: number;
  report: boolean;
}

/** The parts of a study's cost, each as its step shows it; null: nothing is to do. */
export interface StudyParts {
  generator: Cost | null;
  /** With the reference classifier, which proposes anchors. */
  stimuli: Cost | null;
  models: Cost[];
  predictions: Cost | null;
  report: Cost | null;
}

export function studyParts(study: Study, here: Forecast, sections: Sections, remains: Remains): StudyParts {
  const one = (role: string, recipe: Parameters<Forecast['training']>[0] | undefined): Cost[] => {
    const standing = remains.training(role);
    return recipe === undefined || standing === undefined ? [] : [toCost(here.training(recipe, standing))];
  };
  const made = study.stimuli.source === 'generated';
  const own = ownGenerator(study);
  const [generator = null] = made ? one('generator', own?.recipe) : [];
  const reference = needsReference(study) ? one('reference', study.reference?.recipe) : [];
  const images = { seconds: 0, low: 0, high: 0, bytes: bytes.images + (made && !own ? bytes.shipped : 0) };
  return {
    generator,
    stimuli:
      remains.stimuli && study.stimuli.source !== 'imported'
        ? afterAnother([...reference, here.runs('candidates', 1), here.runs('stimuli', 1), images])
        : null,
    models: modelEntries(study, sections).flatMap((entry) =>
      identities(entry).flatMap(({ name }) => one(`models/${name}`, entry.recipe)),
    ),
    predictions: remains.predictions > 0 ? toCost(here.runs('predictions', remains.predictions)) : null,
    report: remains.report ? toCost(here.report()) : null,
  };
}

/** All parts: each of those that are no model is one worker's work, beside the models. */
export function studyTime({ models, ...others }: StudyParts, pace: Pick<Pace, 'workers'>): Cost {
  return together([...models, ...Object.values(others).filter((cost) => cost !== null)], pace);
}

/** A complete study from nothing. */
export function studyCost(study: Study, here: Forecast, sections: Sections): Cost {
  const remains = { training: () => null, stimuli: true, predictions: predictionCount(study, sections), report: true };
  return studyTime(studyParts(study, here, sections, remains), here.pace);
}

/** Predictions of all networks at all of their targets. */
export const predictionCount = (study: Study, sections: Sections): number =>
  modelEntries(study, sections).reduce((sum, entry) => sum + identities(entry).length * entry.recipe.targets.length, 0);

/** Cost of a job on all workers: never shorter than its longest part. */
export const together = (costs: readonly Cost[], { workers }: Pick<Pace, 'workers'>): Cost => ({
  ...(costs.length === 0 ? togetherOn([], workers) : inTurn([ofJob, togetherOn(costs, workers)])),
  bytes: sumBytes(costs),
});

/** Cost of work that is done one after the other. */
const afterAnother = (costs: readonly Cost[]): Cost => ({ ...inTurn(costs), bytes: sumBytes(costs) });

const sumBytes = (costs: readonly Cost[]): number => costs.reduce((sum, { bytes: own }) => sum + own, 0);

export const toCost = ({ seconds, low, high, bytes: own }: Cost): Cost => ({ seconds, low, high, bytes: own });
