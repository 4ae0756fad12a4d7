import type { CallContext } from '../../processes/index.ts';
import { type TaskEvent, throttledProgress } from '../../services/tasks/index.ts';
import { keepStimuli } from './keep-set.ts';

/** Reads an uploaded stimulus set in this process, so that nothing in it can hold up or end the host. */
export const setHandlers = {
  /** Checks a stimulus set from elsewhere, and keeps its archive in a folder. */
  keep: (
    { path, folder, ...wanted }: Parameters<typeof keepStimuli>[1] & { path: string; folder: string },
    { emit }: CallContext<TaskEvent>,
  ) => keepStimuli(path, wanted, folder, throttledProgress(emit)),
};
export type SetHandlers = typeof setHandlers;
