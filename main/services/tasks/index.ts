export { refused, refusing, taskEventSchema, type TaskEvent } from './task-events.ts';
export { oneTask, parsing, runTask } from './tasks.ts';
export { throttledProgress, type ReadProgress } from './throttled-progress.ts';
