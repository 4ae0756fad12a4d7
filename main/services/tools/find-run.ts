import { UserError } from '../../contract/errors.ts';
import type { RunRecord } from '../../storage/index.ts';
import type { Workbench } from './workbench.ts';

/** @throws UserError `run.not-found` */
export function findRun({ storage }: Workbench, id: number): RunRecord {
  const run = storage.runs.get(id);
  if (run) return run;
  throw new UserError({
    code: 'run.not-found',
    what: 'There is no such run',
    where: `run ${id}`,
    remedy: 'It may be of another data folder; see the list of models.',
  });
}
