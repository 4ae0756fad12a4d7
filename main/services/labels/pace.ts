import type { Workbench } from '../workbench/workbench.ts';

/** Estimated seconds per trial, breaks included: 165 images in less than four and a half minutes. */
export const secondsPerTrial = 1.6;

/** Seconds of a trial, breaks included: the median of the study's finished sessions on screens, else as expected. */
export function trialPace({ storage }: Workbench, studyId: number): { seconds: number; sessions: number } {
  const paces = storage.labeling.sessions
    .ofStudy(studyId)
    .flatMap(({ state, medium, excluded, startedAt, finishedAt, trialCount }) =>
      state === 'finished' && medium !== 'paper' && excluded === null && startedAt !== null && finishedAt !== null
        ? [(finishedAt - startedAt) / 1000 / Math.max(1, trialCount)]
        : [],
    )
    .filter((seconds) => seconds > 0)
    .sort((a, b) => a - b);
  const middle = paces[Math.floor(paces.length / 2)];
  return { seconds: middle ?? secondsPerTrial, sessions: paces.length };
}
