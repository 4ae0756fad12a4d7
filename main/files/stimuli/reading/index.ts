export { importStimulusSet, type ImportProgress } from './import-stimuli.ts';
export { refuseColor } from './store-stimuli.ts';
