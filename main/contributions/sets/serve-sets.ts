import { BlobStore } from '../../files/index.ts';
import type { CallContext } from '../../processes/index.ts';
import { type TaskEvent, throttledProgress } from '../../services/tasks/index.ts';
import { keepStimuli } from './keep-set.ts';
import { storeStimuli } from './reading/store-stimuli.ts';

type Working = CallContext<TaskEvent>;

/** Reads stimulus sets of others in this process, so that nothing in them can hold up or end the host. */
export const setHandlers = {
  /** Checks a stimulus set from elsewhere, and keeps its archive in a folder. */
  keep: (
    { path, folder, ...wanted }: Parameters<typeof keepStimuli>[1] & { path: string; folder: string },
    { emit }: Working,
  ) => keepStimuli(path, wanted, folder, throttledProgress(emit)),
  /** Reads a stimulus set from elsewhere, and stores its pixels as blobs. */
  store: (
    { path, blobs, ...wanted }: Parameters<typeof storeStimuli>[1] & { path: string; blobs: string },
    { emit }: Working,
  ) => storeStimuli(path, wanted, new BlobStore(blobs), throttledProgress(emit)),
};
export type SetHandlers = typeof setHandlers;
