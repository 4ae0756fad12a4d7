/** Something that stops the set-up and that a person can mend; shown without a stack trace. */
export class SetUpError extends Error {
  /**
   * @param {string} what
   * @param {string} remedy
   * @param {string} [detail] what the failed program said
   */
  constructor(what, remedy, detail = '') {
    super(what);
    this.remedy = remedy;
    this.detail = detail;
  }

  /** The whole message, for a terminal. */
  format() {
    const indented = this.detail ? `\n${this.detail.replace(/^/gm, '  | ')}` : '';
    return `${this.message}${indented}\n  mend:  ${this.remedy}`;
  }
}

const causes = /** @type {const} */ ([
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|ECONNRESET|ERR_SOCKET_TIMEOUT/,
    'Connect to the internet and start again (or check the proxy settings); later starts work without it.',
  ],
  [/ENOSPC|EDQUOT/, 'Free some disk space (about 1 GB is needed) and start again.'],
  [/EACCES|EPERM|EROFS/, 'Make the product folder writable for you, or copy it to a place that is.'],
  [/EINTEGRITY/, 'A download was damaged on its way: start again, or empty the cache with `npm cache clean --force`.'],
  [
    /can only install packages when your package\.json and package-lock\.json/,
    'Restore package.json and package-lock.json.',
  ],
]);

/**
 * The remedy for what npm complains about.
 * @param {string} output
 */
export function remedyFor(output) {
  return (
    causes.find(([pattern]) => pattern.test(output))?.[1] ?? 'Start again; if it fails again, the lines above say why.'
  );
}
