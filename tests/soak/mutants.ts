import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '../../main/domain/random/random.ts';
import { removal } from '../temporary-folder.ts';
import { type Attack, type Limits, runCampaign } from './campaign.ts';
import { kills } from './kills.ts';
import { whileActing } from './while-acting.ts';
import { makeTemplate } from './world.ts';

/** What a campaign found of a planted fault, and after how many kills; null: nothing. */
export interface Finding {
  fault: string;
  kills: number;
  words: string | null;
}

/** Kills within which each fault must be found. */
export const killsForFault = 20;

const acts: Attack = { ...kills, name: 'acts', step: whileActing };

/** Runs the soak against the product with one fault after another, until each is found or `killsForFault` are over. */
export async function plantFaults(
  faults: readonly string[],
  limits: Pick<Limits, 'seed' | 'minutes' | 'signal'>,
  log: (line: string) => void,
): Promise<Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'boundary-soak-'));
  try {
    const template = await makeTemplate(join(folder, 'template'), randomStream(limits.seed, 'template'));
    const findings: Finding[] = [];
    for (const fault of faults) {
      if (limits.signal?.aborted) break;
      const own = { ...limits, goals: new Map([[acts.unit, killsForFault]]), step: null, short: false, fault };
      const { rows } = await runCampaign(
        [acts],
        own,
        () => Promise.resolve(template),
        () => undefined,
      );
      const [tally] = rows.map((row) => row.tally);
      const words = tally?.lost[0] ?? tally?.faults[0] ?? null;
      findings.push({ fault, kills: tally?.counts.get(acts.unit) ?? 0, words });
      log(formatFinding(findings.at(-1)));
    }
    return findings;
  } finally {
    rmSync(folder, removal);
  }
}

function formatFinding(finding: Finding | undefined): string {
  if (!finding) return '';
  const { fault, kills: count, words } = finding;
  return words === null
    ? `NOT FOUND in ${count} kills: ${fault}`
    : `found in ${count} kills: ${fault} (${words.slice(0, 300)})`;
}
