import { useQueryClient } from '@tanstack/react-query';
import type { Group, Which } from '../../../main/contract/exhibit.ts';
import { useApi } from '../../client/context.tsx';
import { showRefusal } from '../../ui/toasts.tsx';
import { useOpenImages } from './address.ts';
import { useChoice } from './choice.tsx';

/** Opens the images behind a number of a group, or of people alone: asks which they are, and lists them under a name. */
export function useOpenWhich(): (group: Group | null, which: Which, title: string) => void {
  const api = useApi();
  const queries = useQueryClient();
  const open = useOpenImages();
  const { study, labelers } = useChoice();
  return (group, which, title) => {
    const asked = queries.fetchQuery(api.results.which.queryOptions({ input: { study, labelers, group, which } }));
    asked.then(({ images }) => open.images(images, title), showRefusal);
  };
}
