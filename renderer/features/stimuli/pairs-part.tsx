import { Button, Group, NumberInput, Text, Stack } from '@mantine/core';
import { useState } from 'react';
import { pairBalance, type PairBalance } from '../../../main/domain/pair-balance.ts';
import type { PairDesign } from '../../../main/contract/study.ts';
import { formatCount, formatNames } from '../../../main/domain/format.ts';
import { AnchorFields } from '../../ui/anchor-fields.tsx';
import { ChoiceField, NumberField, Segments } from '../../ui/fields.tsx';
import { ScrollBox } from '../../ui/plain-table.tsx';
import { HelpNote } from '../../ui/states.tsx';
import { ConfusedPairs, FindConfused } from './confused-pairs.tsx';
import { confusablePairs } from './draft-edits.ts';
import { PairList } from './pair-list.tsx';
import { PairMatrix } from './pair-matrix.tsx';
import { fitsRing, type Pair, PairGraph } from './pair-ring.tsx';
import type { DraftProps } from './use-draft.ts';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';

/** Classes with which the table of boxes can be read; more have a list. */
const maxTableClasses = 40;

/** The pair design: the paper's, balanced from a seed, by the reference's confusion, or custom. */
export function PairsPart({ study, state, tools }: DraftProps) {
  const count = state.classes.length;
  const { design } = tools.draft;
  // A custom design shows before it is saved.
  const pairs: readonly Pair[] = design.kind === 'listed' ? design.pairs : state.pairs;
  const balance = pairBalance(pairs, count);
  const setDesign = (next: PairDesign): void => tools.change({ design: next });
  const toggle = (a: number, b: number): void => {
    const [i, j] = a < b ? [a, b] : [b, a];
    const without = pairs.filter((pair) => pair[0] !== i || pair[1] !== j);
    const listed = without.length < pairs.length ? without : [...pairs, [i, j] as const];
    // A design needs at least one pair.
    if (listed.length === 0) return;
    const ordered = [...listed].sort((one, other) => one[0] - other[0] || one[1] - other[1]);
    setDesign({ kind: 'listed', pairs: ordered.map(([x, y]) => [x, y]) });
  };
  const drawing = { names: state.classes, pairs, balance, disabled: state.locked, onToggle: toggle };
  const hasRing = fitsRing(state.classes);
  const isUnknown = design.kind === 'confusable' && state.pairs.length === 0;
  return (
    <div className="stimuli-pairs" data-ring={hasRing || undefined}>
      <Stack gap="sm" style={{ gridColumn: '1 / -1' }}>
        <DesignChoice count={count} design={design} pairs={pairs} setDesign={setDesign} disabled={state.locked} />
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
        <AnchorChoice state={state} tools={tools} />
        {pairs.length > 0 && <BalanceNote balance={balance} names={state.classes} pairs={pairs.length} />}
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

const noLimit = 'none';

/** Numbers that limit the pairs of a class; the present one is always among them. */
function limits(classes: number, present: number | undefined): { value: string; label: string }[] {
  const most = Math.min(9, classes - 1);
  const numbers = Array.from({ length: most }, (_, k) => k + 1);
  const all = present === undefined || present <= most ? numbers : [...numbers, present];
  return [{ value: noLimit, label: 'No limit' }, ...all.map((n) => ({ value: String(n), label: String(n) }))];
}

interface DesignChoiceProps {
  count: number;
  design: PairDesign;
  pairs: readonly Pair[];
  setDesign: (design: PairDesign) => void;
  disabled: boolean;
}

function DesignChoice({ count, design, pairs, setDesign, disabled }: DesignChoiceProps) {
  const [perClass, setPerClass] = useState(design.kind === 'balanced' ? design.perClass : Math.min(3, count - 1));
  const [seed, setSeed] = useState(design.kind === 'balanced' ? design.seed : 1);
  const most = Math.min(100, (count * (count - 1)) / 2);
  const bound =
    design.kind === 'confusable' && design.perClass !== undefined
      ? Math.min(most, Math.floor((count * design.perClass) / 2))
      : most;
  const kinds = [
    ...(count === 10 ? [{ value: 'paper', label: 'Paper (15 pairs)' }] : []),
    ...(count !== 10 || design.kind === 'auto' ? [{ value: 'auto', label: 'Suggested' }] : []),
    { value: 'balanced', label: 'Balanced' },
    ...(count > 2 ? [{ value: 'confusable', label: 'Most confused' }] : []),
    { value: 'listed', label: 'Chosen by hand' },
  ];
  const fits = perClass < count && (perClass * count) % 2 === 0;
  const draw = (nextSeed: number): void => {
    setSeed(nextSeed);
    setDesign({ kind: 'balanced', perClass, seed: nextSeed });
  };
  return (
    <Group gap="sm" align="end">
      <Segments
        label="Pair design"
        value={design.kind}
        options={kinds}
        disabled={disabled}
        onChange={(kind) => {
          if (kind === 'paper' || kind === 'auto') setDesign({ kind });
          else if (kind === 'confusable') setDesign({ kind, count: Math.min(15, most) });
          else if (kind === 'listed') setDesign({ kind: 'listed', pairs: pairs.map(([i, j]) => [i, j]) });
          else if (fits) draw(seed);
          else {
            const possible = count > 2 ? 2 : 1;
            setPerClass(possible);
            setDesign({ kind: 'balanced', perClass: possible, seed });
          }
        }}
      />
      {design.kind === 'confusable' && (
        <>
          <NumberField
            label="Pairs"
            w={104}
            min={1}
            max={bound}
            disabled={disabled}
            value={design.count}
            onChange={(pairCount) => setDesign({ ...design, count: pairCount })}
          />
          <ChoiceField
            label="Pairs of a class at most"
            w={176}
            disabled={disabled}
            options={limits(count, design.perClass)}
            value={String(design.perClass ?? noLimit)}
            onChange={(limit) =>
              setDesign(confusablePairs(design.count, limit === noLimit ? undefined : Number(limit), count))
            }
          />
        </>
      )}
      {design.kind === 'balanced' && (
        <>
          <NumberInput
            label="Pairs of each class"
            w={128}
            min={1}
            max={count - 1}
            allowDecimal={false}
            value={perClass}
            disabled={disabled}
            error={fits ? null : `${count} × ${perClass} is odd`}
            onChange={(value) => {
              const wanted = Number(value);
              setPerClass(wanted);
              if (wanted >= 1 && wanted < count && (wanted * count) % 2 === 0) {
                setDesign({ kind: 'balanced', perClass: wanted, seed });
              }
            }}
          />
          <Button disabled={disabled || !fits} onClick={() => draw(seed + 1)}>
            Draw again (seed {seed + 1})
          </Button>
        </>
      )}
    </Group>
  );
}

/** How pairs share anchors, and which rule chooses them. */
function AnchorChoice({ state, tools }: Omit<DraftProps, 'study'>) {
  const { anchorDesign = { kind: 'one' }, anchorRule = { kind: 'best' } } = tools.draft;
  const isReal = state.source === 'blended';
  const seed = 'seed' in anchorRule ? anchorRule.seed : 1;
  const anchors = state.anchorLists.reduce((sum, list) => sum + list.length, 0);
  return (
    <Group gap="sm" align="end">
      <AnchorFields
        design={anchorDesign}
        onDesign={(next) => tools.change({ anchorDesign: next })}
        rule={anchorRule.kind}
        onRule={(kind) => tools.change({ anchorRule: kind === 'best' ? { kind } : { kind, seed } })}
        best={isReal ? 'Best for the reference' : 'Best candidates (paper)'}
        real={isReal}
        disabled={state.locked}
      />
      {anchorRule.kind !== 'best' && (
        <Button disabled={state.locked} onClick={() => tools.change({ anchorRule: { ...anchorRule, seed: seed + 1 } })}>
          Draw again (seed {seed + 1})
        </Button>
      )}
      <HelpNote>
        {anchorDesign.kind === 'fresh'
          ? 'No two pairs share an anchor, so pairs are independent and intervals are narrower.'
          : 'Pairs that share an anchor resemble each other, so intervals are wider than with fresh anchors.'}{' '}
        {anchors > 0 && `${formatCount(anchors, 'anchor')} in all. `}Anchors that you choose yourself come first.
      </HelpNote>
    </Group>
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
