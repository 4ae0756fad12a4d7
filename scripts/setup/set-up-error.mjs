/** An error of set-up that the user can correct; shown without a stack trace. */
export class SetUpError extends Error {
  /** @param {string} what @param {string} remedy @param {string} [detail] output of the failed program */
  constructor(what, remedy, detail = '') {
    super(what);
    this.remedy = remedy;
    this.detail = detail;
  }

  /** The complete message, for a terminal. */
  format() {
    const indented = this.detail ? `\n${this.detail.replace(/^/gm, '  | ')}` : '';
    return `${this.message}${indented}\n  fix:   ${this.remedy}`;
  }
}

const causes = /** @type {const} */ ([
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|ECONNRESET|ERR_SOCKET_TIMEOUT/,
    'Connect to the internet or check the proxy settings, and start again. Later starts work offline.',
  ],
  [/ENOSPC|EDQUOT/, 'Free some disk space (about 1.5 GB is needed) and start again.'],
  [/EACCES|EPERM|EROFS/, 'Make the product folder writable, or copy it to a folder that is writable.'],
  [/EINTEGRITY/, 'A download was damaged. Start again, or empty the cache with `npm cache clean --force`.'],
  [
    /can only install packages when your package\.json and package-lock\.json/,
    'Restore package.json and package-lock.json.',
  ],
]);

/** The remedy for an error message of npm. @param {string} output */
export function remedyFor(output) {
  return (
    causes.find(([pattern]) => pattern.test(output))?.[1] ?? 'Start again. If it fails again, see the output above.'
  );
}
