const kept = 'labeling-session';
const strayed = 'labeling-session-strayed';

/** The session token in an address `#/desk/<token>`, or null. */
const deskToken = (hash: string): string | null => /^#\/desk\/([A-Za-z0-9_-]{22})$/.exec(hash)?.[1] ?? null;

/**
 * The session that this tab must stay in, or null. Once a session was opened in a tab, every address of the program leads
 * back to it (after Back, a swipe or typing), until the researcher leaves.
 */
export function keptDesk(): string | null {
  const before = sessionStorage.getItem(kept);
  const named = deskToken(window.location.hash);
  if (before === null && named === null) return null;
  const token = before ?? named ?? '';
  sessionStorage.setItem(kept, token);
  if (named !== token) {
    sessionStorage.setItem(strayed, 'yes');
    // Replaces this history entry, so that it does not lead away again.
    window.history.replaceState(null, '', `#/desk/${token}`);
  }
  return token;
}

/** Opens a session in this tab. Back does not return to the address before it. */
export function enterDesk(token: string): void {
  sessionStorage.setItem(kept, token);
  window.location.replace(`#/desk/${token}`);
}

/** Opens the studies. The page is loaded again, so that nothing of the session stays in memory. */
export function leaveDesk(): void {
  sessionStorage.removeItem(kept);
  sessionStorage.removeItem(strayed);
  window.location.replace('#/studies');
}

/** Whether somebody tried to leave the session by an address since the last call. */
export function hasStrayed(): boolean {
  const was = sessionStorage.getItem(strayed) !== null;
  sessionStorage.removeItem(strayed);
  return was;
}
