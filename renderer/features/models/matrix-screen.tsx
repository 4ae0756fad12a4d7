import { Group as Row, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Target } from '../../../main/contract/recipes/recipes.ts';
import type { SeedMatrix } from '../../../main/contract/api/models.ts';
import { formatCount, formatEstimate } from '../../../main/domain/numbers/format.ts';
import { targetTitle } from '../../../main/domain/numbers/targets.ts';
import { useApi } from '../../client/context.tsx';
import { useRunChanges } from '../../client/refetch.ts';
import { modelsAddress, useStudy } from '../../navigation/addresses.ts';
import { ArchitectureMark, StateMark } from '../../ui/words/badges.tsx';
import { LinkButton } from '../../ui/parts/buttons.tsx';
import { PlainTable } from '../../ui/tables/plain-table.tsx';
import { Empty, HelpNote, useActionError } from '../../ui/parts/states.tsx';
import { PartScreen } from '../../ui/parts/part-screen.tsx';
import { CellBox } from '../../recipes/cell-box.tsx';

type Group = SeedMatrix['groups'][number];

/** Seed studies as tables of target by repeat, with a button to train what is missing. */
export function MatrixScreen() {
  const study = useStudy();
  const api = useApi();
  const matrix = useQuery(api.runs.matrix.queryOptions({ input: { study }, meta: { live: 'self' }, staleTime: 0 }));
  useRunChanges(null, matrix.refetch);
  const { groups, remaining = 0 } = matrix.data ?? {};
  return (
    <PartScreen
      study={study}
      title="Seed studies"
      query={matrix}
      loading="Loading the seed studies"
      action={useActionError()}
      trains={
        matrix.data && remaining > 0
          ? `${formatCount(remaining, 'missing run')} (${formatEstimate(matrix.data)})`
          : null
      }
    >
      {groups?.length === 0 && (
        <Empty
          title="No seed studies yet"
          actions={
            <LinkButton variant="filled" to={`${modelsAddress(study)}?add=models`}>
              Add seed study
            </LinkButton>
          }
        >
          A seed study trains one recipe with many seeds, in several repeats, to show how much the seed alone changes.
        </Empty>
      )}
      {groups?.map((group) => (
        <GroupTable key={group.name} group={group} />
      ))}
    </PartScreen>
  );
}

function GroupTable({ group }: { group: Group }) {
  const { name, state, architecture, recipe, seeds, repeats, targets, cells } = group;
  return (
    <section>
      <Row component="header" gap="4px 12px">
        <Title order={2}>
          <ArchitectureMark kind={architecture}>{name}</ArchitectureMark>
        </Title>
        <StateMark state={state} />
      </Row>
      <HelpNote>
        {recipe}; {formatCount(repeats, 'repeat')} of {formatCount(seeds, 'seed')}. Each cell counts the seeds that
        reached the target accuracy.
      </HelpNote>
      <PlainTable
        label={`Repeats of ${name}`}
        rows={targets}
        rowKey={(target) => target}
        columns={[
          { title: 'Target', cell: targetTitle },
          ...Array.from({ length: repeats }, (_, index) => ({
            title: `Repeat ${index + 1}`,
            cell: (target: Target) => {
              const cell = cells.filter((each) => each.target === target)[index];
              return cell && <CellBox cell={cell} />;
            },
          })),
        ]}
      />
    </section>
  );
}
