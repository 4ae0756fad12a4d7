import { Button, Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { OutcomesResult } from '../../../main/contributions/teaching/contract/teaching.ts';
import { armTitle, scoreNames } from '../../../main/contributions/teaching/analysis/arms.ts';
import { FigureView } from '../../charts/index.ts';
import { HelpNote } from '../../ui/parts/index.ts';
import { NumberField } from '../../ui/fields/index.ts';
import { modelsAddress } from '../../navigation/index.ts';
import { RehearsalProvider, usePeople } from '../../ui/words/index.ts';
import { ExhibitTable, QueryResult, useChoice, useOpenMark, useParameters } from '../../results/index.ts';
import { PlanView } from '../contrasts/size-plan.tsx';
import { meta, useTeaching } from './calls.ts';

type Direction = OutcomesResult['directions'][number];
type Asked = NonNullable<OutcomesResult['asked']>;

/** What networks learn from people's labels and from other targets, on images and against people that taught none. */
export function TeachersView() {
  const calls = useTeaching();
  const { study } = useChoice();
  const [parameters] = useParameters();
  const input = { study, target: parameters.get('target') };
  const answer = useQuery(calls.outcomes.queryOptions({ input, meta, placeholderData: keepPreviousData }));
  return (
    <QueryResult query={answer}>
      {(data) =>
        data.asked === null ? (
          <>
            <p className="help-note" role="status">
              {data.undefined}
            </p>
            <Button variant="default" component={Link} href={modelsAddress(study, '/teachers')}>
              Open Teachers
            </Button>
          </>
        ) : (
          <RehearsalProvider value={data.rehearsal}>
            <Outcomes data={data} asked={data.asked} />
          </RehearsalProvider>
        )
      }
    </QueryResult>
  );
}

function Outcomes({ data, asked }: { data: OutcomesResult; asked: Asked }) {
  const { study } = useChoice();
  const [, change] = useParameters();
  const open = useOpenMark();
  const { targets, missing, directions, figure, scores, differences, own } = data;
  return (
    <>
      <div className="results-question">
        {targets.length > 1 && (
          <Select
            label="Networks at"
            w={160}
            allowDeselect={false}
            data={targets.map(({ value, text }) => ({ value, label: text }))}
            value={asked.target}
            onChange={(target) => change({ target }, true)}
          />
        )}
        <Button variant="default" component={Link} href={modelsAddress(study, '/teachers')}>
          Design and trainings
        </Button>
      </div>
      {missing.map((sentence) => (
        <p key={sentence} className="help-note" role="status">
          {sentence}
        </p>
      ))}
      {figure && <FigureView figure={figure} onOpen={open} />}
      {differences && <ExhibitTable exhibit={differences} />}
      {scores && <ExhibitTable exhibit={scores} />}
      {own && <ExhibitTable exhibit={own} />}
      <Planner directions={directions} asked={asked} />
    </>
  );
}

/** How many pairs and seeds show a difference, from the variances of this experiment. */
function Planner({ directions, asked }: { directions: readonly Direction[]; asked: Asked }) {
  const calls = useTeaching();
  const { study } = useChoice();
  const who = usePeople();
  const [first] = directions;
  const arms = first?.arms ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [difference, setDifference] = useState(0.01);
  const arm = arms.find((each) => each === chosen) ?? arms[0] ?? asked.reference;
  const input = { study, target: asked.target, arm, teachers: first?.teachers ?? 'a', difference } as const;
  const plan = useQuery(calls.sizePlan.queryOptions({ input, meta, placeholderData: keepPreviousData }));
  return (
    <section className="results-section" aria-labelledby="teachers-planner">
      <h2 id="teachers-planner">How many are enough?</h2>
      <div className="results-question">
        <Select
          label="Difference of"
          w={240}
          allowDeselect={false}
          data={arms.map((each) => ({ value: each, label: armTitle(each) }))}
          value={arm}
          onChange={setChosen}
        />
        <NumberField
          label={`Difference to see (${scoreNames[asked.outcome]})`}
          w={230}
          min={0.0001}
          max={10}
          decimals={4}
          value={difference}
          onChange={setDifference}
        />
      </div>
      <QueryResult query={plan}>
        {(data) => <PlanView plan={data} decimals={4} unit={scoreNames[asked.outcome]} difference={difference} />}
      </QueryResult>
      <HelpNote>
        Planned for half {first?.teachers} as teachers, and for these very {who} who examine. To plan how many {who} are
        enough, open Models, Teachers. With more images, targets are made again and all networks are trained again.
      </HelpNote>
    </section>
  );
}
