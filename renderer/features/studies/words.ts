import type { Cost, StudyState } from '../../../main/contract/api/studies.ts';
import { bytesText } from '../../ui/format.ts';

/** `about 7 min, 61 MB`: what something takes, as roughly as it is known. */
export const costText = ({ seconds, bytes }: Cost): string => `about ${roughly(seconds)}, ${bytesText(bytes)}`;

/** 432 -> `7 min`; 73000 -> `20 h`. */
export function roughly(seconds: number): string {
  if (seconds < 50) return `${Math.max(5, Math.ceil(seconds / 5) * 5)} s`;
  if (seconds < 90 * 60) return `${Math.ceil(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

export const stateWords: Record<StudyState, string> = {
  new: 'Not started',
  working: 'Working',
  waiting: 'Waits in line',
  partial: 'Partly done',
  failed: 'Something failed',
  done: 'Done',
};
