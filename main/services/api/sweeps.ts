import { listSweeps, planSweep, putSweep, removeSweep, sweepPresets } from '../runs/sweeps.ts';
import { api } from './base.ts';

export const sweepsHandlers = {
  presets: api.sweeps.presets.handler(({ context }) => sweepPresets(context.lab.workbench.resources)),
  list: api.sweeps.list.handler(({ input, context }) => listSweeps(context.lab, input.study)),
  plan: api.sweeps.plan.handler(({ input, context }) => planSweep(context.lab, input.study, input.sweep)),
  put: api.sweeps.put.handler(({ input, context }) => putSweep(context.lab, input.study, input.sweep)),
  remove: api.sweeps.remove.handler(({ input, context }) => removeSweep(context.lab, input.study, input.name)),
};
