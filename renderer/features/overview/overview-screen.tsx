import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/context.tsx';
import { useQuietRefetch } from '../../client/refetch.ts';
import { Loading, Refused } from '../../ui/states.tsx';
import { useStudy } from '../../navigation/addresses.ts';
import { ImageTypes } from './image-types.tsx';
import { OverviewHead } from './overview-head.tsx';
import './overview.css';
import { PipelineStep } from './pipeline-step.tsx';

/** Everything that a step may be judged by, and how often it is judged at most, in milliseconds. */
const topics = ['studies', 'runs', 'stimuli', 'generator', 'jobs'] as const;
const lookEvery = 1500;

/** A study as a pipeline: where each step stands, what is stale and why, what comes next. */
export function OverviewScreen() {
  const api = useApi();
  const study = useStudy();
  const overview = useQuery(api.overview.get.queryOptions({ input: { study }, meta: { live: 'self' } }));
  useQuietRefetch(overview.refetch, topics, lookEvery);
  if (overview.isPending) return <Loading label="Reading the study" lines={8} />;
  if (overview.isError) {
    return (
      <div className="screen">
        <h1>Study</h1>
        <Refused error={overview.error} onRetry={() => void overview.refetch()} />
      </div>
    );
  }
  const { steps, types } = overview.data;
  return (
    <div className="screen overview">
      <OverviewHead overview={overview.data} onChange={() => void overview.refetch()} />
      <ol className="pipeline" aria-label="Steps of the study">
        {steps.map((step) => (
          <PipelineStep key={step.step} study={study} step={step} onChange={() => void overview.refetch()} />
        ))}
      </ol>
      {types && <ImageTypes types={types} simulated={steps.some(({ simulated }) => simulated)} />}
    </div>
  );
}
