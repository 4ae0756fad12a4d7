export { csvRow, formatCsv, refuseFormula, textCell } from './csv-writer.ts';
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
