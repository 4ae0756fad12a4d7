import type { Group } from '../../../main/contract/exhibit.ts';
import type { ResultsOverview } from '../../../main/contract/api/results-tables.ts';
import { ArchitectureMark } from '../../ui/badges.tsx';
import { ScrollBox } from '../../ui/plain-table.tsx';
import { groupText, useParameters } from './address.ts';
import { type DesignedGroup, groupsOf, groupTitle, useChoice } from './choice.tsx';

/** Every group of the design, a press or an arrow key each: to flip between them and see what moves. */
export function GroupSwitch() {
  const { overview, group } = useChoice();
  const [, change] = useParameters();
  const all = groupsOf(overview);
  if (all.length < 2) return null;
  const targets = [...new Set(all.map((each) => each.group.target))].sort((a, b) => a - b);
  const architectures = [...new Set(overview.seeds.map(({ architecture }) => architecture))];
  const rows = [...(overview.diverse.length > 0 ? [null] : []), ...architectures];
  const chosen = group === null ? '' : groupText(group);
  return (
    <fieldset className="group-switch">
      <legend className="sr">Switch the group</legend>
      <ScrollBox label="Groups of networks">
        <table>
          <thead>
            <tr>
              <td />
              {targets.map((target) => (
                <th key={target} scope="col">
                  {target} %
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((architecture) => (
              <tr key={architecture ?? ''}>
                <th scope="row">
                  {architecture === null ? (
                    'All recipes'
                  ) : (
                    <ArchitectureMark kind={architecture.toLowerCase()}>{architecture} seeds</ArchitectureMark>
                  )}
                </th>
                {targets.map((target) => (
                  <td key={target}>
                    {all
                      .filter(({ group: each }) => each.target === target && architectureOf(each) === architecture)
                      .map((each) => (
                        <Choice
                          key={groupText(each.group)}
                          {...{ each, overview }}
                          checked={groupText(each.group) === chosen}
                          onChoose={(next) => change({ group: groupText(next) }, true)}
                        />
                      ))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {all.some(isIncomplete) && <p className="help-note">Dashed: not all networks of the group are there.</p>}
    </fieldset>
  );
}

const architectureOf = (group: DesignedGroup): string | null => (group.kind === 'seeds' ? group.architecture : null);

type Each = ReturnType<typeof groupsOf>[number];

const isIncomplete = ({ models, planned }: Each): boolean => models < planned;

interface ChoiceProps {
  each: Each;
  overview: ResultsOverview;
  checked: boolean;
  onChoose: (group: Group) => void;
}

function Choice({ each, overview, checked, onChoose }: ChoiceProps) {
  const { group, models, planned } = each;
  const size = models < planned ? `${models} of ${planned} networks` : `${models} networks`;
  const name = `${groupTitle(group, overview)}, ${size}`;
  return (
    <label title={name} data-incomplete={isIncomplete(each) || undefined}>
      <input
        type="radio"
        name="group-switch"
        className="sr"
        aria-label={name}
        checked={checked}
        onChange={() => onChoose(group)}
      />
      <span aria-hidden="true">
        {group.kind === 'seeds' ? group.repeat : models < planned ? `${models} of ${planned}` : `all ${models}`}
      </span>
    </label>
  );
}
