const steps: readonly (readonly [seconds: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
];

const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** How long before `now` a time was, in its largest whole unit. Both in milliseconds since 1970. */
export function ago(time: number, now: number): string {
  const seconds = Math.max(0, (now - time) / 1000);
  for (const [size, unit] of steps) {
    if (seconds >= size) return words.format(-Math.floor(seconds / size), unit);
  }
  return 'just now';
}
