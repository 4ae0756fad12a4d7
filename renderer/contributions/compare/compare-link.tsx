import { maxCompared } from '../../../main/contract/api/index.ts';
import { modelsAddress } from '../../navigation/index.ts';
import { LinkButton } from '../../ui/parts/index.ts';

/** Leads from chosen runs to their comparison. */
export function CompareLink({ study, ids }: { study: string; ids: readonly number[] }) {
  return (
    <LinkButton
      to={modelsAddress(study, `/compare?runs=${ids.slice(0, maxCompared).join(',')}`)}
      title={ids.length > maxCompared ? `Compares only the first ${maxCompared} runs` : ''}
    >
      Compare
    </LinkButton>
  );
}
