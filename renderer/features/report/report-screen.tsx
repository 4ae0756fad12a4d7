import { Title, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/context.tsx';
import { studyAddress, useStudy } from '../../navigation/addresses.ts';
import { RehearsalMark } from '../../ui/words/badges.tsx';
import { Empty, QueryState } from '../../ui/parts/states.tsx';
import { Ago } from '../../ui/words/values.tsx';
import { ReportForm } from './report-form.tsx';
import { StepState } from '../../ui/parts/step-state.tsx';
import { LinkButton } from '../../ui/parts/buttons.tsx';
import './report.css';

/** Changes of what can be in a report, and of when it was written. */
const follows = ['studies', 'stimuli', 'predictions', 'labeling'];

/** Composes, previews and writes the report. */
export function ReportScreen() {
  const study = useStudy();
  const api = useApi();
  const state = useQuery(api.report.state.queryOptions({ input: { study }, meta: { follows } }));
  const { data } = state;
  return (
    <div className="page">
      <Group component="header" mb="md" gap="8px 12px" align="baseline">
        <Title order={1}>Report</Title>
        {data?.rehearsal && <RehearsalMark />}
        <StepState study={study} step="report" isOwn={({ label }) => label.startsWith('Write')} />
        {data?.writtenAt != null && (
          <span className="soft">
            File written <Ago at={data.writtenAt} />
          </span>
        )}
      </Group>
      <QueryState query={state} loading="Loading the report options" lines={8} />
      {data && data.missing !== null && (
        <Empty
          title="No report yet"
          actions={
            <LinkButton variant="filled" to={studyAddress(study)}>
              Go to overview
            </LinkButton>
          }
        >
          {data.missing}
        </Empty>
      )}
      {data && data.missing === null && <ReportForm study={study} state={data} />}
    </div>
  );
}
