/** @param {string} output of electron-builder @param {boolean} hasElectron whether its binary is installed */
export function packagingProblem(output, hasElectron) {
  const isNetwork =
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|HTTPError|status code|getaddrinfo/i;
  if (!isNetwork.test(output)) {
    return { what: 'The packages could not be built.', remedy: 'See the output of electron-builder above.' };
  }
  return hasElectron
    ? {
        what: "A tool for this kind of package could not be downloaded. Electron's binary is installed.",
        remedy: 'Connect to the internet once, or build a plain folder with `npm run dist -- --dir`.',
      }
    : {
        what: "Electron's binary is missing and could not be downloaded. Packaging needs it.",
        remedy:
          'Connect to the internet and run `node node_modules/electron/install.js`, or set ELECTRON_OVERRIDE_DIST_PATH.',
      };
}
