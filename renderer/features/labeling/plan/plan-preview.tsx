import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { LabelingPlan } from '../../../../main/contract/labeling/plan.ts';
import { useApi } from '../../../client/context.tsx';
import { counted, fixed, whole } from '../../../ui/format.ts';
import { Loading, Refused } from '../../../ui/states.tsx';

/** What the plan comes to: trials, minutes, labelers of an image, and what cannot be met. */
export function PlanPreview({ study, plan }: { study: string; plan: LabelingPlan }) {
  const api = useApi();
  const { data, isError, error } = useQuery({
    ...api.labeling.plan.preview.queryOptions({ input: { study, plan } }),
    meta: { live: 'self' },
    placeholderData: keepPreviousData,
  });
  if (isError) return <Refused error={error} />;
  if (!data) return <Loading label="Laying out the orders" lines={3} />;
  const { real, repeat, practice, attention } = data.trials;
  const total = real + repeat + practice + attention;
  const { least, most } = data.perImage;
  const { checked, of } = data.looked;
  return (
    <>
      <dl className="labeling-facts">
        <dt>One person</dt>
        <dd>
          {counted(total, 'image')}, about {fixed(data.minutes, data.minutes < 10 ? 1 : 0)} min
        </dd>
        <dt>Of these</dt>
        <dd>
          {whole(real)} analysed, {whole(practice)} practice, {counted(repeat, 'repeat')}, {whole(attention)} attention
        </dd>
        <dt>An image</dt>
        <dd>{least === most ? counted(least, 'labeler') : `${whole(least)} to ${counted(most, 'labeler')}`}</dd>
        <dt>Orders checked</dt>
        <dd>{checked === of ? `all ${whole(of)}` : `${whole(checked)} of ${whole(of)}`}</dd>
      </dl>
      {data.warnings.map((warning) => (
        <p key={warning} className="labeling-warning">
          <IconAlertTriangle size={16} aria-hidden />
          <span>{warning}</span>
        </p>
      ))}
    </>
  );
}
