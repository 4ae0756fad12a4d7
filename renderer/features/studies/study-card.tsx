import type { StudySummary } from '../../../main/contract/calls.ts';
import { ago } from '../../ui/ago.ts';
import { RunStates } from './run-states.tsx';

export function StudyCard({ study, now }: { study: StudySummary; now: number }) {
  return (
    <li className="study">
      <div className="study-head">
        <h3>{study.title}</h3>
        <time dateTime={study.updatedAt} title={study.updatedAt}>
          {ago(Date.parse(study.updatedAt), now)}
        </time>
      </div>
      <p className="study-name">{study.name}</p>
      <RunStates runs={study.runs} />
      <p className="study-report">
        <span className="label">Report</span>{' '}
        {study.report === null ? <span className="quiet">not written yet</span> : <code>{study.report}</code>}
      </p>
    </li>
  );
}
