/** The Chromium that tests and benches of the page run in. */
import { existsSync } from 'node:fs';

/** @param {(string | undefined)[]} paths @returns {string | undefined} */
const first = (...paths) => paths.find((path) => path && existsSync(path));

const chosen = process.env.BOUNDARY_CHROMIUM;

/** The browser that people have: the first of these that exists. */
export const browserPath = first(chosen, '/usr/bin/chromium', '/usr/bin/google-chrome');

/** The same engine without the window around a page, which costs a fifth of a page's time, where Debian's package has it. */
export const shellPath = first(chosen, '/usr/bin/chromium-headless-shell', browserPath);

/** What a run without a browser says on its last line. */
export const untestedPage = 'without Chromium: the page is untested; Debian, Ubuntu: apt install chromium';
