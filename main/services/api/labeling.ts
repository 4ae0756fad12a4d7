import { readLabeling } from '../labeling/state.ts';
import { findStudy } from '../workbench/find.ts';
import { lockLabels, openLock } from '../labeling/lock.ts';
import { deleteNames, listOthers, offerNames } from '../labeling/imported-people.ts';
import { withdrawLabeler } from '../labeling/withdraw.ts';
import { api, done } from './base.ts';

const { others, lock } = api.labeling;

export const labelingHandlers = {
  others: {
    list: others.list.handler(({ input, context: { lab } }) =>
      listOthers(lab.labeling, findStudy(lab.workbench, input.study).id),
    ),
    saveNames: others.saveNames.handler(({ input, context: { lab } }) => ({
      address: offerNames(lab.labeling, input.study),
    })),
    deleteNames: others.deleteNames.handler(({ input, context: { lab } }) =>
      done(deleteNames(lab.labeling, input.study)),
    ),
    withdraw: others.withdraw.handler(async ({ input, context: { lab } }) => ({
      remains: await withdrawLabeler(lab.labeling, input, () => lab.forgetLabels()),
    })),
  },
  state: api.labeling.state.handler(({ input, context: { lab } }) => readLabeling(lab.labeling, input.study)),
  lock: {
    set: lock.set.handler(({ input, context: { lab } }) => lockLabels(lab.labeling, input.study)),
    open: lock.open.handler(({ input, context: { lab } }) => done(openLock(lab.labeling, input.study))),
  },
};
