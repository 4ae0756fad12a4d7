/** Counts the results of `npm test`, including failures outside of tests. */
import { untestedPage } from './test-browser.mjs';

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 *
 * @typedef {object} TestReport the part of vitest's JSON report that is used
 * @property {TestFile[]} testResults
 *
 * @typedef {object} TestFile
 * @property {string} name its path
 * @property {number} startTime milliseconds since 1970
 * @property {number} endTime
 * @property {string} status
 * @property {{ status: string }[]} assertionResults
 */

/** @param {Counts} a @param {Counts} b @returns {Counts} */
export function addCounts(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** A check counts as one test. @param {number} exitCode @returns {Counts} */
export function checkCounts(exitCode) {
  return exitCode === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/**
 * A file that failed outside its tests counts as one failure. So does a run with a non-zero exit code and no failed
 * test (an unhandled error, a crash, a missing report). @param {TestReport | undefined} report @param {number} exitCode
 * @returns {Counts}
 */
export function countTests(report, exitCode) {
  const files = report?.testResults ?? [];
  const statuses = files.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const count = (/** @type {string[]} */ ...wanted) => statuses.filter((status) => wanted.includes(status)).length;
  const brokenFiles = files.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const passed = count('passed');
  const failed = count('failed') + brokenFiles;
  const unexplained = failed === 0 && (exitCode !== 0 || report === undefined) ? 1 : 0;
  return { passed, failed: failed + unexplained, skipped: statuses.length - passed - count('failed') };
}

/**
 * The files that took longest, so that growth is seen. @param {TestReport | undefined} report @param {number} count
 * @returns {{ name: string, seconds: number }[]} the longest first
 */
export function slowestFiles(report, count) {
  return (report?.testResults ?? [])
    .map(({ name, startTime, endTime }) => ({ name, seconds: (endTime - startTime) / 1000 }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, count);
}

/** @param {Counts} counts */
function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * The end of a run. Without a browser most tests of the page are skipped: in CI that is a failure, elsewhere the last line
 * says it. @param {Counts} tested @param {boolean} hasBrowser @param {boolean} isCi
 * @returns {{ counts: Counts, line: string }}
 */
export function closing(tested, hasBrowser, isCi) {
  const counts = hasBrowser ? tested : addCounts(tested, { passed: 0, failed: isCi ? 1 : 0, skipped: 0 });
  return { counts, line: `${formatCounts(counts)}${hasBrowser ? '' : ` (${untestedPage})`}` };
}
