import { Button, Table } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { MachineEngine, MachineState } from '../../../main/contract/api/machine.ts';
import { formatBytes, formatFixed } from '../../../main/domain/format.ts';
import { useApi } from '../../client/context.tsx';
import { engineNames } from '../../ui/badges.tsx';
import { JobStatus, useJob } from '../../ui/job-progress.tsx';
import { HelpNote } from '../../ui/states.tsx';
import { showRefusal } from '../../ui/toasts.tsx';
import { Ago, Undefined } from '../../ui/values.tsx';

const kinds = ['engine-check', 'install'] as const;

/** Engines with self-check and speed, and installable builds of TensorFlow. */
export function EnginesPanel({ state }: { state: MachineState }) {
  const api = useApi();
  const job = useJob(kinds);
  const check = useMutation(api.machine.check.mutationOptions({ onError: showRefusal }));
  return (
    <section className="machine-panel" aria-labelledby="machine-engines">
      <div className="screen-head">
        <h2 id="machine-engines">Engines</h2>
        <span className="soft">
          {state.triedAt === null ? (
            'Not checked since engines or hardware changed'
          ) : (
            <>Checked {<Ago at={state.triedAt} />}</>
          )}
        </span>
        <span className="screen-tools">
          <Button variant="default" disabled={job.active !== undefined} onClick={() => check.mutate({})}>
            {state.triedAt === null ? 'Check engines' : 'Check engines again'}
          </Button>
        </span>
      </div>
      <HelpNote>
        Each engine computes known values and is timed in its own process. The fastest engine with only correct results
        trains new models.
      </HelpNote>
      <JobStatus {...job} />
      <Table.ScrollContainer minWidth={640}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Engine</Table.Th>
              <Table.Th>Self-check</Table.Th>
              <Table.Th ta="right">Speed (relative to WebAssembly)</Table.Th>
              <Table.Th>Device, or why it is unavailable</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {state.engines.map((engine) => (
              <Table.Tr key={engine.name}>
                <Table.Th scope="row">
                  {engineNames[engine.name]} {engine.chosen && <span className="machine-chosen">in use</span>}
                </Table.Th>
                <Table.Td>
                  <EngineMark engine={engine} />
                </Table.Td>
                <Table.Td ta="right">
                  {engine.speedOverWasm === null ? (
                    <Undefined reason={speedReasons[engine.state]} />
                  ) : (
                    formatFixed(engine.speedOverWasm, 1)
                  )}
                </Table.Td>
                <Table.Td className="machine-note">{engine.note}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Builds state={state} busy={job.active !== undefined} />
    </section>
  );
}

const speedReasons: Record<MachineEngine['state'], string> = {
  passed: 'WebAssembly was not timed',
  failed: 'Its results are wrong, so it was not timed',
  absent: 'It is not installed on this machine',
  untried: 'It was not checked yet',
};

const states: Record<MachineEngine['state'], { word: string; mark: string }> = {
  passed: { word: 'Passed', mark: '✓' },
  failed: { word: 'Failed, not used', mark: '✕' },
  absent: { word: 'Not installed', mark: '–' },
  untried: { word: 'Not checked', mark: '?' },
};

function EngineMark({ engine }: { engine: MachineEngine }) {
  const { word, mark } = states[engine.state];
  return (
    <span className="machine-state">
      <span aria-hidden="true" data-state={engine.state}>
        {mark}
      </span>
      <span>{word}</span>
    </span>
  );
}

/** Builds of TensorFlow: installed, or installable with their size. */
function Builds({ state, busy }: { state: MachineState; busy: boolean }) {
  const api = useApi();
  const install = useMutation(api.machine.install.mutationOptions({ onError: showRefusal }));
  return (
    <ul className="bare-list machine-builds" aria-label="Builds of TensorFlow">
      {state.tensorflow.map(({ variant, installed, obstacle, downloadBytes, diskBytes }) => {
        const name = variant === 'cuda' ? 'TensorFlow for NVIDIA cards (CUDA)' : 'TensorFlow for processors';
        return (
          <li key={variant}>
            <span>
              <strong>{name}</strong>{' '}
              <span className="soft">
                {installed
                  ? 'Installed for your account.'
                  : (obstacle ??
                    `Downloads ${formatBytes(downloadBytes)}${variant === 'cuda' ? ' and the CUDA libraries' : ''}; needs ${formatBytes(diskBytes)} of disk space during installation.`)}
              </span>
            </span>
            {!installed && obstacle === null && (
              <Button variant="default" disabled={busy} onClick={() => install.mutate({ variant })}>
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
