import { studyOverview } from '../pipeline/overview.ts';
import { api } from './base.ts';

export const overviewHandlers = {
  get: api.overview.get.handler(({ input, context: { lab } }) => studyOverview(lab, input.study)),
};
