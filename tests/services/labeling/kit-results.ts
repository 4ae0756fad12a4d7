import { createHmac, randomUUID } from 'node:crypto';
import type { KitPayload, KitResultPayload } from '../../../main/contract/labeling/kit.ts';
import type { SessionNote, TrialEvent } from '../../../main/contract/labeling/volunteer.ts';
import { screen } from './labeling-helper.ts';

type KitSession = KitPayload['sessions'][number];

/** What a kit's page writes; without `change`, what one of the first version tells. */
export function resultFile(
  kit: KitPayload,
  session: KitSession,
  change: Partial<KitResultPayload> = {},
  version: 1 | 2 = 2,
): string {
  const result = {
    ...{ kit: kit.kit, session: session.token, pseudonym: session.view.pseudonym, finished: false, consented: false },
    sittings: [],
    ...change,
  };
  const payload = JSON.stringify(result);
  const signature = createHmac('sha256', Buffer.from(session.key, 'base64')).update(payload).digest('hex');
  return JSON.stringify({ schema: `boundary-workbench/labeling-kit-result/${version}`, payload, signature });
}

/** One sitting of a result. */
export const sitting = (
  events: TrialEvent[],
  key = randomUUID(),
  openedAt = '2026-01-01T10:00:00.000Z',
  notes: SessionNote[] = [],
  openedMs: number | null = null,
) => ({ key, openedAt, openedMs, screen, events, notes });
