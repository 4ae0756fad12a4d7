import { placesOf } from '../tools/places.ts';
import { findTeaching, removeTeaching, restoreTeaching } from '../teaching/list.ts';
import { declareTargets } from '../teaching/declare.ts';
import { api } from './base.ts';

export const teachersHandlers = {
  list: api.teachers.list.handler(({ input, context }) => findTeaching(context.lab, input.study)),
  choices: api.teachers.choices.handler(({ input, context: { lab }, signal }) =>
    lab.teaching.ask('choices', { ...input, ...placesOf(lab.workbench) }, { signal }),
  ),
  enough: api.teachers.enough.handler(({ input, context: { lab }, signal }) =>
    lab.teaching.ask('enough', { ...input, ...placesOf(lab.workbench) }, { signal }),
  ),
  plan: api.teachers.plan.handler(({ input, context: { lab }, signal }) =>
    lab.teaching.ask('plan', { ...input, ...placesOf(lab.workbench) }, { signal }),
  ),
  make: api.teachers.make.handler(async ({ input, context: { lab } }) => {
    const stored = await lab.teaching.ask('store', { ...input, ...placesOf(lab.workbench) });
    await declareTargets(lab, input.study, stored);
    return stored.plan;
  }),
  restore: api.teachers.restore.handler(async ({ input: { study, teaching }, context: { lab } }) => {
    await restoreTeaching(lab, study, teaching);
    return null;
  }),
  remove: api.teachers.remove.handler(({ input, context }) => removeTeaching(context.lab, input.study)),
};
