import { kept } from '../../domain/numbers/index.ts';
import { UserError } from '../../contract/wire/index.ts';
import { entryModule } from '../../files/index.ts';
import { ProcessClient } from '../../processes/index.ts';
import type { Lab, Opened } from '../../services/lab/index.ts';
import type { TeachingHandlers } from './teaching-child.ts';

type TeachingProcess = ProcessClient<TeachingHandlers>;

const processes = new WeakMap<Lab, TeachingProcess>();

/** The process of an open data folder that makes targets of people's labels, as this reads a whole data set. */
export const processOf = (lab: Lab): TeachingProcess => kept(processes, lab, () => teachingProcess(lab));

/** Ends the process when the data folder closes, and starts it anew when somebody has withdrawn. */
export const openTeaching = (lab: Lab): Opened => ({
  close: async () => processes.get(lab)?.close(),
  forget: () => processes.get(lab)?.restart(),
});

const teachingProcess = ({ launcher }: Lab): TeachingProcess =>
  new ProcessClient<TeachingHandlers>({
    launcher,
    idleFor: 60_000,
    died,
    entry: entryModule('contributions/teaching/teaching-child'),
    failed: (_, detail) => new Error(`the process that makes targets failed: ${detail}`),
  });

const died = (why: string): UserError =>
  new UserError(
    'teaching.died',
    `The process that makes targets ended: ${why}`,
    'this machine',
    'Try again; the study is unchanged. If it happens again, close other programs.',
  );
