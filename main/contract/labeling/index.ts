export { cannotTellChoice, choiceSchema } from './choice.ts';
export {
  labelingPlanSchema,
  mediumSchema,
  textVersionsSchema,
  trialKinds,
  type LabelingPlan,
  type Medium,
  type TextVersions,
  type Trial,
  type TrialKind,
} from './plan.ts';
export { planCards, shownPlanSchema } from './shown-plan.ts';
export { remainsSchema, sessionStates, type LabelingStimuli } from './state.ts';
export {
  lateKinds,
  momentSchema,
  noteKinds,
  noteSchema,
  pseudonymSchema,
  screenSchema,
  sessionTokenSchema,
  sittingKeySchema,
  trialEventKinds,
  trialEventSchema,
  type Late,
  type Screen,
  type SessionNote,
  type TrialEvent,
} from './volunteer.ts';
