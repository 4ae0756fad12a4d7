import { groupsOf, groupTitle, useChoice } from './choice.tsx';

/** So many groups are named. */
const most = 8;

/** Names seed groups that lack networks: fewer networks disagree less, and are more certain. */
export function Incomplete() {
  const { overview } = useChoice();
  const lacking = groupsOf(overview).filter(({ group, models, planned }) => group.kind === 'seeds' && models < planned);
  if (lacking.length === 0) return null;
  const named = lacking
    .slice(0, most)
    .map(({ group, models, planned }) => `${groupTitle(group, overview)} (${models} of ${planned})`);
  return (
    <p className="help-note">
      Not all networks are there in {named.join('; ')}
      {lacking.length > most && ` and ${lacking.length - most} more groups`}: fewer networks disagree on fewer images,
      and seem more certain.
    </p>
  );
}
