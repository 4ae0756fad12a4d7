import { capitalize } from '../../ui/rehearsal.tsx';

/** Heads of the columns of images on which people agree, and disagree. */
export function AgreeHeads({ people }: { people: string }) {
  return ['agree', 'disagree'].map((what) => (
    <th key={what} scope="col" data-whose="people">
      {capitalize(people)} {what}
    </th>
  ));
}
