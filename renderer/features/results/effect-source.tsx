import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { EffectsInput, EffectSource, EffectsResult } from '../../../main/contract/api/effects.ts';
import { formatCount } from '../../../main/domain/format.ts';
import { useApi } from '../../client/context.tsx';
import { useOpenImages, useParameters } from './address.ts';
import { QueryResult } from './notes.tsx';

/** Networks that are named. */
const mostNamed = 200;

interface EffectSourceProps {
  input: EffectsInput;
  asked: NonNullable<EffectsResult['asked']>;
  /** The level whose numbers were opened, and how it and the reference are called. */
  level: string;
  text: string;
  reference: string;
}

/** The networks and images behind the numbers of a level. */
export function EffectSourceNote({ input, asked, level, text, reference }: EffectSourceProps) {
  const api = useApi();
  const open = useOpenImages();
  const question = { ...input, outcome: asked.outcome, factor: asked.factor, reference: asked.reference };
  const answer = useQuery(api.results.effectSource.queryOptions({ input: { ...question, level } }));
  const isReference = level === asked.reference;
  return (
    <section className="effect-source" aria-label={`Behind the numbers of ${text}`}>
      <h2>{isReference ? text : `${text} and ${reference}`}</h2>
      <QueryResult query={answer}>
        {(source) => (
          <>
            <div className="effect-buttons">
              {!isReference && (
                <Button
                  variant="default"
                  disabled={source.differing.length === 0}
                  onClick={() => open.images(source.differing, `${asked.title}: ${text} and ${reference} differ`)}
                >
                  Show the {formatCount(source.differing.length, 'image')} on which they differ
                </Button>
              )}
              <Button variant="default" onClick={() => open.images(source.images, `${asked.title}: images that count`)}>
                Show all {formatCount(source.images.length, 'image')} that count
              </Button>
            </div>
            <Networks title={text} networks={source.level} />
            {!isReference && <Networks title={reference} networks={source.reference} />}
          </>
        )}
      </QueryResult>
    </section>
  );
}

/** Each opens its training. */
function Networks({ title, networks }: { title: string; networks: EffectSource['level'] }) {
  const [, change] = useParameters();
  return (
    <p>
      {title}, {formatCount(networks.length, 'network')}:{' '}
      {networks.slice(0, mostNamed).map(({ name, runId }, at) => (
        <span key={name}>
          {at > 0 && ', '}
          <button type="button" className="link-button" onClick={() => change({ run: String(runId) })}>
            {name}
          </button>
        </span>
      ))}
      {networks.length > mostNamed && ` and ${networks.length - mostNamed} more`}
    </p>
  );
}
