export { stepsPerEpoch } from './batches.ts';
export {
  checkedStatistics,
  dataError,
  dataSetHeader,
  hashDataSet,
  type DataSet,
  type LabeledImages,
} from './data-set.ts';
