import { clusterSettings } from '../../../main/contributions/slurm/profile/cluster-profile.ts';
import { writeTable } from '../../contract/setting-docs.ts';

/** The page with the table of a profile's settings. */
export const page = new URL('../../../main/contributions/slurm/README.md', import.meta.url);

if (import.meta.main) writeTable(page, 'a cluster', clusterSettings);
