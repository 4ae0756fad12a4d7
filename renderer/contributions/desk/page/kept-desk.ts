import { endLimit, limitAccess, ownAccess } from '../../../client/index.ts';
import { studyAddress } from '../../../navigation/index.ts';
import { hasStrayed, markStrayed } from './kiosk.ts';

/** The session token in an address `#/desk/<token>`, or null. */
const deskToken = (hash: string): string | null => /^#\/desk\/([A-Za-z0-9_-]{22})$/.exec(hash)?.[1] ?? null;

/**
 * The session that this browser must stay in, or that its address asks for; null: none. Once a session was opened, every
 * address of the program leads back to it (after Back, a swipe or typing, and in new tabs), until the researcher leaves.
 */
export function keptDesk(): string | null {
  const named = deskToken(window.location.hash);
  const { limitedTo: desk } = ownAccess();
  if (desk !== null && named !== desk) {
    markStrayed();
    // Replaces this history entry, so that it does not lead away again.
    window.history.replaceState(null, '', deskAddress(desk));
  }
  return desk ?? named;
}

const standingByKey = 'labeling-session-elsewhere';

/** Before this tab is loaded again, because another one opened a session, which stays the only one with it. */
export const markStandingBy = (): void => sessionStorage.setItem(standingByKey, 'yes');

/** Whether this is the load after `markStandingBy`. Loaded once more by hand, the tab opens the session. */
export function isStandingBy(): boolean {
  const was = sessionStorage.getItem(standingByKey) !== null;
  sessionStorage.removeItem(standingByKey);
  const { limitedTo: desk } = ownAccess();
  if (!was || desk === null) return false;
  // Nobody left the session here, and the address is not to name the study.
  window.history.replaceState(null, '', deskAddress(desk));
  return true;
}

/** Of the page of a session. */
export const deskAddress = (token: string): string => `#/desk/${token}`;

/** Opens the page of a session in this tab. Back does not return to the address before it. */
export const goToDesk = (token: string): void => window.location.replace(deskAddress(token));

/** Limits this browser to a session, unless it is already. @throws ORPCError `REFUSED`: `labeling.no-session` */
export async function enterDesk(token: string): Promise<void> {
  if (ownAccess().limitedTo === null) await limitAccess(token);
}

/**
 * Opens the sessions of the study, or the studies where it is unknown. The page is loaded again, so that nothing of the
 * session stays in memory. A window of its own closes. @returns false: it is such a window, which shows nothing any more @throws ORPCError
 */
export async function leaveDesk(study: string | null): Promise<boolean> {
  const hasAccess = ownAccess().limitedTo === null || (await endLimit());
  hasStrayed();
  if (!hasAccess) window.close();
  else if (study === null) goToStudies();
  else window.location.replace(`#${studyAddress(study, '/labeling')}?part=sessions`);
  return hasAccess;
}

export const goToStudies = (): void => window.location.replace('#/studies');
