import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/context.tsx';
import { useQuietRefetch } from '../../client/refetch.ts';
import { Loading, Refused } from '../../ui/states.tsx';
import { StudiesList } from './studies-list.tsx';
import './studies.css';
import { Welcome } from './welcome.tsx';

/** What the figures of a study come from, and how often they are asked for at most, in milliseconds. */
const topics = ['runs', 'jobs', 'stimuli'] as const;
const lookEvery = 2000;

/** All studies of the data folder; or, at first start, the choice of what to begin with. */
export function StudiesScreen() {
  const api = useApi();
  const list = useQuery(api.studies.list.queryOptions({ input: {} }));
  useQuietRefetch(list.refetch, topics, lookEvery);
  if (list.isPending) return <Loading label="Reading the studies" lines={6} />;
  if (list.isError) {
    return (
      <div className="screen">
        <h1>Studies</h1>
        <Refused error={list.error} onRetry={() => void list.refetch()} />
      </div>
    );
  }
  const { studies, deleted } = list.data;
  return studies.length === 0 && deleted.length === 0 ? <Welcome /> : <StudiesList {...list.data} />;
}
