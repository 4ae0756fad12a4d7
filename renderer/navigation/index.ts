export { modelsAddress, studyAddress, useParameter, useStudy } from './addresses.ts';
