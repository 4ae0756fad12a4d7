import { join } from 'node:path';
import type { CompareInput, CompareResult } from '../../../main/contributions/groups/contract/compare.ts';
import groups from '../../../main/contributions/groups/results.ts';
import { ResultsService } from '../../../main/services/results/service.ts';
import type { Workbench } from '../../../main/services/tools/workbench.ts';
import { repository } from '../../architecture/tools.ts';

/** Results in this process, and comparisons of groups. */
export function compareIn({ storage }: Workbench) {
  const results = new ResultsService(storage, join(repository, 'resources'), new Map([['groups', groups]]));
  const compare = (input: CompareInput) =>
    results.contributed({ name: 'groups', question: 'compare', input }) as CompareResult;
  return { results, compare };
}
