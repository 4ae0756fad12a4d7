import type { LeftToTrain } from '../../../main/contract/api/models.ts';
import { bytesText, durationText } from '../../ui/format.ts';

type Cost = Pick<LeftToTrain, 'seconds' | 'bytes'>;

/** `about 12 min, 40 MB` */
export const costText = ({ seconds, bytes }: Cost): string => `about ${roughTime(seconds)}, ${bytesText(bytes)}`;

/** What trainings take, behind the words of a button. */
export const CostNote = (cost: Cost) => <span className="cost-note">({costText(cost)})</span>;

/** Estimates are not known to the second. */
function roughTime(seconds: number): string {
  if (seconds < 60) return durationText(1000 * Math.max(1, Math.round(seconds / 5) * 5));
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return durationText(600_000 * Math.round(seconds / 600));
}
