import { Stack, Text, Box } from '@mantine/core';
import type { RunDetails } from '../../../../main/contract/api/runs.ts';
import { formatBytes, formatDuration, formatInteger } from '../../../../main/domain/numbers/format.ts';
import { Output, Part } from '../../../ui/tables/output.tsx';
import { PartsAt } from '../../../ui/places/place.tsx';
import { Fact } from '../../../ui/parts/states.tsx';
import { targetTitle } from '../../../../main/domain/numbers/targets.ts';

/** Everything needed to repeat the run: attempts, checkpoints, snapshot hashes and the task. */
export function RunProvenance({ details }: { details: RunDetails }) {
  const { key, pinned, attempts, checkpoints, snapshots, task } = details;
  return (
    <Stack gap="md">
      <Part title="Attempts">
        {attempts.length === 0 && <Text size="sm">No attempts yet.</Text>}
        {attempts.map((attempt) => (
          <Attempt key={attempt.attempt} attempt={attempt} />
        ))}
      </Part>
      {checkpoints.length > 0 && (
        <Part title="Checkpoints">
          <ul className="plain-list">
            {checkpoints.map(({ step, hash, bytes }) => (
              <li key={step}>
                Step {formatInteger(step)}, {bytes === null ? 'file missing' : formatBytes(bytes)},{' '}
                <code>{hash.slice(0, 16)}</code>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {snapshots.length > 0 && (
        <Part title="Snapshot weights (SHA-256)">
          <ul className="plain-list">
            {snapshots.map(({ target, weights }) => (
              <li key={target}>
                {targetTitle(target)}: <code>{weights}</code>
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Part title="Task">
        <Text size="sm">
          Key <code>{key}</code>
          {pinned === null ? ', any engine' : `, ${pinned} only`}. The same task gives the same bytes on the same engine
          and machine type.
        </Text>
        <Output text={JSON.stringify(task, null, 2)} label="The task as JSON" />
      </Part>
    </Stack>
  );
}

function Attempt({ attempt }: { attempt: RunDetails['attempts'][number] }) {
  const { environment, description, outcome, note, claimedAt, endedAt, resumedAt, pid } = attempt;
  const { machine, product, threads, cluster } = environment;
  const versions = Object.entries(description?.versions ?? {}).map(([name, version]) => `${name} ${version}`);
  return (
    <Box component="dl" className="facts" mb="md" pb="md" style={{ borderBottom: '1px solid var(--line)' }}>
      <Fact name={`Attempt ${attempt.attempt}`}>
        {outcome ?? 'running'}
        {note && `: ${note}`}
      </Fact>
      <Fact name="Time">
        {new Date(claimedAt).toLocaleString()}
        {endedAt !== null && `, for ${formatDuration(endedAt - claimedAt)}`}
        {resumedAt !== null && resumedAt > 0 && `, from step ${formatInteger(resumedAt)}`}
      </Fact>
      <Fact name="Engine">
        {attempt.engine}
        {description && ` on ${description.device}`}
        {versions.length > 0 && ` (${versions.join(', ')})`}
      </Fact>
      {cluster && (
        <Fact name="Cluster">
          {cluster.name}
          {cluster.job !== null && `, task ${cluster.task} of job ${cluster.job}`}
        </Fact>
      )}
      <Fact name={cluster ? 'Node' : 'Machine'}>
        {machine.host}: {machine.cpu}, {machine.cores} cores, {formatBytes(machine.memory)}, {machine.platform}{' '}
        {machine.architecture}, Node {machine.node}, {threads === 1 ? 'one thread' : `${threads} threads`}
        {pid !== null && `, process ${pid}`}
      </Fact>
      <Fact name="Product">
        {product.version}
        {product.commit !== null && `, commit ${product.commit.slice(0, 12)}`}
      </Fact>
    </Box>
  );
}

/** Messages of the run and output of its workers. */
export function RunLogs({ details: { log, output, failure, row } }: { details: RunDetails }) {
  return (
    <Stack gap="md">
      <Part title="Messages">
        {log.length === 0 && <Text size="sm">No messages yet.</Text>}
        <ul className="plain-list">
          {log.map(({ at, level, message }) => (
            <li key={`${at} ${message}`}>
              <time className="soft" dateTime={new Date(at).toISOString()}>
                {new Date(at).toLocaleTimeString()}
              </time>{' '}
              {level === 'warn' && <strong>Warning: </strong>}
              {message}
            </li>
          ))}
        </ul>
      </Part>
      {failure && (
        <Part title="Why it failed">
          <Output text={`${failure.message}\n\n${failure.detail}`} label="Why it failed" />
        </Part>
      )}
      {row.there && <PartsAt place="run.output" run={row} />}
      <Part title="Worker output">
        <Output text={output} label="Worker output" />
      </Part>
    </Stack>
  );
}
