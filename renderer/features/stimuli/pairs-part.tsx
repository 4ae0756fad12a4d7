import { Button, Group, NumberInput, SegmentedControl, Text } from '@mantine/core';
import { useState } from 'react';
import { pairBalance } from '../../../main/contract/pair-balance.ts';
import type { StimuliState } from '../../../main/contract/api/stimuli.ts';
import type { PairDesign } from '../../../main/contract/study.ts';
import { counted } from '../../ui/format.ts';
import { HelpNote } from '../../ui/states.tsx';
import { BalanceNote } from './balance-note.tsx';
import { type Pair, PairGraph } from './pair-graph.tsx';
import { PairMatrix } from './pair-matrix.tsx';
import classes from './pairs.module.css';
import type { DraftTools } from './use-draft.ts';

/** More classes than this are no readable ring, and no table that fits. */
const most = 40;

/** The pair design: of the paper, balanced by a seed, or drawn by hand; whether it is balanced shows at once. */
export function PairsPart({ state, tools }: { state: StimuliState; tools: DraftTools }) {
  const count = state.classes.length;
  const { design } = tools.draft;
  // What was drawn by hand shows before it is kept.
  const pairs: readonly Pair[] = design.kind === 'listed' ? design.pairs : state.pairs;
  const balance = pairBalance(pairs, count);
  const setDesign = (next: PairDesign): void => tools.change({ design: next });
  const toggle = (a: number, b: number): void => {
    const [i, j] = a < b ? [a, b] : [b, a];
    const without = pairs.filter((pair) => pair[0] !== i || pair[1] !== j);
    const listed = without.length < pairs.length ? without : [...pairs, [i, j] as const];
    // A set has at least one pair.
    if (listed.length === 0) return;
    const ordered = [...listed].sort((one, other) => one[0] - other[0] || one[1] - other[1]);
    setDesign({ kind: 'listed', pairs: ordered.map(([x, y]) => [x, y]) });
  };
  return (
    <div className={classes.pairs}>
      <div className={classes.pairsHead}>
        <DesignChoice {...{ count, design, pairs, setDesign, disabled: state.locked }} />
        {state.problem !== null && tools.saved && (
          <Text role="alert" c="var(--failed)">
            {state.problem}
          </Text>
        )}
        <BalanceNote balance={balance} names={state.classes} pairs={pairs.length} />
        <HelpNote>
          Click two classes to join or part them. Every class in the same number of pairs makes shares over classes
          comparable.
        </HelpNote>
      </div>
      {count <= most ? (
        <>
          <PairGraph names={state.classes} pairs={pairs} balance={balance} disabled={state.locked} onToggle={toggle} />
          <PairMatrix names={state.classes} pairs={pairs} balance={balance} disabled={state.locked} onToggle={toggle} />
        </>
      ) : (
        <Text c="dimmed">
          {counted(count, 'class')}es are too many to draw. Choose a balanced design, or list pairs in a study file.
        </Text>
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
    ...(count === 10 ? [{ value: 'paper', label: 'The paper’s 15' }] : []),
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
            const possible = (2 * count) % 2 === 0 && count > 2 ? 2 : 1;
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
