export { architectureLine, thinArchitectureLine } from './architecture.ts';
export type { LegendEntry } from './chart-frame.tsx';
export { meanCurve, smooth } from './curves.ts';
export { FigureView } from './figure.tsx';
export { LineChart, type LineSeries } from './line-chart.tsx';
export { Scatter } from './scatter.tsx';
export type { Point } from './series.ts';
