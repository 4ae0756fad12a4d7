export type { ReportProcess } from './report-process.ts';
