import { runInBatches } from '../../storage/batches.ts';
import type { Storage } from '../../storage/open.ts';
import type { Workbench } from './workbench.ts';

/** Imports of a data folder take turns: each begins by removing what an earlier one left. */
const turns = new WeakMap<Storage, Promise<unknown>>();

function inTurn<T>(storage: Storage, work: () => Promise<T>): Promise<T> {
  const mine = (turns.get(storage) ?? Promise.resolve()).then(work, work);
  turns.set(storage, mine);
  return mine;
}

/** Imports something hidden at first, when earlier imports have ended. What it leaves if it fails is removed. */
export function importHidden<T>(workbench: Workbench, work: () => Promise<T>): Promise<T> {
  return inTurn(workbench.storage, async () => {
    await removeLeft(workbench);
    try {
      return await work();
    } catch (error) {
      await removeLeft(workbench);
      throw error;
    }
  });
}

/** Removes what an import left that was cut off, e.g. by a power cut. @throws the signal's reason */
export function removeUnfinishedImports(workbench: Workbench, signal?: AbortSignal): Promise<void> {
  return inTurn(workbench.storage, () => removeLeft(workbench, signal));
}

function removeLeft({ storage, now }: Workbench, signal?: AbortSignal): Promise<void> {
  return runInBatches(storage.removeUnfinished(now()), { transaction: storage.transaction, signal });
}
