/** Numbers as the page writes them: a real minus sign, grouped thousands, and no digit that is not known. */

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** With a real minus sign; -0.0 is 0.0. */
export function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '\u2212');
}

/** 60000 -> `60,000` */
export const whole = (value: number): string => grouped.format(value).replace('-', '\u2212');

/** 0.152 -> `15.2 %`. `share`: 0 to 1. */
export const percentText = (share: number, decimals = 1): string => `${fixed(share * 100, decimals)}\u00a0%`;

/** Three significant digits for values of unknown size: 12345 -> `12,345`, 0.01234 -> `0.0123`, 3.2e-7 -> `3.2e\u22127`. */
export function compact(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9))
    return value.toExponential(1).replace(/-/g, '\u2212').replace('+', '');
  if (Number.isInteger(value) || size >= 1000) return whole(value);
  const decimals = size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
  return fixed(value, decimals)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

/** 93784 ms -> `1 min 34 s`; 400 ms -> `400 ms`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 1) return `${Math.round(ms)} ms`;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} days ${Math.floor((seconds % 86_400) / 3600)} h`;
}

/** What is left, as roughly as it is known: `under a minute`, `about 4 min`, `about 2 h 10 min`. `seconds` >= 0. */
export function leftText(seconds: number): string {
  if (seconds < 60) return 'under a minute left';
  if (seconds < 3600) return `about ${Math.round(seconds / 60)} min left`;
  const minutes = Math.round(seconds / 600) * 10;
  return `about ${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`} left`;
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** 1234567 -> `1.2 MB` (powers of 1000). */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${fixed(value, unit === 0 || value >= 100 ? 0 : 1)}\u00a0${units[unit]}`;
}

/** `1 image`, `2 images`, `1,200 images`. */
export const counted = (count: number, noun: string): string => `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;

/**
 * The 95 % Wilson interval of k of n, as shares 0 to 1; null for n = 0. Unlike the plain one it stays within 0 and 1 and
 * says something for k = 0 and k = n.
 */
export function wilson(k: number, n: number): readonly [low: number, high: number] | null {
  if (n === 0) return null;
  const z = 1.959964;
  const p = k / n;
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  // The ends of all and of nothing are exact, whatever the last bits say.
  return [k === 0 ? 0 : Math.max(0, middle - half), k === n ? 1 : Math.min(1, middle + half)];
}

const agoSteps: readonly (readonly [seconds: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
];

const relativeTime = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** How long before `now` a time was, in its largest whole unit. Both in milliseconds since 1970. */
export function ago(time: number, now: number): string {
  const seconds = Math.max(0, (now - time) / 1000);
  for (const [size, unit] of agoSteps) {
    if (seconds >= size) return relativeTime.format(-Math.floor(seconds / size), unit);
  }
  return 'just now';
}

/** The first letters of a name: by code points, as half a letter could not be saved in a file. */
export const firstLetters = (name: string, most: number): string => [...name].slice(0, most).join('');
