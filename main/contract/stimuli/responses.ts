/**
 * How people answer an image (metrics.md 14): with one label (`single`); with a label or "can't tell" (`abstain`); with a
 * set of labels (`set`); with ratings of classes (`graded`); or it is only known how many gave each label (`counts`).
 */
export const responseKinds = ['single', 'abstain', 'set', 'graded', 'counts'] as const;
export type ResponseKind = (typeof responseKinds)[number];
