import { Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { EffectsInput, EffectsResult } from '../../../../main/contributions/effects/contract/effects.ts';
import type { OutcomeUnit } from '../../../../main/contributions/contrasts/contract/size-plan.ts';
import { meta, useEffectsApi } from '../api.ts';
import { NumberField } from '../../../ui/fields/index.ts';
import { QueryResult } from '../../../results/index.ts';
import { PlanView } from '../../contrasts/size-plan.tsx';

interface EffectPlannerProps {
  input: EffectsInput;
  asked: NonNullable<EffectsResult['asked']>;
  levels: readonly { value: string; label: string }[];
}

/** Differences that are first asked for; 0.02 in other units. */
const usualDifferences: Partial<Record<OutcomeUnit, number>> = { '%': 2, κ: 0.1 };

/** How many pairs and seeds a difference needs, from the variances of this study. */
export function EffectPlanner({ input, asked, levels }: EffectPlannerProps) {
  const api = useEffectsApi();
  const isPercent = asked.unit === '%';
  const [chosen, setLevel] = useState<string | null>(null);
  const [difference, setDifference] = useState(usualDifferences[asked.unit] ?? 0.02);
  const level = chosen ?? levels[0]?.value ?? '';
  const question = { ...input, outcome: asked.outcome, factor: asked.factor, reference: asked.reference };
  const plan = useQuery(
    api.plan.queryOptions({
      meta,
      input: { ...question, level, difference },
      placeholderData: keepPreviousData,
    }),
  );
  return (
    <section className="results-section" aria-labelledby="effect-planner">
      <h2 id="effect-planner">Plan the next study</h2>
      <div className="results-question">
        <Select label="Difference of" w={220} allowDeselect={false} data={levels} value={level} onChange={setLevel} />
        <NumberField
          label={`Difference to see (${isPercent ? 'percentage points' : asked.unit})`}
          w={230}
          min={isPercent ? 0.1 : 0.001}
          max={isPercent ? 100 : 10}
          decimals={isPercent ? 1 : 3}
          value={difference}
          onChange={setDifference}
        />
      </div>
      <QueryResult query={plan}>
        {(data) => (
          <PlanView
            plan={data}
            decimals={isPercent ? 2 : 4}
            difference={difference}
            unit={isPercent ? 'percentage points' : asked.unit}
          />
        )}
      </QueryResult>
    </section>
  );
}
