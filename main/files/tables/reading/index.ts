export { readCsv, readCsvBytes } from './csv-reader.ts';
export { isNoResponse, readToolboxTables, type ToolboxRow } from './toolbox-tables.ts';
