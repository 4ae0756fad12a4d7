import type { Progress } from '../../contract/api/data-sets.ts';
import { createFromImages, probeTarget, proposeStudy, readyImages } from '../new-study/new-study.ts';
import { type Followed, follow } from '../tools/follow.ts';
import { api } from './base.ts';

export const newStudyHandlers = {
  prepare: api.newStudy.prepare.handler(({ input, context: { lab }, signal }) =>
    parts((followed) => readyImages(lab, input, followed), signal),
  ),
  probe: api.newStudy.probe.handler(({ input: { source }, context: { lab }, signal }) =>
    parts((followed) => probeTarget(lab, source, followed), signal),
  ),
  propose: api.newStudy.propose.handler(({ input, context: { lab } }) => proposeStudy(lab, input)),
  create: api.newStudy.create.handler(async ({ input, context: { lab } }) => ({
    name: await createFromImages(lab, input),
  })),
};

/** What some work reports, and then its outcome, as parts of an answer. */
async function* parts<Outcome>(
  work: (followed: Followed<Progress>) => Promise<Outcome>,
  signal: AbortSignal | undefined,
): AsyncGenerator<({ type: 'progress' } & Progress) | Outcome> {
  for await (const part of follow(work, signal)) {
    yield 'event' in part ? { type: 'progress', ...part.event } : part.outcome;
  }
}
