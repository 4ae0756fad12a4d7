import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { listed } from '../../../main/contract/listed.ts';
import type { PairBalance } from '../../../main/contract/pair-balance.ts';
import { counted } from '../../ui/format.ts';
import classes from './pairs.module.css';

/** Whether a design is balanced and holds together, and if not, where. */
export function BalanceNote({
  balance,
  names,
  pairs,
}: {
  balance: PairBalance;
  names: readonly string[];
  pairs: number;
}) {
  const { counts, balanced, connected } = balance;
  const good = balanced && connected;
  return (
    <p className={classes.balance} role="status" data-good={good || undefined}>
      {good ? <IconCheck size={16} aria-hidden /> : <IconAlertTriangle size={16} aria-hidden />}
      <span>
        {counted(pairs, 'pair')}.{' '}
        {balanced ? `Balanced: every class stands in ${counts[0]}.` : `Not balanced: ${oddOnes(counts, names)}.`}
        {!connected && ' Not connected: some classes cannot be reached from others over pairs.'}
      </span>
    </p>
  );
}

/** Classes whose number of pairs is not the usual one. */
function oddOnes(counts: readonly number[], names: readonly string[]): string {
  const usual = [...counts].sort((a, b) => tally(counts, b) - tally(counts, a) || b - a)[0] ?? 0;
  const odd = counts.flatMap((count, k) => (count === usual ? [] : [`${names[k]} in ${count}`]));
  if (odd.length === 0) return 'no class stands in a pair';
  return `most classes stand in ${counted(usual, 'pair')}, ${listed(odd, 6)}`;
}

const tally = (counts: readonly number[], value: number): number => counts.filter((count) => count === value).length;
