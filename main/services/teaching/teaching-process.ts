import { UserError } from '../../contract/errors.ts';
import { entryModule } from '../../files/places.ts';
import { ProcessClient } from '../../processes/client.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { TeachingHandlers } from './teaching-child.ts';

export type TeachingProcess = ProcessClient<TeachingHandlers>;

/** Makes targets of people's labels in a process of its own: it reads a whole data set. */
export const teachingProcess = (launcher: Launcher): TeachingProcess =>
  new ProcessClient<TeachingHandlers>({
    launcher,
    idleFor: 60_000,
    died,
    entry: entryModule('services/teaching/teaching-child'),
    failed: (_, detail) => new Error(`the process that makes targets failed: ${detail}`),
  });

const died = (why: string): UserError =>
  new UserError(
    'teaching.died',
    `The process that makes targets ended: ${why}`,
    'this machine',
    'Try again; the study is unchanged. If it happens again, close other programs.',
  );
