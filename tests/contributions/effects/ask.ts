import { join } from 'node:path';
import effectsResults, { type EffectsQuestions } from '../../../main/contributions/effects/results.ts';
import { ResultsService } from '../../../main/services/results/service.ts';
import type { Storage } from '../../../main/storage/open.ts';
import { repository } from '../../architecture/tools.ts';

type Ask<Name extends keyof EffectsQuestions> = (
  input: Parameters<EffectsQuestions[Name]>[1],
) => ReturnType<EffectsQuestions[Name]>;

/** Questions about effects, answered as the analysis process does. */
export function askEffectsOf(storage: Storage): { [Name in keyof EffectsQuestions]: Ask<Name> } {
  const service = new ResultsService(storage, join(repository, 'resources'), new Map([['effects', effectsResults]]));
  const ask =
    <Name extends keyof EffectsQuestions>(question: Name): Ask<Name> =>
    (input) =>
      service.contributed({ name: 'effects', question, input }) as ReturnType<EffectsQuestions[Name]>;
  return {
    result: ask('result'),
    source: ask('source'),
    plan: ask('plan'),
    studies: ask('studies'),
    overStudies: ask('overStudies'),
  };
}
