import { Button, Group, NumberInput, SegmentedControl, Text, Checkbox } from '@mantine/core';
import { useState } from 'react';
import { pairBalance, type PairBalance } from '../../../main/domain/pair-balance.ts';
import type { StimuliState } from '../../../main/contract/api/stimuli.ts';
import type { PairDesign } from '../../../main/contract/study.ts';
import { formatCount, formatNames } from '../../../main/domain/format.ts';
import { AnchorFields } from '../../ui/anchor-fields.tsx';
import { ScrollBox } from '../../ui/plain-table.tsx';
import { HelpNote } from '../../ui/states.tsx';
import { PairList } from './pair-list.tsx';
import type { DraftTools } from './use-draft.ts';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';

/** Classes with which the ring and the table of boxes can be read; more have a list. */
const maxTableClasses = 40;
const maxRingClasses = { short: 20, long: 12 };

/** The pair design: the paper's, balanced from a seed, or custom. */
export function PairsPart({ state, tools }: { state: StimuliState; tools: DraftTools }) {
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
  const hasRing = count <= (hasLong(state.classes) ? maxRingClasses.long : maxRingClasses.short);
  return (
    <div className="stimuli-pairs" data-ring={hasRing || undefined}>
      <div className="stimuli-pairs-head">
        <DesignChoice {...{ count, design, pairs, setDesign, disabled: state.locked }} />
        {state.problem !== null && tools.saved && (
          <Text role="alert" c="var(--failed)">
            {state.problem}
          </Text>
        )}
        <AnchorChoice state={state} tools={tools} />
        <BalanceNote balance={balance} names={state.classes} pairs={pairs.length} />
        <HelpNote>
          {hasRing && 'Click two classes to add or remove their pair. '}Shares per class are comparable if every class
          is in the same number of pairs.
        </HelpNote>
      </div>
      {hasRing && <PairGraph {...drawing} />}
      {count <= maxTableClasses ? (
        <ScrollBox label="Table of pairs">
          <PairMatrix {...drawing} />
        </ScrollBox>
      ) : (
        <PairList {...{ names: state.classes, pairs, disabled: state.locked, onToggle: toggle }} />
      )}
    </div>
  );
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
  const kinds = [
    ...(count === 10 ? [{ value: 'paper', label: 'Paper (15 pairs)' }] : []),
    { value: 'balanced', label: 'Balanced' },
    { value: 'listed', label: 'Drawn by hand' },
  ];
  const fits = perClass < count && (perClass * count) % 2 === 0;
  const draw = (nextSeed: number): void => {
    setSeed(nextSeed);
    setDesign({ kind: 'balanced', perClass, seed: nextSeed });
  };
  return (
    <Group gap="sm" align="end">
      <SegmentedControl
        aria-label="Pair design"
        value={design.kind}
        data={kinds}
        disabled={disabled}
        onChange={(kind) => {
          if (kind === 'paper') setDesign({ kind: 'paper' });
          else if (kind === 'listed') setDesign({ kind: 'listed', pairs: pairs.map(([i, j]) => [i, j]) });
          else if (fits) draw(seed);
          else {
            const possible = count > 2 ? 2 : 1;
            setPerClass(possible);
            setDesign({ kind: 'balanced', perClass: possible, seed });
          }
        }}
      />
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
          <Button variant="default" disabled={disabled || !fits} onClick={() => draw(seed + 1)}>
            Draw again (seed {seed + 1})
          </Button>
        </>
      )}
    </Group>
  );
}

