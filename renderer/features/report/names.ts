import type { ReportFormat, ReportSection } from '../../../main/contract/api/report.ts';

export const sectionNames: Record<ReportSection, string> = {
  images: 'Images: anchors and all stimuli (Figures 1 and 3)',
  networks: 'Networks: snapshots that landed, and targets missed',
  types: 'Types: Tables 1 to 3, Figure 4',
  softmax: 'Softmax: Table 4, distributions, calibration',
  certainty: 'Certainty: entropy, distances',
  along: 'Along alpha: curves and flip points',
  agreement: 'Agreement: coefficients, error consistency, fewer raters',
  comparison: 'Comparison of targets, and intervals',
  seeds: 'Seed groups: Figure 2, Table 5',
  'each-image': 'Each image: the list behind every number',
  'self-test': 'Self-test of the measures',
};

export const formatNames: Record<ReportFormat, string> = {
  html: 'Web page (HTML), always',
  pdf: 'PDF',
  latex: 'LaTeX tables (booktabs)',
  csv: 'CSV of every table and figure',
  json: 'JSON of every table and figure',
  svg: 'SVG of every figure',
};
