import { Stack, Text } from '@mantine/core';
import type { RunDetails } from '../../../../main/contract/api/runs.ts';
import { Output } from './output.tsx';

/** What the run said, and what its workers wrote. */
export function RunLogs({ details: { log, output, failure } }: { details: RunDetails }) {
  return (
    <Stack gap="md">
      <section>
        <h3>Messages</h3>
        {log.length === 0 && <Text size="sm">It has said nothing so far.</Text>}
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
      </section>
      {failure && (
        <section>
          <h3>Why it failed</h3>
          <Output text={`${failure.message}\n\n${failure.detail}`} label="Why it failed" />
        </section>
      )}
      <section>
        <h3>Output of its workers</h3>
        {output === '' ? (
          <Text size="sm">They wrote nothing.</Text>
        ) : (
          <Output text={output} label="Output of its workers" />
        )}
      </section>
    </Stack>
  );
}
