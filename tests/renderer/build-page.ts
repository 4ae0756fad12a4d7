import { ensurePage } from '../../scripts/setup/page.mjs';
import { repository } from '../architecture/tools.ts';

/** Builds the page (and the desktop bundles) into out/ unless that was done from these very sources. */
export const buildPage = (): Promise<boolean> => ensurePage(repository, process.execPath);
