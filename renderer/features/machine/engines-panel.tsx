import { Button, Table } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { MachineEngine, MachineState } from '../../../main/contract/api/machine.ts';
import { useApi } from '../../client/context.tsx';
import { formatBytes, formatFixed } from '../../../main/domain/format.ts';
import { HelpNote } from '../../ui/states.tsx';
import { Ago, Undefined } from '../../ui/values.tsx';
import { showRefusal } from '../../ui/toasts.tsx';
import { FailedLine, JobLine, useFailedJob, useJob } from './job-line.tsx';

const kinds = ['engine-check', 'install'] as const;

const titles: Record<MachineEngine['name'], string> = {
  tensorflow: 'TensorFlow',
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
};
export const engineTitle = (name: MachineEngine['name']): string => titles[name];

/** Engines, whether they compute right here, how fast they are, and those that can be had. */
export function EnginesPanel({ state }: { state: MachineState }) {
  const api = useApi();
  const job = useJob(kinds);
  const failed = useFailedJob(kinds);
  const check = useMutation(api.machine.check.mutationOptions({ onError: showRefusal }));
  return (
    <section className="machine-panel" aria-labelledby="machine-engines">
      <div className="screen-head">
        <h2 id="machine-engines">Engines</h2>
        <span className="soft">
          {state.triedAt === null ? 'Not tried since something changed' : <>Tried {<Ago at={state.triedAt} />}</>}
        </span>
        <span className="screen-tools">
          <Button variant="default" disabled={job !== undefined} onClick={() => check.mutate({})}>
            {state.triedAt === null ? 'Try the engines' : 'Try them again'}
          </Button>
        </span>
      </div>
      <HelpNote>
        Each engine computes a set of known numbers and is timed, in a process of its own. The fastest one that gets all
        of them right trains new models.
      </HelpNote>
      {job && <JobLine job={job} />}
      {!job && failed && <FailedLine job={failed} />}
      <Table.ScrollContainer minWidth={640}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Engine</Table.Th>
              <Table.Th>Self-check</Table.Th>
              <Table.Th ta="right">Speed (times WebAssembly)</Table.Th>
              <Table.Th>What it runs on, or why it does not</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {state.engines.map((engine) => (
              <Table.Tr key={engine.name}>
                <Table.Th scope="row">
                  {titles[engine.name]} {engine.chosen && <span className="machine-chosen">in use</span>}
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
      <Builds state={state} busy={job !== undefined} />
    </section>
  );
}

const speedReasons: Record<MachineEngine['state'], string> = {
  passed: 'WebAssembly was not timed',
  failed: 'It computes wrong numbers, so it was not timed',
  absent: 'It is not on this machine',
  untried: 'It was not tried yet',
};

const states: Record<MachineEngine['state'], { word: string; mark: string; colour: string }> = {
  passed: { word: 'Passed', mark: '✓', colour: 'var(--done)' },
  failed: { word: 'Failed, not used', mark: '✕', colour: 'var(--failed)' },
  absent: { word: 'Not here', mark: '–', colour: 'var(--ink-soft)' },
  untried: { word: 'Not tried', mark: '?', colour: 'var(--warning)' },
};

function EngineMark({ engine }: { engine: MachineEngine }) {
  const { word, mark, colour } = states[engine.state];
  return (
    <span className="machine-state">
      <span aria-hidden="true" style={{ color: colour }}>
        {mark}
      </span>
      <span>{word}</span>
    </span>
  );
}

/** Builds of TensorFlow: installed, or to be had at a price that is told. */
function Builds({ state, busy }: { state: MachineState; busy: boolean }) {
  const api = useApi();
  const install = useMutation(api.machine.install.mutationOptions({ onError: showRefusal }));
  return (
    <ul className="machine-builds" aria-label="Builds of TensorFlow">
      {state.tensorflow.map(({ variant, installed, obstacle, downloadBytes, diskBytes }) => {
        const name = variant === 'cuda' ? 'TensorFlow for NVIDIA cards (CUDA)' : 'TensorFlow for processors';
        return (
          <li key={variant}>
            <span>
              <strong>{name}</strong>{' '}
              <span className="soft">
                {installed
                  ? 'Installed for you on this machine.'
                  : (obstacle ??
                    `Downloads ${formatBytes(downloadBytes)}${variant === 'cuda' ? " and CUDA's libraries" : ''}, needs ${formatBytes(diskBytes)} of disk for a moment.`)}
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
