export {
  Sources,
  imageInputs,
  labelsInput,
  readDesign,
  readStudyData,
  type Source,
  type SourceLabeler,
  type SourceModel,
  type StudyData,
  type TrainedModel,
} from './analysis-input.ts';
