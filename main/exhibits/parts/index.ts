export {
  adjustedP,
  bandsNote,
  count,
  crossingMethod,
  intervalMethod,
  meanCell,
  noInterval,
  orWhy,
  pColumns,
  plainP,
  quantity,
  spreadOrWhy,
  toInterval,
  undefinedCell,
  withIntervals,
} from './cells.ts';
export type { PaperValues } from './paper-values.ts';
export {
  allLabelsTheSame,
  noMajority,
  noPeople,
  nobody,
  nobodyLeftOut,
  oneRater,
  twoModels,
  whyNoType,
  whyNotPersons,
  whyUndetermined,
} from './reasons.ts';
export { inWords, labeledImages, named, typeColumn, type StudyNumbers } from './study-numbers.ts';
export {
  groupSoftmax,
  once,
  oncePerView,
  type AgreementMeasure,
  type StudyView,
  type ViewedGroup,
} from './study-view.ts';
