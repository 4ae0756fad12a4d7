import { api } from './base.ts';

export const jobsHandlers = {
  list: api.jobs.list.handler(({ context }) => context.lab.jobs.list()),
  stop: api.jobs.stop.handler(({ input, context }) => {
    context.lab.jobs.stop(input.id);
    return {};
  }),
  dismiss: api.jobs.dismiss.handler(({ input, context }) => {
    context.lab.jobs.dismiss(input.id);
    return {};
  }),
};
