import type { LegendEntry } from './chart-frame.tsx';
import { diamond, trendBar } from './lines.tsx';

export const paperEntry: LegendEntry = {
  name: 'The paper',
  color: 'var(--paper-value)',
  mark: <path d={diamond} fill="var(--surface)" stroke="var(--paper-value)" strokeWidth={1.5} />,
};

export const ringEntry = (name: string): LegendEntry => ({
  name,
  color: 'var(--ink)',
  mark: <circle r={4} fill="var(--surface)" stroke="var(--ink)" strokeWidth={2} />,
});

export const trendEntry = (name: string): LegendEntry => ({
  name,
  color: 'var(--ink)',
  mark: <path d={trendBar} stroke="var(--ink)" strokeWidth={3} />,
});

/** Entry for whiskers, e.g. `95 % interval`. */
export const whiskerEntry = (name: string): LegendEntry => ({
  name,
  color: 'var(--ink)',
  mark: <path d="M-4 -5h8M-4 5h8M0 -5V5" stroke="var(--ink)" strokeWidth={1.2} fill="none" />,
});
