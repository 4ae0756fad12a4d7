import { defineContribution } from '../define.ts';

/** Whether softmax is as sure as people's labels allow: scores, calibration, and distances from people's votes. */
export const calibration = defineContribution({
  name: 'calibration',
  results: 'contributions/calibration/results',
});
