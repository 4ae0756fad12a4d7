export { refused, refusing, taskEventSchema, type TaskEvent } from './task-events.ts';
export { parsing, runTask, taskEnded, type TaskListeners } from './tasks.ts';
export { throttledProgress, type ReadProgress } from './throttled-progress.ts';
