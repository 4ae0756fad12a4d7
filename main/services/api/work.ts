import { api } from './base.ts';

export const workHandlers = {
  start: api.work.start.handler(({ input, context }) => ({ job: context.lab.work.start(input.study, input.goal) })),
  stop: api.work.stop.handler(({ input, context }) => {
    context.lab.work.stop(input.study);
    return {};
  }),
  state: api.work.state.handler(({ context: { lab } }) => ({ study: lab.work.study, paused: lab.work.paused })),
  pauseAll: api.work.pauseAll.handler(({ context }) => {
    context.lab.work.setPaused(true);
    return {};
  }),
  resumeAll: api.work.resumeAll.handler(({ context }) => {
    context.lab.work.setPaused(false);
    return {};
  }),
};
