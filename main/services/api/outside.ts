import {
  addAnswers,
  listOutsideModels,
  previewAnswers,
  removeOutsideModels,
  restoreOutsideModels,
} from '../outside/outside-models.ts';
import { api, done } from './base.ts';

export const outsideHandlers = {
  list: api.outside.list.handler(({ input, context: { lab } }) => listOutsideModels(lab.workbench, input.study)),
  previewAnswers: api.outside.previewAnswers.handler(({ input: { study, upload, wanted }, context: { lab } }) =>
    previewAnswers(lab, study, upload, wanted),
  ),
  addAnswers: api.outside.addAnswers.handler(({ input: { study, upload, mapping }, context: { lab } }) =>
    addAnswers(lab, study, upload, mapping),
  ),
  remove: api.outside.remove.handler(({ input, context: { lab } }) =>
    done(removeOutsideModels(lab, input.study, input.ids)),
  ),
  restore: api.outside.restore.handler(({ input, context: { lab } }) =>
    done(restoreOutsideModels(lab, input.study, input.ids)),
  ),
};
