/**
 * What keeps a package from being made, in words for the one who waits for it.
 * @param {string} output what electron-builder wrote
 * @param {boolean} hasElectron whether Electron's program is installed here
 * @returns {{ what: string, remedy: string }}
 */
export function packagingProblem(output, hasElectron) {
  const isNetwork =
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|HTTPError|status code|getaddrinfo/i;
  if (!isNetwork.test(output)) {
    return { what: 'The packages could not be made.', remedy: 'The lines above are what electron-builder says.' };
  }
  return hasElectron
    ? {
        what: "A tool for this kind of package could not be fetched; Electron's own program is here.",
        remedy: 'Connect to the internet once, or make a plain folder: npm run dist -- --dir.',
      }
    : {
        what: "Electron's own program is missing here and could not be fetched: nothing can be packaged without it.",
        remedy:
          'Connect to the internet and run `node node_modules/electron/install.js`, or set ELECTRON_OVERRIDE_DIST_PATH.',
      };
}
