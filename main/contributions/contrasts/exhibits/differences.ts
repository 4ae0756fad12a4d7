/** What rows of differences show. */
export const differenceNames = { valueName: 'Difference', intervalName: '95 % interval' };

/** Both ends of an interval, or null. */
export const toRange = ({ lo, hi }: { lo: number | null; hi: number | null }): [number, number] | null =>
  lo === null || hi === null ? null : [lo, hi];
