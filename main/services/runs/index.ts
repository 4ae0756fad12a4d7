export type { RunTools } from './actions.ts';
export { costOfAddition, leaveStudy, storeAddition, type AdditionTools } from './change-models.ts';
export { trainingProgress } from './remaining.ts';
export { begunNames } from './standings.ts';
export { covered, toRunRow } from './table.ts';
