export { csvRow, formatCsv, textCell } from './csv-writer.ts';
export {
  anchorColumns,
  humansColumns,
  maxClasses,
  simulatedColumn,
  truthColumn,
  writeHumansCsv,
} from './humans-csv.ts';
export { predictionsColumns, writePredictionsCsv } from './predictions-csv.ts';
export {
  CellReader,
  fileTooLarge,
  quote,
  requireColumns,
  rowLocation,
  tableError,
  type CsvHeader,
  type RowHandler,
  type TableWarning,
} from './table-cells.ts';
