export { setting } from './settings.ts';
