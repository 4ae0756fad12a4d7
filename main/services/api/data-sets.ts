import { inspectDataSet } from '../data-sets/calls.ts';
import { api } from './base.ts';

export const dataSetsHandlers = {
  inspect: api.dataSets.inspect.handler(({ input, context: { lab }, signal }) => inspectDataSet(lab, input, signal)),
};
