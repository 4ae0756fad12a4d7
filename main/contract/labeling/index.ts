export { cannotTellChoice, choiceSchema } from './choice.ts';
export { remainsSchema, sessionStates, type LabelingStimuli } from './state.ts';
