import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserHost, openBrowserHost } from '../../../main/hosts/browser/server.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { Lab } from '../../../main/services/lab/lab.ts';
import { openWorkbench, type Workbench } from '../../../main/services/workbench/workbench.ts';
import { handlersOf, offered } from '../../calls.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The browser host on the data folder that this process was started with. */
export async function openHost(): Promise<{ workbench: Workbench; lab: Lab; host: BrowserHost }> {
  const resources = join(root, 'resources');
  const dataFolder = process.argv[2] ?? '';
  const workbench = openWorkbench({ root, resources, dataFolder, ...offered });
  const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'browser' });
  const log = (error: unknown): void => console.error(error);
  const host = await openBrowserHost({
    page: { root: join(root, 'out', 'renderer'), lab, log },
    calls: handlersOf({ lab, log }),
    port: 0,
  });
  return { workbench, lab, host };
}

/** Tells the bench the host's address, and ends with it. */
export function serveBench({ lab, host }: Awaited<ReturnType<typeof openHost>>): void {
  process.on('message', (message) => {
    if (message === 'end') void Promise.all([host.close(), lab.close()]).then(() => process.exit());
  });
  process.send?.({ address: host.newAddress() });
}
