import { Group, Text, Stack } from '@mantine/core';
import { pairBalance, type PairBalance } from '../../../main/domain/stimuli/pair-balance.ts';
import type { PairContext } from '../../../main/contract/stimuli/stimuli.ts';
import { formatCount, formatNames } from '../../../main/domain/numbers/format.ts';
import { stimuliSettings } from '../../../main/domain/settings/stimuli-settings.ts';
import { SettingFields } from '../../ui/fields/setting-fields.tsx';
import { ScrollBox } from '../../ui/tables/plain-table.tsx';
import { HelpNote } from '../../ui/parts/states.tsx';
import { ConfusedPairs, FindConfused } from './confused-pairs.tsx';
import { fittingDesign } from './draft-edits.ts';
import { PairList } from './pair-list.tsx';
import { PairMatrix } from './pair-matrix.tsx';
import { fitsRing, type Pair, PairGraph } from './pair-ring.tsx';
import type { DraftProps } from './use-draft.ts';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';

/** Classes with which the table of boxes can be read; more have a list. */
const maxTableClasses = 40;

/** The settings that have their fields here. */
const chosenHere = new Set(['design', 'anchorDesign', 'anchorRule']);

/** The pair design: the paper's, balanced from a seed, by the reference's confusion, or custom. */
export function PairsPart({ study, state, tools }: DraftProps) {
  const count = state.classes.length;
  const { source, design, anchorDesign } = tools.draft;
  // A custom design shows before it is saved.
  const pairs: readonly Pair[] = design.kind === 'listed' ? design.pairs : state.pairs;
  const balance = pairBalance(pairs, count);
  const toggle = (a: number, b: number): void => {
    const [i, j] = a < b ? [a, b] : [b, a];
    const without = pairs.filter((pair) => pair[0] !== i || pair[1] !== j);
    const listed = without.length < pairs.length ? without : [...pairs, [i, j] as const];
    // A design needs at least one pair.
    if (listed.length === 0) return;
    const ordered = [...listed].sort((one, other) => one[0] - other[0] || one[1] - other[1]);
    tools.change({ design: { kind: 'listed', pairs: ordered.map(([x, y]) => [x, y]) } });
  };
  const anchors = state.anchorLists.reduce((sum, list) => sum + list.length, 0);
  const context: PairContext = { classes: count, pairs };
  const drawing = { names: state.classes, pairs, balance, disabled: state.locked, onToggle: toggle };
  const hasRing = fitsRing(state.classes);
  const isUnknown = design.kind === 'confusable' && state.pairs.length === 0;
  return (
    <div className="stimuli-pairs" data-ring={hasRing || undefined}>
      <Stack gap="sm" style={{ gridColumn: '1 / -1' }}>
        <div className="column-fields">
          <SettingFields
            settings={stimuliSettings[source].filter(({ key }) => chosenHere.has(key))}
            values={tools.draft}
            onValues={(next) => tools.change({ ...next, design: fittingDesign(next.design, count) })}
            context={context}
            disabled={state.locked}
          />
        </div>
        {isUnknown && tools.saved ? (
          <FindConfused study={study} state={state} />
        ) : (
          state.problem !== null &&
          tools.saved && (
            <Text role="alert" c="var(--failed)">
              {state.problem}
            </Text>
          )
        )}
        {pairs.length > 0 && <BalanceNote balance={balance} names={state.classes} pairs={pairs.length} />}
        <HelpNote>
          {anchorDesign?.kind === 'fresh'
            ? 'No two pairs share an anchor, so pairs are independent and intervals are narrower.'
            : 'Pairs that share an anchor resemble each other, so intervals are wider than with fresh anchors.'}{' '}
          {anchors > 0 && `${formatCount(anchors, 'anchor')} in all. `}Anchors that you choose yourself come first.
        </HelpNote>
        <HelpNote>
          {hasRing && 'Click two classes to add or remove their pair. '}Shares per class are comparable if every class
          is in the same number of pairs.
        </HelpNote>
      </Stack>
      {hasRing && <PairGraph {...drawing} />}
      {count <= maxTableClasses ? (
        <ScrollBox label="Table of pairs">
          <PairMatrix {...drawing} />
        </ScrollBox>
      ) : (
        <PairList names={state.classes} pairs={pairs} disabled={state.locked} onToggle={toggle} />
      )}
      <ConfusedPairs study={study} names={state.classes} pairs={pairs} disabled={state.locked} onToggle={toggle} />
    </div>
  );
}

/** Whether a design is balanced and connected, and if not, why. */
function BalanceNote({ balance, names, pairs }: { balance: PairBalance; names: readonly string[]; pairs: number }) {
  const { counts, balanced, connected } = balance;
  const good = balanced && connected;
  return (
    <Group component="p" className="stimuli-balance" gap="sm" wrap="nowrap" role="status" data-good={good || undefined}>
      {good ? <IconCheck size={16} aria-hidden /> : <IconAlertTriangle size={16} aria-hidden />}
      <span>
        {formatCount(pairs, 'pair')}.{' '}
        {balanced
          ? `Balanced: every class is in ${formatCount(counts[0] ?? 0, 'pair')}.`
          : `Not balanced: ${unequalClasses(counts, names)}.`}
        {!connected && ' Not connected: no chain of pairs joins all classes.'}
      </span>
    </Group>
  );
}

/** Classes that are in more or fewer pairs than most. */
function unequalClasses(counts: readonly number[], names: readonly string[]): string {
  const usual = [...counts].sort((a, b) => tally(counts, b) - tally(counts, a) || b - a)[0] ?? 0;
  const odd = counts.flatMap((count, k) => (count === usual ? [] : [`${names[k]} in ${count}`]));
  if (odd.length === 0) return 'no class is in a pair';
  if (odd.length > counts.length / 3) return spreadOfPairs(counts);
  return `most classes are in ${formatCount(usual, 'pair')}, ${formatNames(odd, 6)}`;
}

/** `classes are in 0 to 5 pairs, 12 of them in none`, where hardly two classes are alike. */
function spreadOfPairs(counts: readonly number[]): string {
  const none = tally(counts, 0);
  const range = `classes are in ${Math.min(...counts)} to ${Math.max(...counts)} pairs`;
  return none === 0 ? range : `${range}, ${none} of them in none`;
}

const tally = (counts: readonly number[], value: number): number => counts.filter((count) => count === value).length;
