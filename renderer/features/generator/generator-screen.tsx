import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/context.tsx';
import { useQuietRefetch } from '../../client/refetch.ts';
import { Empty, Loading, Refused } from '../../ui/states.tsx';
import { useStudy } from '../../navigation/addresses.ts';
import { GeneratorHead } from './generator-head.tsx';
import './generator.css';
import { Losses } from './losses.tsx';
import { RecipePanel } from './recipe-panel.tsx';
import { ShippedView } from './shipped-view.tsx';
import { ThroughTime } from './through-time.tsx';

/** What can change here, and how often it is asked for at most, in milliseconds. */
const topics = ['generator', 'jobs', 'studies'] as const;
const lookEvery = 700;

/** The network that makes the images: trained here and watched as it learns, or one that comes with the product. */
export function GeneratorScreen() {
  const api = useApi();
  const study = useStudy();
  const view = useQuery(api.generator.get.queryOptions({ input: { study }, meta: { live: 'self' } }));
  useQuietRefetch(view.refetch, topics, lookEvery);
  if (view.isPending) return <Loading label="Reading the generator" lines={8} />;
  if (view.isError) {
    return (
      <div className="screen">
        <h1>Generator</h1>
        <Refused error={view.error} onRetry={() => void view.refetch()} />
      </div>
    );
  }
  const { kind, shipped, training, grids, real } = view.data;
  return (
    <div className="screen">
      <GeneratorHead study={study} view={view.data} />
      {kind === 'none' && (
        <Empty title="No generator is needed">The stimuli of this study were made elsewhere and imported.</Empty>
      )}
      {shipped && <ShippedView shipped={shipped} real={real} />}
      {kind === 'trained' &&
        (training === null ? (
          <Empty title="Not trained yet">
            Losses, and what it makes of one hundred points, show here while it trains: the first grid after{' '}
            {view.data.own?.recipe.sampleEvery} steps.
          </Empty>
        ) : (
          <>
            <ThroughTime study={study} view={view.data} />
            <Losses study={study} steps={grids.map(({ step }) => step)} />
          </>
        ))}
      {kind !== 'none' && <RecipePanel key={JSON.stringify(view.data.own)} study={study} view={view.data} />}
    </div>
  );
}
