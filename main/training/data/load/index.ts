export { loadDataSet } from './load-data-set.ts';
export { loadTaskDataSet, type TrainingTask } from './task-data.ts';
