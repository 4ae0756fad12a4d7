import { UserError } from '../../contract/errors.ts';
import { ownGenerator, type Study } from '../../contract/study.ts';
import type { Workbench } from '../tools/workbench.ts';

/**
 * Hash of the weights that a study takes for its generator: those at the chosen step of the run, or the last ones.
 * @throws UserError `generator.no-such-checkpoint`
 */
export function chosenWeights({ storage }: Workbench, runId: number, last: string, study: Study): string {
  const step = ownGenerator(study)?.checkpoint ?? null;
  if (step === null) return last;
  const kept = storage.runHistory.sampleGrids(runId);
  const chosen = kept.find((grid) => grid.step === step);
  if (chosen) return chosen.weights;
  throw new UserError({
    code: 'generator.no-such-checkpoint',
    what: `The generator has no weights of step ${step}`,
    where: 'generator.checkpoint of the study file',
    remedy: `Choose one of these steps, or null for the last: ${kept.map((grid) => grid.step).join(', ')}.`,
  });
}
