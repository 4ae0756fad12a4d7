export { call, done } from './base.ts';
