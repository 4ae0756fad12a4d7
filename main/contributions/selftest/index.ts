import { defineContribution } from '../define.ts';

/** Published values of the measures, computed again on the machine that makes a report. */
export const selftest = defineContribution({
  name: 'selftest',
  results: 'contributions/selftest/results',
});
