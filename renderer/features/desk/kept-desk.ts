const kept = 'labeling-session';
const strayed = 'labeling-session-strayed';

/** The token of the session that an address names, or null: `#/desk/<token>`. */
export function deskToken(hash: string): string | null {
  return /^#\/desk\/([A-Za-z0-9_-]{22})$/.exec(hash)?.[1] ?? null;
}

/**
 * The session that this tab is kept in, or null. Once a session's page was opened, every address of the program leads
 * back to it in this tab, whichever way it came there (Back, a swipe, typing), until the researcher leaves.
 */
export function keptDesk(): string | null {
  const before = sessionStorage.getItem(kept);
  const named = deskToken(window.location.hash);
  if (before === null && named === null) return null;
  const token = before ?? named ?? '';
  sessionStorage.setItem(kept, token);
  if (named !== token) {
    sessionStorage.setItem(strayed, 'yes');
    // This entry of the history too, so that it leads nowhere else again.
    window.history.replaceState(null, '', `#/desk/${token}`);
  }
  return token;
}

/** Opens a session's page in this tab. The address before it is not kept for Back. */
export function enterDesk(token: string): void {
  sessionStorage.setItem(kept, token);
  window.location.replace(`#/desk/${token}`);
}

/** To the studies: the page is loaded anew, so that nothing of the session stays in memory. */
export function leaveDesk(): void {
  sessionStorage.removeItem(kept);
  sessionStorage.removeItem(strayed);
  window.location.replace('#/studies');
}

/** Whether somebody tried to get away from the session's page by an address since this was asked last. */
export function hasStrayed(): boolean {
  const was = sessionStorage.getItem(strayed) !== null;
  sessionStorage.removeItem(strayed);
  return was;
}
