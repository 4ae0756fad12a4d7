import { join } from 'node:path';
import type { CompareInput, CompareResult } from '../../../main/contributions/groups/contract/compare.ts';
import groups from '../../../main/contributions/groups/results.ts';
import type { ContributedResults } from '../../../main/services/results/contributed-results.ts';
import { ResultsService } from '../../../main/services/results/service.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import { repository } from '../../architecture/tools.ts';

/** Results in this process, and comparisons of groups. @param others results of other contributions */
export function compareIn({ storage }: Workbench, others: ReadonlyMap<string, ContributedResults> = new Map()) {
  const results = new ResultsService(
    storage,
    join(repository, 'resources'),
    new Map<string, ContributedResults>([['groups', groups], ...others]),
  );
  const compare = (input: CompareInput) =>
    results.contributed({ name: 'groups', question: 'compare', input }) as CompareResult;
  return { results, compare };
}
