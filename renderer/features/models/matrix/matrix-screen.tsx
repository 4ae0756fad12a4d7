import { Button, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Target } from '../../../../main/contract/recipes.ts';
import type { SeedMatrix } from '../../../../main/contract/api/models.ts';
import { formatCount, formatRoughRange } from '../../../../main/domain/format.ts';
import { useApi } from '../../../client/context.tsx';
import { useRunChanges } from '../../../client/refetch.ts';
import { modelsAddress, useStudy } from '../../../navigation/addresses.ts';
import { ArchitectureMark } from '../../../ui/badges.tsx';
import { useStepState } from '../../../ui/step-state.tsx';
import { Empty, HelpNote, QueryState, useActionError } from '../../../ui/states.tsx';
import { CellBox } from './cell-box.tsx';
import { PartHead } from '../part-head.tsx';
import '../models.css';
import { targetTitle } from '../../../../main/domain/targets.ts';
import { detach } from '../../../../main/contract/detach.ts';
import { PlainTable } from '../../../ui/plain-table.tsx';

type Group = SeedMatrix['groups'][number];

/** Seed studies as tables of target by repeat, with a button to train what is missing. */
export function MatrixScreen() {
  const study = useStudy();
  const api = useApi();
  const matrix = useQuery(api.runs.matrix.queryOptions({ input: { study }, meta: { live: 'self' }, staleTime: 0 }));
  useRunChanges(null, () => detach(matrix.refetch()));
  const { onError, notice } = useActionError();
  return (
    <div className="models-page">
      <PartHead title="Seed studies" study={study}>
        {matrix.data && matrix.data.remaining > 0 && (
          <FillButton study={study} onError={onError} matrix={matrix.data} />
        )}
      </PartHead>
      {notice}
      <QueryState query={matrix} loading="Loading the seed studies" lines={6} />
      {matrix.data?.groups.length === 0 && (
        <Empty
          title="No seed studies yet"
          actions={
            <Button component={Link} href={`${modelsAddress(study)}?add=models`}>
              Add seed study
            </Button>
          }
        >
          A seed study trains one recipe with many seeds, in several repeats, to show how much the seed alone changes.
        </Empty>
      )}
      {matrix.data?.groups.map((group) => (
        <GroupTable key={group.name} group={group} />
      ))}
    </div>
  );
}

interface FillButtonProps {
  study: string;
  matrix: SeedMatrix;
  onError: (error: unknown) => void;
}

function FillButton({ study, matrix: { remaining, ...time }, onError }: FillButtonProps) {
  const api = useApi();
  const start = useMutation(api.work.start.mutationOptions({ onError }));
  const state = useStepState(study, 'models');
  if (state === 'running' || state === 'queued' || state === 'paused') return null;
  return (
    <Button loading={start.isPending} onClick={() => start.mutate({ study, goal: 'models' })}>
      Train {formatCount(remaining, 'missing run')} (about {formatRoughRange(time)})
    </Button>
  );
}

function GroupTable({ group }: { group: Group }) {
  const { name, architecture, recipe, seeds, repeats, targets, cells } = group;
  return (
    <section>
      <Title order={2}>
        <ArchitectureMark kind={architecture}>{name}</ArchitectureMark>
      </Title>
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
