export { setDeleted, type StudyTools } from './studies.ts';