/** How pairs share anchors, and which rule chooses them. */
function AnchorChoice({ state, tools }: { state: StimuliState; tools: DraftTools }) {
  const { anchorDesign = { kind: 'one' }, anchorRule = { kind: 'best' } } = tools.draft;
  const seed = 'seed' in anchorRule ? anchorRule.seed : 1;
  const anchors = state.anchorLists.reduce((sum, list) => sum + list.length, 0);
  return (
    <Group gap="sm" align="end">
      <AnchorFields
        design={anchorDesign}
        onDesign={(next) => tools.change({ anchorDesign: next })}
        rule={anchorRule.kind}
        onRule={(kind) => tools.change({ anchorRule: kind === 'best' ? { kind } : { kind, seed } })}
        best="Best candidates (paper)"
        disabled={state.locked}
      />
      {anchorRule.kind !== 'best' && (
        <Button
          variant="default"
          disabled={state.locked}
          onClick={() => tools.change({ anchorRule: { kind: anchorRule.kind, seed: seed + 1 } })}
        >
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

/** Two classes by index, the smaller first. */
type Pair = readonly [number, number];

interface PairGraphProps {
  names: readonly string[];
  pairs: readonly Pair[];
  balance: PairBalance;
  disabled: boolean;
  onToggle: (a: number, b: number) => void;
}

/** CSS pixels. */
const size = 400;
const radius = 160;

type Point = Record<'x' | 'y', number>;

const nodePosition = (k: number, count: number): Point => {
  const angle = (2 * Math.PI * k) / count - Math.PI / 2;
  return { x: size / 2 + radius * Math.cos(angle), y: size / 2 + radius * Math.sin(angle) };
};

const lineBetween = (from: Point, to: Point): React.CSSProperties => ({
  left: (from.x + to.x) / 2,
  top: (from.y + to.y) / 2,
  width: Math.hypot(to.x - from.x, to.y - from.y),
  transform: `translate(-50%, -50%) rotate(${Math.atan2(to.y - from.y, to.x - from.x)}rad)`,
});

/** Classes on a ring with a line for each pair. Clicking two classes, or a line, changes the design. */
function PairGraph({ names, pairs, balance, disabled, onToggle }: PairGraphProps) {
  const [first, setFirst] = useState<number | null>(null);
  const usual = Math.max(...balance.counts);
  const pick = (k: number): void => {
    if (first === null) return setFirst(k);
    setFirst(null);
    if (first !== k) onToggle(first, k);
  };
  return (
    <figure className="stimuli-graph" data-long={hasLong(names)} style={{ width: size, height: size }}>
      <figcaption className="sr">Pairs as lines between classes on a ring</figcaption>
      {pairs.map(([i, j]) => (
        <button
          key={`${i}-${j}`}
          type="button"
          // The table beside it is for the keyboard and screen readers.
          tabIndex={-1}
          aria-hidden="true"
          className="stimuli-edge"
          style={lineBetween(nodePosition(i, names.length), nodePosition(j, names.length))}
          title={`${names[i]} and ${names[j]}: click to remove this pair`}
          data-joined={(first !== null && (i === first || j === first)) || undefined}
          disabled={disabled}
          onClick={() => onToggle(i, j)}
        />
      ))}
      {names.map((name, k) => {
        const { x, y } = nodePosition(k, names.length);
        const pairCount = balance.counts[k] ?? 0;
        return (
          <button
            key={name}
            type="button"
            className="stimuli-node"
            style={{ left: x, top: y }}
            aria-pressed={first === k}
            aria-label={`${name}, in ${formatCount(pairCount, 'pair')}`}
            data-odd={pairCount !== usual || undefined}
            disabled={disabled}
            onClick={() => pick(k)}
            onKeyDown={(event) => event.key === 'Escape' && setFirst(null)}
          >
            <strong title={name}>{name}</strong>
            <span>{pairCount}</span>
          </button>
        );
      })}
      <p className="stimuli-graph-hint" aria-live="polite">
        {first === null ? '' : `${names[first]} and …`}
      </p>
    </figure>
  );
}

/** Whether names need more room than a few letters. */
const hasLong = (names: readonly string[]): true | undefined => names.some((name) => name.length > 3) || undefined;

/** The same design as a table of checkboxes, for the keyboard and screen readers. */
function PairMatrix({ names, pairs, balance, disabled, onToggle }: PairGraphProps) {
  const joined = new Set(pairs.map(([i, j]) => `${i}-${j}`));
  return (
    <table className="stimuli-matrix" data-long={hasLong(names)}>
      <caption className="sr">Pairs: a box for each two classes</caption>
      <thead>
        <tr>
          <td />
          {names.slice(1).map((name) => (
            <th key={name} scope="col" title={name}>
              <span className="stimuli-upright">{name}</span>
            </th>
          ))}
          <th scope="col">
            <span className="stimuli-upright">Pairs</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {names.map((name, i) => (
          <tr key={name}>
            <th scope="row" title={name}>
              <span className="stimuli-row-name">{name}</span>
            </th>
            {names.slice(1).map((other, column) => {
              const j = column + 1;
              return (
                <td key={other}>
                  {j > i && (
                    <Checkbox
                      aria-label={`${name} and ${other}`}
                      checked={joined.has(`${i}-${j}`)}
                      disabled={disabled}
                      onChange={() => onToggle(i, j)}
                    />
                  )}
                </td>
              );
            })}
            <td className="stimuli-number">{balance.counts[i]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Whether a design is balanced and connected, and if not, why. */
function BalanceNote({ balance, names, pairs }: { balance: PairBalance; names: readonly string[]; pairs: number }) {
  const { counts, balanced, connected } = balance;
  const good = balanced && connected;
  return (
    <p className="stimuli-balance" role="status" data-good={good || undefined}>
      {good ? <IconCheck size={16} aria-hidden /> : <IconAlertTriangle size={16} aria-hidden />}
      <span>
        {formatCount(pairs, 'pair')}.{' '}
        {balanced
          ? `Balanced: every class is in ${formatCount(counts[0] ?? 0, 'pair')}.`
          : `Not balanced: ${unequalClasses(counts, names)}.`}
        {!connected && ' Not connected: no chain of pairs joins all classes.'}
      </span>
    </p>
  );
}

/** Classes that are in more or fewer pairs than most. */
function unequalClasses(counts: readonly number[], names: readonly string[]): string {
  const usual = [...counts].sort((a, b) => tally(counts, b) - tally(counts, a) || b - a)[0] ?? 0;
  const odd = counts.flatMap((count, k) => (count === usual ? [] : [`${names[k]} in ${count}`]));
  if (odd.length === 0) return 'no class is in a pair';
  return `most classes are in ${formatCount(usual, 'pair')}, ${formatNames(odd, 6)}`;
}

const tally = (counts: readonly number[], value: number): number => counts.filter((count) => count === value).length;
