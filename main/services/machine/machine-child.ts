import { openStorage } from '../../storage/index.ts';
import { installTensorflow } from '../../training/engines/tensorflow/install/install.ts';
import { parentPort } from '../../training/worker/port.ts';
import { fileError } from '../../files/file-errors.ts';
import { UserError } from '../../contract/errors.ts';
import { AskedLauncher } from './asked-launcher.ts';
import { cleanUp, diskUse } from './disk.ts';
import { installReport } from './install-report.ts';
import type { MachineMessage, MachineTask } from './tasks.ts';
import { machineTaskSchema } from './tasks.ts';

/**
 * Entry of the machine's own process, for what would hold up the host: looking through folders, backups, installations.
 * Its task is the first word of its command line. It ends with its parent.
 */
const port = parentPort<MachineMessage>();
port.onClose(() => process.exit());
process.on('SIGINT', () => undefined);

async function work(task: MachineTask): Promise<void> {
  if (task.kind === 'disk') return port.send({ type: 'disk', disk: diskUse(task, Date.now()) });
  if (task.kind === 'clean-up') {
    const tell = (share: number): void => port.send({ type: 'progress', share, note: 'Removing what nothing needs' });
    return port.send({ type: 'removed', removed: cleanUp(task, Date.now, tell) });
  }
  if (task.kind === 'back-up') return backUp(task.dataFolder);
  const outcome = await installTensorflow({
    ...{ variant: task.variant, fullCheck: true, report: installReport((message) => port.send(message)) },
    launcher: new AskedLauncher(port),
  });
  if (!outcome.installed) port.send({ type: 'refused', reason: outcome.reason });
}

/** A copy of a database that is in use can be made by whoever can read it. */
function backUp(dataFolder: string): void {
  const storage = openStorage(dataFolder, { readOnly: true });
  try {
    storage.backUp();
  } finally {
    storage.close();
  }
}

try {
  await work(machineTaskSchema.parse(JSON.parse(process.argv[2] ?? '')));
  port.send({ type: 'done' });
  port.leave(0);
} catch (error) {
  const explained = fileError(error, 'this machine');
  if (!(explained instanceof UserError)) throw error;
  port.send({ type: 'refused', reason: `${explained.message} (${explained.where}). ${explained.remedy}` });
  port.leave(0);
}
