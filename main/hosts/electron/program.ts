import { join } from 'node:path';
import { contributions } from '../../contributions/all.ts';
import { contributedBy } from '../../contributions/define.ts';
import { routerWith } from '../../services/api/router.ts';
import { Lab } from '../../services/lab/lab.ts';
import { openWorkbench } from '../../services/workbench/workbench.ts';
import { callHandlers } from '../calls/handlers.ts';
import { respond } from '../page/respond.ts';
import type { Program } from './shell.ts';
import { UtilityLauncher } from './utility-launcher.ts';
import { windowPrinter } from './window-printer.ts';

export interface ProgramParts {
  /** Folder of the product, with package.json and resources. */
  readonly root: string;
  readonly dataFolder: string;
  /** Folder of the built page. */
  readonly page: string;
  readonly log: (error: unknown) => void;
}

/** Opens the workbench once Electron is ready. @throws UserError `storage.*`, e.g. if the data folder is in use */
export function openProgram({ root, dataFolder, page, log }: ProgramParts): Program {
  const places = { root, resources: join(root, 'resources'), dataFolder };
  const workbench = openWorkbench({ ...places, upkeep: 'later', ...contributedBy(contributions) });
  const onNotice = (message: string): void => log(`Note: ${message}`);
  const host = { host: 'electron', printer: windowPrinter, onNotice, contributions } as const;
  const lab = new Lab({ workbench, launcher: new UtilityLauncher(), ...host });
  const calls = callHandlers(routerWith(contributions), { lab, log });
  return {
    dataFolder,
    get busy() {
      return lab.work.busy;
    },
    respond: (request, isLimited) => respond(request, { root: page, lab, log }, isLimited),
    answer: (port, limits) => calls.port(port, limits),
    limitedPages: workbench.limitedPages,
    studyOf: (token) => workbench.limitedPages?.studyOf(workbench.storage, token) ?? null,
    noteDefect: (error) => lab.noteDefect(error),
    close: () => lab.close(),
  };
}
