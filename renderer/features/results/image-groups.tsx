import type { ImageDetail } from '../../../main/contract/api/results-compare.ts';
import { ArchitectureMark, TypeBadge } from '../../ui/badges.tsx';
import { formatFixed } from '../../../main/domain/format.ts';
import { formatVotes } from '../../ui/votes.ts';
import { Undefined } from '../../ui/values.tsx';
import { groupText, useParameters } from './address.ts';
import { type DesignedGroup, useChoice } from './choice.tsx';

type Row = ImageDetail['groups'][number];

/** Its type under each group: a line for each target, and one for all repeats of seeds. Each chooses its group. */
export function ImageGroups({ image: { groups } }: { image: ImageDetail }) {
  if (groups.length === 0) return null;
  const diverse = groups.filter(({ kind }) => kind === 'diverse');
  const cells = new Map<string, Row[]>();
  for (const group of groups.filter(({ kind }) => kind === 'seeds')) {
    const cell = `${group.architecture} ${group.target} %`;
    cells.set(cell, [...(cells.get(cell) ?? []), group]);
  }
  const sorted = [...cells].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  return (
    <section aria-labelledby="image-groups">
      <h3 id="image-groups">Under each group</h3>
      {diverse.length > 0 && <DiverseTable groups={diverse} />}
      {sorted.length > 0 && (
        <table className="plain-table seed-types">
          <thead>
            <tr>
              <th scope="col">Seeds</th>
              <th scope="col">Type in each repeat</th>
            </tr>
          </thead>
          <tbody>
            {sorted.map(([cell, repeats]) => (
              <tr key={cell}>
                <th scope="row">
                  <ArchitectureMark kind={cell.split(' ')[0]?.toLowerCase() ?? ''}>{cell}</ArchitectureMark>
                </th>
                <td>
                  {[...repeats]
                    .sort((a, b) => (a.repeat ?? 0) - (b.repeat ?? 0))
                    .map((group) => (
                      <SeedType key={group.repeat} group={group} />
                    ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function DiverseTable({ groups }: { groups: readonly Row[] }) {
  const { overview } = useChoice();
  return (
    <table className="plain-table">
      <thead>
        <tr>
          <th scope="col">Group</th>
          <th scope="col">Type</th>
          <th scope="col">Votes</th>
          <th scope="col" data-numeric>
            Divergence (bits)
          </th>
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <tr key={group.title}>
            <th scope="row">{group.title}</th>
            <td>
              {group.type ? <TypeBadge type={group.type} exception={group.exception} /> : <Undefined reason={noType} />}
              {group.exception && ' exception'}
            </td>
            <td>{formatVotes(group.votes, overview.classes)}</td>
            <td data-numeric>
              {group.divergence === null ? (
                <Undefined reason="nobody has labelled it" />
              ) : (
                formatFixed(group.divergence, 3)
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const noType = 'fewer than two labels or networks';

/** Chooses the group; what its networks said and how far that is from people is told on hovering, and read aloud. */
function SeedType({ group }: { group: Row }) {
  const { overview } = useChoice();
  const [, change] = useParameters();
  const { title, type, exception, votes, divergence, architecture, target, repeat } = group;
  if (architecture === null || repeat === null) return null;
  const own: DesignedGroup = { kind: 'seeds', architecture, target, repeat };
  const words = [
    ...[`${title}: ${formatVotes(votes, overview.classes)}`],
    ...(exception ? ['exception'] : []),
    ...(divergence === null ? [] : [`divergence ${formatFixed(divergence, 3)} bits`]),
  ].join('; ');
  return (
    <button type="button" className="seed-type" title={words} onClick={() => change({ group: groupText(own) }, true)}>
      <span className="sr">{words}; choose this group. </span>
      {type ? <TypeBadge type={type} exception={exception} /> : <span>?</span>}
      {exception && '!'}
      <small aria-hidden="true">{repeat}</small>
    </button>
  );
}
