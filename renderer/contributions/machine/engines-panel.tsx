import { Button, Box } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { tensorflowVariants } from '../../../main/contributions/machine/contract.ts';
import type {
  MachineEngine,
  MachineState,
  TensorflowBuild,
  TensorflowVariant,
} from '../../../main/contributions/machine/contract.ts';
import { formatBytes, formatFixed } from '../../../main/domain/numbers/index.ts';
import type { MachineCalls } from '../../../main/contributions/machine/calls.ts';
import { followed } from './followed.ts';
import { useApiOf } from '../../client/index.ts';
import { engineTitles } from '../../../main/contract/runs/index.ts';
import { Card, HelpNote, JobStatus, LoadingLine, QueryState, showRefusal, useJob } from '../../ui/parts/index.ts';
import { Ago, Undefined, Verdict } from '../../ui/words/index.ts';
import { PlainTable } from '../../ui/tables/index.ts';

const kinds = ['engine-check', 'install'] as const;

/** Engines with self-check and speed, and installable builds of TensorFlow. */
export function EnginesPanel({ state }: { state: MachineState }) {
  const api = useApiOf<MachineCalls>('machine');
  const job = useJob(kinds);
  const check = useMutation(api.check.mutationOptions({ onError: showRefusal }));
  return (
    <Card
      title="Engines"
      note={
        state.triedAt === null ? (
          'Not checked since engines or hardware changed'
        ) : (
          <>Checked {<Ago at={state.triedAt} />}</>
        )
      }
      tools={
        <Button disabled={job.active !== undefined} onClick={() => check.mutate({})}>
          {state.triedAt === null ? 'Check engines' : 'Check engines again'}
        </Button>
      }
    >
      <HelpNote>
        {state.why} A check has each engine compute known values and times it, in a process of its own.
      </HelpNote>
      <JobStatus {...job} />
      <PlainTable
        label="Self-checks and speeds"
        className="wide-table"
        rows={state.engines}
        rowKey={({ name }) => name}
        columns={[
          {
            title: 'Engine',
            cell: ({ name, chosen }) => (
              <>
                {engineTitles[name]} {chosen && <span className="machine-chosen">in use</span>}
              </>
            ),
          },
          { title: 'Self-check', cell: ({ state: how }) => <Verdict as={how} {...states[how]} /> },
          {
            title: 'Speed (relative to WebAssembly)',
            numeric: true,
            cell: ({ state: how, speedOverWasm }) =>
              speedOverWasm === null ? <Undefined reason={speedReasons[how]} /> : formatFixed(speedOverWasm, 1),
          },
          {
            title: 'Device, or why it is unavailable',
            cell: ({ note }) => (
              <Box component="span" className="breaks-words" c="dimmed">
                {note}
              </Box>
            ),
          },
        ]}
      />
      <Builds busy={job.active !== undefined} />
    </Card>
  );
}

const speedReasons: Record<MachineEngine['state'], string> = {
  passed: 'WebAssembly was not timed',
  failed: 'Its results are wrong, so it was not timed',
  absent: 'It is not available on this machine',
  untried: 'It was not checked yet',
};

const states: Record<MachineEngine['state'], { word: string; mark: string }> = {
  passed: { word: 'Passed', mark: '✓' },
  failed: { word: 'Failed, not used', mark: '✕' },
  absent: { word: 'Not available', mark: '–' },
  untried: { word: 'Not checked', mark: '?' },
};

const buildNames: Record<TensorflowVariant, string> = {
  cpu: 'TensorFlow for processors',
  cuda: 'TensorFlow for NVIDIA cards (CUDA)',
};

/** Builds of TensorFlow: installed, or installable with their size. */
function Builds({ busy }: { busy: boolean }) {
  const api = useApiOf<MachineCalls>('machine');
  const install = useMutation(api.install.mutationOptions({ onError: showRefusal }));
  const builds = useQuery(api.builds.queryOptions({ input: {}, meta: followed }));
  if (builds.isError) return <QueryState query={builds} />;
  return (
    <ul className="bare-list machine-builds" aria-label="Builds of TensorFlow" aria-busy={!builds.data}>
      {tensorflowVariants.map((variant) => {
        const name = buildNames[variant];
        const build = builds.data?.find((each) => each.variant === variant);
        return (
          <li key={variant}>
            <span>
              <strong>{name}</strong>{' '}
              {build ? <span className="soft">{describeBuild(build)}</span> : <LoadingLine width={320} />}
            </span>
            {build && !build.installed && build.obstacle === null && (
              <Button disabled={busy} onClick={() => install.mutate({ variant })}>
                Install
                <span className="sr"> {name}</span>
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function describeBuild({ variant, installed, obstacle, downloadBytes, diskBytes }: TensorflowBuild): string {
  if (installed) return 'Installed for your account.';
  if (obstacle !== null) return obstacle;
  const libraries = variant === 'cuda' ? ' and the CUDA libraries' : '';
  return `Downloads ${formatBytes(downloadBytes)}${libraries}; needs ${formatBytes(diskBytes)} of disk space during installation.`;
}
