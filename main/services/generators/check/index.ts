export { judgeGenerator } from './check.ts';
