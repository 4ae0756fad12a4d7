import { Button, Box } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment, type ReactNode, useEffect, useRef, useState } from 'react';
import type {
  EffectsInput,
  EffectSource,
  EffectsResult,
} from '../../../../main/contributions/effects/contract/effects.ts';
import type { EffectNumber, Exhibit, Figure } from '../../../../main/contract/results/index.ts';
import { formatCount } from '../../../../main/domain/numbers/index.ts';
import { FigureView } from '../../../charts/index.ts';
import { meta, useEffectsApi } from '../api.ts';
import { ExhibitTable, QueryResult, useOpenImages, useParameters } from '../../../results/index.ts';

/** Networks that are named. */
const mostNamed = 200;

/** An answered question, whose numbers open. */
export interface AnsweredQuestion {
  input: EffectsInput;
  asked: NonNullable<EffectsResult['asked']>;
}

/** What is behind the numbers that were opened last, and how to open others. */
export function useOpenNumbers(question: AnsweredQuestion): [behind: ReactNode, open: (...of: EffectNumber[]) => void] {
  const [opened, setOpened] = useState<readonly EffectNumber[]>([]);
  const behind = opened.map((of) => <BehindNumber key={JSON.stringify(of)} {...question} of={of} />);
  return [behind, (...of) => setOpened(of)];
}

/** A table whose numbers open their networks and images, below it. */
export function OpeningTable({ exhibit, ...question }: AnsweredQuestion & { exhibit: Exhibit }) {
  const [behind, open] = useOpenNumbers(question);
  return (
    <>
      <ExhibitTable
        exhibit={exhibit}
        onOpen={({ effect }) => effect && { run: () => open(effect), name: 'show networks and images' }}
      />
      {behind}
    </>
  );
}

/** A figure whose marks open their networks and images, below it. */
export function OpeningFigure({ figure, ...question }: AnsweredQuestion & { figure: Figure }) {
  const [behind, open] = useOpenNumbers(question);
  return (
    <>
      <FigureView figure={figure} onOpen={(opens) => opens.kind === 'numbers' && open(...opens.numbers)} />
      {behind}
    </>
  );
}

/** The networks and images behind a number. */
function BehindNumber({ input, asked, of }: AnsweredQuestion & { of: EffectNumber }) {
  const api = useEffectsApi();
  const question = { ...input, outcome: asked.outcome, factor: asked.factor, reference: asked.reference };
  const answer = useQuery(api.source.queryOptions({ input: { ...question, of }, meta }));
  return <QueryResult query={answer}>{(source) => <Source source={source} asked={asked} of={of} />}</QueryResult>;
}

/** What the images are called on which a number is not 0. */
const apartTexts: Record<EffectNumber['kind'], string> = {
  mean: 'on which it is not 0',
  matched: 'on which it is not 0',
  difference: 'on which they differ',
  interaction: 'on which the differences differ',
  slope: 'on which it changes',
};

function Source({
  source: { groups, images, apart },
  asked,
  of,
}: {
  source: EffectSource;
  asked: AnsweredQuestion['asked'];
  of: EffectNumber;
}) {
  const open = useOpenImages();
  const box = useRef<HTMLElement>(null);
  // What was clicked may be at the other end of a long table.
  useEffect(() => {
    box.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const title = groups.map((group) => group.title).join(' and ');
  return (
    <section ref={box} className="effect-source" aria-label={`Behind the numbers of ${title}`}>
      <Box component="h2" m="0 0 8px" fz={15}>
        {title}
      </Box>
      <div className="effect-buttons">
        <Button
          disabled={apart.length === 0}
          onClick={() => open.images(apart, `${asked.title}: ${title}, ${apartTexts[of.kind]}`)}
        >
          Show the {formatCount(apart.length, 'image')} {apartTexts[of.kind]}
        </Button>
        <Button onClick={() => open.images(images, `${asked.title}: images that count`)}>
          Show all {formatCount(images.length, 'image')} that count
        </Button>
      </div>
      {groups.map((group) => (
        <Networks key={group.title} {...group} />
      ))}
    </section>
  );
}

/** Each opens its training. */
function Networks({ title, networks }: EffectSource['groups'][number]) {
  const [, change] = useParameters();
  return (
    <p>
      {title}, {formatCount(networks.length, 'network')}:{' '}
      {networks.slice(0, mostNamed).map(({ name, runId }, at) => (
        <Fragment key={name}>
          {at > 0 && ' '}
          <span className="on-one-line">
            <button type="button" className="link-button" onClick={() => change({ run: String(runId) })}>
              {name}
            </button>
            {at < Math.min(networks.length, mostNamed) - 1 && ','}
          </span>
        </Fragment>
      ))}
      {networks.length > mostNamed && ` and ${networks.length - mostNamed} more`}
    </p>
  );
}
