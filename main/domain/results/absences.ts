import type { leftOutReasons } from '../../contract/api/results-tables.ts';

/** Why a planned network is in no number. */
export type AbsenceReason = (typeof leftOutReasons)[number];

const texts: Record<AbsenceReason, string> = {
  missed: 'missed the target',
  failed: 'failed',
  cancelled: 'cancelled',
  unfinished: 'not trained yet',
  unasked: 'without predictions yet',
};

/** `missed the target`. */
export const absenceText = (why: AbsenceReason): string => texts[why];
