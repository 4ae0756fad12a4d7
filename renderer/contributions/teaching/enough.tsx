import { Alert, Stack } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type {
  TeachingChoices,
  TeachingEnough,
  TeachingPlan,
} from '../../../main/contributions/teaching/contract/teaching.ts';
import type { Teaching } from '../../../main/contributions/teaching/contract/design.ts';
import { formatCount, formatFixed } from '../../../main/domain/numbers/index.ts';
import { armTitle, scoreNames } from '../../../main/contributions/teaching/analysis/arms.ts';
import {
  enoughAssumptions,
  enoughSentences,
  scoreText,
  sizesTable,
  sizeText,
} from '../../../main/contributions/teaching/analysis/planner-text.ts';
import { usePeople } from '../../ui/words/index.ts';
import { HelpNote, Loading } from '../../ui/parts/index.ts';
import { ChoiceField } from '../../ui/fields/index.ts';
import { PlainTable } from '../../ui/tables/index.ts';
import { fieldsOf, parseTeaching } from './teaching-fields.ts';
import { meta, useTeaching } from './calls.ts';

export interface EnoughProps {
  study: string;
  plan: TeachingPlan;
  teaching: Teaching;
}

/** What these images, people and seeds can show at best, and what they cannot. */
export function Enough({ study, plan, teaching }: EnoughProps) {
  const who = usePeople();
  const warnings = [
    ...(Math.min(plan.people.a, plan.people.b) < 3 && plan.halvesOf === 'people'
      ? [`A half has fewer than three ${who}: too few to know their shares of labels. Collect labels from more.`]
      : []),
    ...(plan.floors.some(({ floor }) => floor.n === 0)
      ? [
          `No image has two labels of the ${who} who examine, so there is neither floor nor ceiling. Collect more labels.`,
        ]
      : []),
  ];
  return (
    <section aria-label="Is it enough?" className="teaching-enough">
      <h3>Is it enough?</h3>
      {warnings.map((warning) => (
        <Alert key={warning} color="orange">
          {warning}
        </Alert>
      ))}
      <Planner study={study} teaching={teaching} />
      {plan.floors.map(({ teachers, floor }) => {
        const [low, high] = [floor[`${teaching.outcome}_floor`], floor[`${teaching.outcome}_ceiling`]];
        if (low === null || high === null) return null;
        return (
          <HelpNote key={teachers}>
            Where half {teachers} teaches, no network can score below {formatFixed(low, 3)} (
            {scoreNames[teaching.outcome]}, floor) on average, because so few labels are noisy. Half of the {who} who
            examine, predicting the other half, score {formatFixed(high, 3)} (ceiling).
          </HelpNote>
        );
      })}
    </section>
  );
}

/** Before anybody has labeled the images: what a usual design would need. */
export function EnoughAtFirst({ study, choices }: { study: string; choices: TeachingChoices }) {
  const fields = fieldsOf(null, choices);
  const parsed = parseTeaching(fields);
  if (choices.images === 0 || choices.labelers > 0 || 'problem' in parsed) return null;
  return (
    <section aria-label="How many are enough?" className="teaching-enough">
      <h3>How many are enough?</h3>
      <Planner study={study} teaching={parsed.teaching} />
    </section>
  );
}

function Planner({ study, teaching }: { study: string; teaching: Teaching }) {
  const calls = useTeaching();
  const who = usePeople();
  const enough = useQuery(
    calls.enough.queryOptions({ input: { study, teaching }, meta, placeholderData: keepPreviousData }),
  );
  if (enough.isPending) return <Loading label="Planning images, people and seeds" lines={3} />;
  // What is wrong with the design is said beside it.
  if (!enough.data || enough.isError) return null;
  const { plan, notPlanned } = enough.data;
  return (
    <Stack className="teaching-planner" data-stale={enough.isPlaceholderData || undefined}>
      {notPlanned.map((sentence) => (
        <HelpNote key={sentence}>{sentence}</HelpNote>
      ))}
      {plan && <Verdict plan={plan} />}
      {plan && <ArmsTable plan={plan} />}
      {plan && <Sizes plan={plan} />}
      {plan && <HelpNote>{enoughAssumptions(plan, who)}</HelpNote>}
    </Stack>
  );
}

function Verdict({ plan }: { plan: TeachingEnough }) {
  const [first, ...rest] = enoughSentences(plan, usePeople());
  const verdict = plan.arms.find(({ arm }) => arm === plan.main)?.verdict;
  return (
    <Alert color={verdict === 'enough' ? 'teal' : 'orange'} role="status">
      <p>
        <strong>{first}</strong>
      </p>
      {rest.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </Alert>
  );
}

/** Differences of every arm from the reference, and what would tell them. */
function ArmsTable({ plan }: { plan: TeachingEnough }) {
  const who = usePeople();
  const name = `Differences from “${armTitle(plan.reference)}” in ${scoreNames[plan.outcome]}`;
  return (
    <>
      <p>{name}, and the smallest that 95 % of experiments find: with any number of seeds, and with this design.</p>
      <PlainTable
        label={name}
        rows={plan.arms}
        rowKey={({ arm }) => arm}
        columns={[
          { title: 'Arm', cell: ({ arm }) => armTitle(arm) },
          { title: 'Labels allow', numeric: true, cell: ({ most, mostTold }) => difference(most, mostTold) },
          { title: 'Networks, expected', numeric: true, cell: ({ expected, told }) => difference(expected, told) },
        ]}
      />
      <details>
        <summary>What would be enough for each arm</summary>
        <ul>
          {plan.arms.map(({ arm, needed }) => (
            <li key={arm}>
              {armTitle(arm)}: {needed ? sizeText(plan, needed, who) : 'no size that was tried'}
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

const difference = (value: number, told: number | null) => (
  <>
    {scoreText(value)}
    <br />
    <span className="help-note">from {scoreText(told)}</span>
  </>
);

/** Over images and people, with a number of seeds. */
function Sizes({ plan }: { plan: TeachingEnough }) {
  const who = usePeople();
  const [seeds, setSeeds] = useState<number | null>(null);
  const shown = seeds ?? plan.design.seeds;
  const { people, expected, rows, seeds: choices } = sizesTable(plan, shown);
  const name = `${armTitle(plan.main)}: differences that are found in 95 % of experiments`;
  return (
    <details>
      <summary>Other numbers of images, {who} and seeds</summary>
      <ChoiceField
        label="Seeds"
        w={120}
        options={choices.map((count) => ({ value: String(count), label: formatCount(count, 'seed') }))}
        value={String(shown)}
        onChange={(value) => setSeeds(Number(value))}
      />
      <p>
        {name}, by number of {who}:
      </p>
      <PlainTable
        label={name}
        rows={[
          { name: 'expected', texts: expected },
          ...rows.map(({ name: row, cells }) => ({ name: row, texts: cells.map(sizeCell) })),
        ]}
        rowKey={(row) => row.name}
        columns={[
          { title: plan.units === 'pairs' ? 'Pairs, images' : 'Images', cell: (row) => row.name },
          ...people.map((count, place) => ({
            title: String(count),
            numeric: true,
            cell: (row: { texts: readonly ReactNode[] }) => row.texts[place],
          })),
        ]}
      />
      <HelpNote>✓: at most the difference that is expected of networks taught by this many {who}.</HelpNote>
    </details>
  );
}

const sizeCell = ({ text, isEnough }: { text: string; isEnough: boolean }): ReactNode =>
  isEnough ? <b>{text} ✓</b> : text;
