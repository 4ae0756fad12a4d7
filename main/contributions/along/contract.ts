/** What curves of networks along alpha show: shares, or psychometric curves that were fitted to them. */
export const alongCurves = ['softmax', 'votes', 'fitted'] as const;
export type AlongCurves = (typeof alongCurves)[number];
