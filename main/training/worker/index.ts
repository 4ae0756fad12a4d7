export { WorkerLoop } from './worker-loop.ts';
