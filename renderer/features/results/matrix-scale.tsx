import type { AgreementResult } from '../../../main/contract/api/results-charts.ts';
import type { LegendEntry } from '../../charts/chart-frame.tsx';

/** The value that a cell has room for: `.45`, `−.07`, `1.0`. */
export function cellText(value: number): string {
  const text = Math.abs(value).toFixed(2);
  const sign = value < 0 && Number(text) !== 0 ? '−' : '';
  return sign + (text === '1.00' ? '1.0' : text.slice(1));
}

/** From the ground at 0 to one hue at 1, and to another at −1: agreement less than by chance is no agreement at all. */
export function groundOf(value: number): string {
  const hue = value < 0 ? 'var(--series-2)' : 'var(--series-5)';
  return `color-mix(in srgb, ${hue} ${Math.round(Math.min(1, Math.abs(value)) * 100)}%, var(--surface))`;
}

const steps = [-0.5, 0, 0.5, 1] as const;

/** Steps of the scale, each with the value that it is; shares are never below 0. */
export function legendOf(measure: AgreementResult['measure']): LegendEntry[] {
  const shown = steps.filter((value) => value >= 0 || measure !== 'same');
  return shown.map((value) => ({
    name: `${cellText(value)}${wordsOf(value, measure)}`,
    colour: groundOf(value),
    mark: <rect x="-5" y="-5" width="10" height="10" fill={groundOf(value)} stroke="var(--line-strong)" />,
  }));
}

function wordsOf(value: number, measure: AgreementResult['measure']): string {
  if (measure === 'same') return value === 1 ? ' all labels equal' : value === 0 ? ' none' : '';
  return value === 1 ? ' full agreement' : value === 0 ? ' as by chance' : value < 0 ? ' less than by chance' : '';
}
