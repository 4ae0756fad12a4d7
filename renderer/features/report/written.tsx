import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/context.tsx';
import { ScrollBox, TableHead } from '../../ui/plain-table.tsx';
import { Loading } from '../../ui/states.tsx';
import { Bytes } from '../../ui/values.tsx';

/** What a job writes: its files with their hashes, to be saved together. */
export function Written({ job }: { job: string }) {
  const api = useApi();
  const jobs = useQuery(api.jobs.list.queryOptions({ input: {} }));
  const state = jobs.data?.find(({ id }) => id === job);
  const isDone = state?.state === 'done';
  const written = useQuery(api.report.written.queryOptions({ input: { job }, enabled: isDone }));
  if (state?.state === 'failed') return <p role="alert">{state.messages.at(-1)}</p>;
  if (state?.state === 'stopped') return <p role="status">It was stopped; nothing was written.</p>;
  if (!written.data?.address) return <Loading label="Writing the report" lines={2} />;
  const { address, bytes, files, leftOut } = written.data;
  return (
    <section className="report-written" aria-label="The report that was written">
      <Button component="a" href={address} download>
        Save the archive
        {bytes !== null && (
          <span className="report-bytes">
            {' '}
            (<Bytes bytes={bytes} />)
          </span>
        )}
      </Button>
      {leftOut.map((note) => (
        <p key={note} role="alert">
          Left out: {note}
        </p>
      ))}
      <ScrollBox label="Files of the report" className="report-files">
        <table className="plain-table">
          <TableHead names={['File', 'Size', 'SHA-256']} />
          <tbody>
            {files.map(({ name, bytes: size, sha256 }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  <Bytes bytes={size} />
                </td>
                <td>
                  <code title={sha256}>{sha256.slice(0, 12)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </section>
  );
}
