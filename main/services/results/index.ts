export type { AnswerTools, ContributedResults, ReportTools } from './contributed-results.ts';
export { findLeftOut } from './overview.ts';
export { readRecipe, readTrainings, type StudyTraining } from './trainings.ts';
export {
  answerHeader,
  answerKeys,
  noStimuli,
  viewGroup,
  viewPeople,
  type GroupResult,
  type PeopleView,
} from './view.ts';
