import { formatCount, formatFixed } from '../../../domain/numbers/index.ts';
import type { PanelFindings, PanelRecord } from './responses.ts';

/** A warning where so few answers name the true class that the images are probably in another order; else null. */
export function orderDoubt({ truePct }: PanelFindings): string | null {
  if (truePct === undefined || truePct >= doubtfulPct) return null;
  return `Only ${formatFixed(truePct, 0)}\u00a0% of the answers name the true class of their image. The images of the file may be in another order.`;
}

const doubtfulPct = 30;

/** What an import set aside; empty if it took everything. */
export function setAside({ findings }: Pick<PanelRecord, 'findings'>): string[] {
  const { unknownImages, withdrawn, empty, aside } = findings;
  const { count, names } = unknownImages;
  return [
    ...(count > 0 ? [`${formatCount(count, 'image')} that the study does not have, such as ${names[0]}`] : []),
    ...(empty > 0 ? [`${formatCount(empty, 'row')} without an answer`] : []),
    ...(aside ? [`rows of ${formatCount(aside.count, 'other')}, such as ${aside.names[0]}`] : []),
    ...(withdrawn > 0 ? [`${formatCount(withdrawn, 'labeler')} who withdrew`] : []),
  ];
}
