export { findSession, refuseLocked, studyWithStimuli } from './find.ts';
export { secondsPerTrial, trialPace } from './pace.ts';
export {
  addLabeler,
  countedLabelers,
  countedPeople,
  labelerNames,
  peopleFromSessions,
  removeLabeler,
  underLock,
  withLabelsHash,
} from './people.ts';
export { newPseudonym, randomCharacters, takenNames } from './pseudonyms.ts';
export { refusal, refusals } from './refusals.ts';
export { importedFrom } from './sources.ts';
