import { ensurePage } from '../../scripts/setup/page.mjs';
import { repository } from '../architecture/tools.ts';

let built: Promise<boolean> | undefined;

/**
 * Builds the page (and the desktop bundles) into out/ unless that was done from these very sources, which are read once a
 * process: that takes a tenth of a second.
 */
export const buildPage = (): Promise<boolean> => (built ??= ensurePage(repository, process.execPath));
