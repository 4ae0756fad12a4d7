import { join } from 'node:path';
import { contributions } from '../../contributions/all.ts';
import { contributedBy } from '../../contributions/define.ts';
import { ForkLauncher } from '../../processes/launcher.ts';
import { Lab } from '../../services/lab/lab.ts';
import { routerWith } from '../../services/api/router.ts';
import { openWorkbench } from '../../services/workbench/workbench.ts';
import { callHandlers } from '../calls/handlers.ts';
import { openBrowserHost, type BrowserHost } from './server.ts';

export interface StartOptions {
  /** Folder of the product. */
  root: string;
  dataFolder: string;
  /** 0: any free one. */
  port: number;
}

export interface OpenWorkbench extends Pick<BrowserHost, 'newAddress' | 'inviteBrowser'> {
  /** Whether runs are running or waiting. */
  readonly busy: boolean;
  /** Logs an error that nothing handled, and has pages show it. */
  noteDefect(error: unknown): void;
  /** Lets every run write a checkpoint, then closes the data folder. */
  close(): Promise<void>;
}

/** Opens the workbench and serves it to a browser. */
export async function startWorkbench(options: StartOptions): Promise<OpenWorkbench> {
  const { root, dataFolder, port } = options;
  const places = { root, resources: join(root, 'resources'), dataFolder };
  const workbench = openWorkbench({ ...places, upkeep: 'later', ...contributedBy(contributions) });
  const onNotice = (message: string): void => {
    process.stderr.write(`Note: ${message}\n`);
  };
  const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'browser', onNotice, contributions });
  const log = (error: unknown): void => console.error(error);
  try {
    const host = await openBrowserHost({
      page: { root: join(root, 'out', 'renderer'), lab, log },
      calls: callHandlers(routerWith(contributions), { lab, log }),
      port,
    });
    return {
      newAddress: host.newAddress,
      inviteBrowser: host.inviteBrowser,
      get busy() {
        return lab.work.busy;
      },
      noteDefect(error) {
        log(error);
        lab.noteDefect(error);
      },
      async close() {
        await Promise.all([host.close(), lab.close()]);
      },
    };
  } catch (error) {
    await lab.close();
    throw error;
  }
}
