export { keptLabels, keptMistakes, snapshotEvaluationSchema, type SnapshotEvaluation } from './evaluation.ts';
export {
  cellSchema,
  effectNumberSchema,
  exhibitSchema,
  intervalSchema,
  typeNames,
  typeSchema,
  type ApiInterval,
  type Cell,
  type ClaimChoice,
  type Column,
  type EffectNumber,
  type Exhibit,
  type Group,
  type Quantity,
} from './exhibit.ts';
export {
  figureSchema,
  type Figure,
  type FigureAxis,
  type LinesChart,
  type PointsChart,
  type RowsChart,
} from './figure.ts';
export { findingsSchema, maxExamples, type Findings } from './findings.ts';
export { aboutPeople, imageIds, peopleInput, viewInput, type ViewInput } from './results-parts.ts';
