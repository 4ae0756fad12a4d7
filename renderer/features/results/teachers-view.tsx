import { Button, Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { TeachersResult } from '../../../main/contract/api/teachers.ts';
import { formatCount, formatFixed } from '../../../main/domain/format.ts';
import { armTitle, scoreNames, shownScoreNames, verdictWords } from '../../../main/domain/target-arms.ts';
import { Forest } from '../../charts/forest.tsx';
import { useApi } from '../../client/context.tsx';
import { HelpNote } from '../../ui/states.tsx';
import { NumberField } from '../../ui/fields.tsx';
import { modelsAddress } from '../../navigation/addresses.ts';
import { RehearsalProvider, usePeople } from '../../ui/rehearsal.tsx';
import { useOpenImages, useParameters } from './address.ts';
import { useChoice } from './choice.tsx';
import { PlanView } from './effect-planner.tsx';
import { ExhibitTable } from './exhibit-table.tsx';
import { QueryResult } from './notes.tsx';

type Direction = TeachersResult['directions'][number];
type Score = Direction['scores'][number];
type Asked = NonNullable<TeachersResult['asked']>;

/** What networks learn from people's labels and from other targets, on images and against people that taught none. */
export function TeachersView() {
  const api = useApi();
  const { study } = useChoice();
  const [parameters] = useParameters();
  const input = { study, target: parameters.get('target') };
  const answer = useQuery(api.results.teachers.queryOptions({ input, placeholderData: keepPreviousData }));
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

function Outcomes({ data, asked }: { data: TeachersResult; asked: Asked }) {
  const { study } = useChoice();
  const [, change] = useParameters();
  const { targets, missing, directions, scores, differences, own } = data;
  return (
    <>
      <div className="effects-question">
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
      {directions.map((direction) => (
        <Drawn key={direction.teachers} direction={direction} asked={asked} halvesOf={data.halvesOf} />
      ))}
      {differences && <ExhibitTable exhibit={differences} />}
      {scores && <ExhibitTable exhibit={scores} />}
      {own && <ExhibitTable exhibit={own} />}
      <Planner directions={directions} asked={asked} />
    </>
  );
}

const overSeeds = { value: 'Mean', interval: 'Mean ± std over seeds', from: 'Mean − std', to: 'Mean + std' };

interface DrawnProps {
  direction: Direction;
  asked: Asked;
  halvesOf: TeachersResult['halvesOf'];
}

/** One direction: half of the people teaches, the other examines. */
function Drawn({ direction, asked, halvesOf }: DrawnProps) {
  const { teachers, people, images } = direction;
  const title = `Half ${teachers} teaches`;
  const what = halvesOf === 'people' ? 'labeler' : 'label';
  return (
    <section className="results-section" aria-label={title}>
      <h2>
        {title}{' '}
        <span className="soft">
          {formatCount(people.teaching, what)}; {formatCount(people.examining, what)} of the other half examine, on{' '}
          {formatCount(images, 'image')}
        </span>
      </h2>
      <Differences direction={direction} asked={asked} title={title} />
      {direction.scores.map((score) => (
        <Scores key={score.measure} score={score} title={title} images={images} />
      ))}
    </section>
  );
}

/** Each arm against the reference. */
function Differences({ direction, asked, title }: Pick<DrawnProps, 'direction' | 'asked'> & { title: string }) {
  const open = useOpenImages();
  const { differences } = direction;
  const reference = armTitle(asked.reference);
  const name = scoreNames[asked.outcome];
  const openApart = (arm: string): void => {
    const own = differences.find((each) => each.arm === arm);
    if (own && own.apart.length > 0) open.images(own.apart, apartTitle(own.arm, reference, own.apart.length));
  };
  return (
    <>
      <Forest
        title={`${title}, ${name}: difference from ${reference}`}
        x={{ title: `Difference in ${name}; lower is better` }}
        lines={[{ at: 0, name: reference }]}
        rowName="Target"
        decimals={4}
        rows={differences.map(({ arm, estimate, lo, hi, verdict }) => ({
          id: arm,
          label: armTitle(arm),
          estimate,
          wider: null,
          interval: lo === null || hi === null ? null : ([lo, hi] as const),
          verdict: estimate === null ? 'missing' : verdict === null ? 'no interval' : verdictWords[verdict],
          isApart: verdict !== null && verdict !== 'not_separated',
        }))}
        onOpen={openApart}
      />
      <HelpNote>
        95 % interval for other images and trainings like these. A full mark where p, adjusted by Holm’s method over all
        targets and halves, is below 0.05. A row opens the images on which the two differ most.
      </HelpNote>
      <div className="effect-buttons">
        {differences.map(
          ({ arm, apart }) =>
            apart.length > 0 && (
              <Button key={arm} variant="default" onClick={() => openApart(arm)}>
                Show images: {armTitle(arm)}
              </Button>
            ),
        )}
      </div>
      {differences.flatMap(({ arm, undefined: why }) =>
        why === null ? (
          []
        ) : (
          <HelpNote key={arm}>
            {armTitle(arm)}: {why}
          </HelpNote>
        ),
      )}
    </>
  );
}

/** How many pairs and seeds show a difference, from the variances of this experiment. */
function Planner({ directions, asked }: { directions: readonly Direction[]; asked: Asked }) {
  const api = useApi();
  const { study } = useChoice();
  const who = usePeople();
  const [first] = directions;
  const arms = first?.differences.map(({ arm }) => arm) ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [difference, setDifference] = useState(0.01);
  const arm = arms.find((each) => each === chosen) ?? arms[0] ?? asked.reference;
  const input = { study, target: asked.target, arm, teachers: first?.teachers ?? 'a', difference } as const;
  const plan = useQuery(api.results.teachersPlan.queryOptions({ input, placeholderData: keepPreviousData }));
  return (
    <section className="results-section" aria-labelledby="teachers-planner">
      <h2 id="teachers-planner">How many are enough?</h2>
      <div className="effects-question">
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
        Planned for half {first?.teachers} teaching, and for the very {who} who examine: how many of them are enough is
        planned on Models, Teachers. With more images the targets are made anew, so that all networks are trained again.
      </HelpNote>
    </section>
  );
}

const apartTitle = (arm: Direction['differences'][number]['arm'], reference: string, count: number): string =>
  `${formatCount(count, 'image')} on which ${armTitle(arm)} differs most from ${reference}`;

const floorText = (measure: Score['measure'], who: string): string =>
  measure === 'js'
    ? `what the shares of these ${who} would score if just as many answered by them; too low where labels are few and most agree`
    : 'the true distribution, scored by so few labels';

/** A score of every arm, between floor and ceiling. */
function Scores({ score, title, images }: { score: Score; title: string; images: number }) {
  const who = usePeople();
  const { measure, floor, ceiling, arms } = score;
  const bounds = [
    { at: floor, name: 'floor' },
    { at: ceiling, name: 'ceiling' },
  ];
  return (
    <>
      <Forest
        title={`${title}: ${shownScoreNames[measure]} against ${who}`}
        n={`n = ${formatCount(images, 'image')}`}
        x={{ title: `${shownScoreNames[measure]}${measure === 'js' ? ', bits' : ''}; lower is better` }}
        lines={bounds.flatMap(({ at, name }) => (at === null ? [] : [{ at, name }]))}
        rowName="Target"
        names={overSeeds}
        decimals={3}
        rows={arms.map(({ arm, mean, std, n }) => ({
          id: arm,
          label: armTitle(arm),
          estimate: mean,
          wider: null,
          isApart: true,
          interval: mean === null || std === null || n < 2 ? null : ([mean - std, mean + std] as const),
          verdict: mean === null ? 'no seed yet' : formatCount(n, 'seed'),
        }))}
      />
      <HelpNote>
        {floor === null || ceiling === null
          ? `No image has two labels of the ${who} who examine, so there is neither floor nor ceiling.`
          : `Floor, ${formatFixed(floor, 3)}: ${floorText(measure, who)}. Ceiling, ${formatFixed(ceiling, 3)}: half of the ${who} who examine predicts the other half.`}{' '}
        Bars: one standard deviation over seeds to each side, no interval.
      </HelpNote>
    </>
  );
}
