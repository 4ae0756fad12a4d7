import { type CallContext, type ChildMessage, ParentLauncher, parentPort, serve } from '../../processes/index.ts';
import { refused, refusing, type TaskEvent } from '../../services/tasks/index.ts';
import { installTensorflow } from '../../training/engines/tensorflow/install/index.ts';
import type { TensorflowVariant } from './contract.ts';
import { cleanUp, diskUse, type Folders } from './disk.ts';
import { installReport } from './engines.ts';

/** `launch` starts further processes. */
const port = parentPort<ChildMessage>();
const launcher = new ParentLauncher(port);

type Working = CallContext<TaskEvent>;

/** Tasks that would hold up the host. */
const handlers = {
  diskUse: (folders: Folders) => refusing(() => diskUse(folders, Date.now())),
  /** Removes what `diskUse` calls removable at that time. */
  cleanUp: (folders: Folders, { emit }: Working) =>
    refusing(() =>
      cleanUp(folders, Date.now, (share) => emit({ type: 'progress', share, note: 'Removing unused files' })),
    ),
  install: ({ variant }: { variant: TensorflowVariant }, { emit }: Working) =>
    refusing(async () => {
      const outcome = await installTensorflow({ variant, fullCheck: true, report: installReport(emit), launcher });
      if (!outcome.installed) throw refused(outcome.reason);
    }),
};
export type MachineHandlers = typeof handlers;

export const serveMachine = (): void => serve(handlers, port);
