import type { StudySummary } from '../../../main/contract/calls.ts';
import type { RunState } from '../../../main/contract/run.ts';

/** Most advanced first, so that the bar fills from the left. */
const order: readonly RunState[] = ['done', 'running', 'interrupted', 'queued', 'failed', 'cancelled'];

/** A bar with a part for each state that has runs, and the same in words. */
export function RunStates({ runs }: { runs: StudySummary['runs'] }) {
  const total = order.reduce((sum, state) => sum + runs[state], 0);
  if (total === 0) return <p className="quiet">No runs yet</p>;
  const present = order.filter((state) => runs[state] > 0);
  return (
    <div className="runs">
      <div className="runs-bar" aria-hidden="true">
        {present.map((state) => (
          <span key={state} className={`runs-part state-${state}`} style={{ flexGrow: runs[state] }} />
        ))}
      </div>
      <p className="runs-words">
        <span className="runs-total">
          {total} {total === 1 ? 'run' : 'runs'}
        </span>
        {present.map((state) => (
          <span key={state} className="runs-word">
            <span className={`dot state-${state}`} aria-hidden="true" />
            <span className="number">{runs[state]}</span> {state}
          </span>
        ))}
      </p>
    </div>
  );
}
