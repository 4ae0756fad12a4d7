export { enqueue } from './queue.ts';
export { studyWorkers, workUntilIdle, workersFor } from './workers.ts';
