export { readCsv, readCsvBytes } from './csv-reader.ts';
