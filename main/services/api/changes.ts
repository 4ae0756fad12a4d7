import { api } from './base.ts';

export const changesHandlers = {
  listen: api.changes.listen.handler(({ input, context, signal }) => context.lab.changes.listen(input.after, signal)),
};
