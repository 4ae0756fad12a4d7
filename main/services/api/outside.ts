import {
  addAnswers,
  listOutsideModels,
  previewAnswers,
  removeOutsideModels,
  restoreOutsideModels,
} from '../outside/outside-models.ts';
import { follow, type Followed } from '../tools/follow.ts';
import { api, done } from './base.ts';
import type { Progress } from '../../contract/api/data-sets.ts';

/** What some work reports, and then what `told` makes of its outcome. */
async function* parts<Outcome, Last>(
  work: (followed: Followed<Progress>) => Promise<Outcome>,
  told: (outcome: Outcome) => Last,
  signal: AbortSignal | undefined,
): AsyncGenerator<({ type: 'progress' } & Progress) | Last> {
  for await (const part of follow(work, signal))
    yield 'event' in part ? { type: 'progress', ...part.event } : told(part.outcome);
}

export const outsideHandlers = {
  list: api.outside.list.handler(({ input, context: { lab } }) => listOutsideModels(lab.workbench, input.study)),
  previewAnswers: api.outside.previewAnswers.handler(({ input: { study, upload, wanted }, context: { lab } }) =>
    previewAnswers(lab, study, upload, wanted),
  ),
  addAnswers: api.outside.addAnswers.handler(({ input: { study, upload, mapping }, context: { lab } }) =>
    addAnswers(lab, study, upload, mapping),
  ),
  inspect: api.outside.inspect.handler(({ input: { study, files }, context: { lab }, signal }) =>
    parts(
      (followed) => lab.outsideFiles.inspect(study, files, followed),
      (found) => ({ type: 'found' as const, found }),
      signal,
    ),
  ),
  check: api.outside.check.handler(({ input: { study, files, mapping }, context: { lab }, signal }) =>
    parts(
      (followed) => lab.outsideFiles.check(study, files, mapping, followed),
      (check) => ({ type: 'checked' as const, check }),
      signal,
    ),
  ),
  add: api.outside.add.handler(async ({ input: { study, files, accept, ...mapped }, context: { lab } }) => ({
    job: await lab.outsideFiles.add(study, files, mapped, accept),
  })),
  predict: api.outside.predict.handler(({ input, context: { lab } }) => ({
    job: lab.outsideFiles.predict(input.study),
  })),
  remove: api.outside.remove.handler(({ input, context: { lab } }) =>
    done(removeOutsideModels(lab, input.study, input.ids)),
  ),
  restore: api.outside.restore.handler(({ input, context: { lab } }) =>
    done(restoreOutsideModels(lab, input.study, input.ids)),
  ),
};
