import { Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { CompareResult } from '../../../main/contract/api/results-compare.ts';
import { useApi } from '../../client/context.tsx';
import { RehearsalMark } from '../../ui/badges.tsx';
import { RehearsalProvider } from '../../ui/rehearsal.tsx';
import { ErrorNotice } from '../../ui/states.tsx';
import { Answered } from './answered.tsx';
import { groupOf, groupText, labelersOf, useParameters } from './address.ts';
import { CompareTests } from './compare-tests.tsx';
import { otherOfStudy, useChoice, usualOther, useView } from './choice.tsx';
import { GroupPicker, LabelersPicker } from './pickers.tsx';
import { labelersText, networksText } from './units.ts';
import { Transitions } from './transitions.tsx';
import { peopleWord } from '../../../main/domain/format.ts';

/** Two groups, targets, studies or subsets of labelers: differences, tests, and which images changed type. */
export function CompareView() {
  const api = useApi();
  const input = useView();
  const { overview, study } = useChoice();
  const [parameters, change] = useParameters();
  const otherStudy = parameters.get('study2') ?? study;
  const studies = useQuery(api.studies.list.queryOptions({ input: {} }));
  const second = useQuery(api.results.overview.queryOptions({ input: { study: otherStudy } }));
  const known = second.data ?? overview;
  const other =
    groupOf(parameters.get('other')) ?? (otherStudy === study ? usualOther : otherOfStudy)(known, input.group);
  const labelers = labelersOf(parameters.get('labelers2'));
  const hasNetworks = second.data !== undefined && second.data.models.length > 0;
  const isSame =
    otherStudy === study && groupText(other) === groupText(input.group) && String(labelers) === String(input.labelers);
  const compared = useQuery(
    api.results.compare.queryOptions({
      input: { a: input, b: { study: otherStudy, labelers, group: other } },
      enabled: hasNetworks && !isSame,
      placeholderData: keepPreviousData,
    }),
  );
  return (
    <>
      <div className="compare-with">
        <span className="compare-word">with</span>
        <Select
          label="Study"
          w={320}
          allowDeselect={false}
          data={(studies.data?.studies ?? []).map(({ name, title }) => ({ value: name, label: title }))}
          value={otherStudy}
          onChange={(value) => change({ study2: value === study ? null : value, other: null, labelers2: null }, true)}
        />
        {hasNetworks && (
          <>
            <GroupPicker
              label="Second networks"
              overview={known}
              group={other}
              onGroup={(group) => change({ other: groupText(group) }, true)}
            />
            <LabelersPicker
              label="Second labelers"
              overview={known}
              labelers={labelers}
              onLabelers={(ids) => change({ labelers2: ids === null ? null : ids.join(',') }, true)}
            />
          </>
        )}
      </div>
      {isSame && (
        <p className="help-note">
          Both sides are the same: choose other networks, labelers or another study to compare with.
        </p>
      )}
      {second.isError && <ErrorNotice error={second.error} onRetry={() => void second.refetch()} />}
      {second.data && !hasNetworks && (
        <p className="help-note">That study has no networks yet: there is nothing to compare with.</p>
      )}
      {hasNetworks && !isSame && <Answered query={compared}>{(data) => <Compared result={data} />}</Answered>}
    </>
  );
}

function Compared({ result }: { result: CompareResult }) {
  const { a, b, images } = result;
  if (result.undefined !== null)
    return <p className="help-note">The images cannot be compared one by one. {result.undefined}</p>;
  return (
    <RehearsalProvider value={a.rehearsal || b.rehearsal}>
      <p className="compare-sides">
        First: <Side side={a} />. Second: <Side side={b} />. {images} images have two labels or more on both sides.
      </p>
      <CompareTests tests={result.tests} />
      <Transitions result={result} />
    </RehearsalProvider>
  );
}

function Side({ side: { title, models, labelers, rehearsal } }: { side: CompareResult['a'] }) {
  return (
    <>
      {title}, {networksText(models)}, {labelersText(labelers, peopleWord({ rehearsal }))}
      {rehearsal && (
        <>
          {' '}
          <RehearsalMark />
        </>
      )}
    </>
  );
}
