import { z } from 'zod';
import { type Goal, goalSchema } from '../../contract/api/jobs.ts';
import { UserError } from '../../contract/wire/errors.ts';
import type { Tools } from '../tools/tools.ts';

const workSchema = z.array(z.strictObject({ study: z.string(), goal: goalSchema }));

/** Jobs of studies that are not at their end: what the next start finds if the program is killed. */
export type OpenWork = z.infer<typeof workSchema>;

const name = 'work';

/** Where it cannot be noted, as on a full disk, jobs go on; after a kill the overviews of their studies offer them. */
export function noteOpenWork({ workbench: { storage, now } }: Pick<Tools, 'workbench'>, work: OpenWork): void {
  const noted = storage.settings.get(name, workSchema) ?? [];
  if (JSON.stringify(noted) === JSON.stringify(work)) return;
  try {
    storage.settings.set(name, work, now());
  } catch {
    // The work itself says what is wrong with the data folder.
  }
}

/**
 * Begins again the jobs that the end of the program cut off, if trainings work overnight only: nobody is there to do it.
 * Otherwise the overview of each study offers it. Gives how many began.
 */
export function resumeOvernight(
  tools: Pick<Tools, 'workbench' | 'settings'>,
  work: { start(study: string, goal: Goal): string },
): number {
  const open = tools.workbench.storage.settings.get(name, workSchema) ?? [];
  noteOpenWork(tools, []);
  if (tools.settings.get().overnight === null) return 0;
  const begun = open.filter(({ study, goal }) => {
    try {
      work.start(study, goal);
      return true;
    } catch (error) {
      // A study that is not there any more.
      if (error instanceof UserError) return false;
      throw error;
    }
  });
  return begun.length;
}
