import { Button, Modal, Table } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../../client/context.tsx';
import { RehearsalMark } from '../../../ui/badges.tsx';
import { Loading, Refused } from '../../../ui/states.tsx';
import { ScrollBox } from '../../../ui/plain-table.tsx';
import { WithdrawSteps } from '../sessions/session-questions.tsx';

interface Labeler {
  labeler: number;
  pseudonym: string;
}

/** Labelers that came with a file, an archive or a rehearsal. */
export function OtherLabelers({ study }: { study: string }) {
  const api = useApi();
  const list = useQuery(api.labeling.others.list.queryOptions({ input: { study } }));
  const [asked, ask] = useState<Labeler | null>(null);
  return (
    <section className="labeling-card" aria-labelledby="others">
      <h2 id="others">Labelers from elsewhere</h2>
      {list.isError && <Refused error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Loading label="Reading the labelers" />}
      {list.data && (
        <ScrollBox className="labeling-scroll" label="List of labelers">
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Person</Table.Th>
                <Table.Th>From</Table.Th>
                <Table.Th>
                  <span className="sr">What can be done</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {list.data.map(({ labeler, pseudonym, simulated, source }) => (
                <Table.Tr key={labeler}>
                  <Table.Td>
                    {pseudonym} {simulated && <RehearsalMark />}
                  </Table.Td>
                  <Table.Td>{source.replace(/^(csv):(.{8}).*$/, 'table $2')}</Table.Td>
                  <Table.Td>
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={`Withdraw ${pseudonym}`}
                      onClick={() => ask({ labeler, pseudonym })}
                    >
                      Withdraw
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollBox>
      )}
      <Modal opened={asked !== null} onClose={() => ask(null)} title={`Withdraw ${asked?.pseudonym ?? ''}`}>
        {asked && <Withdraw study={study} labeler={asked.labeler} onClose={() => ask(null)} />}
      </Modal>
    </section>
  );
}

function Withdraw({ study, labeler, onClose }: { study: string; labeler: number; onClose: () => void }) {
  const api = useApi();
  const withdraw = useMutation(api.labeling.others.withdraw.mutationOptions());
  return (
    <WithdrawSteps
      isPending={withdraw.isPending}
      error={withdraw.error}
      remains={withdraw.data?.remains ?? null}
      onWithdraw={() => withdraw.mutate({ study, labeler })}
      onClose={onClose}
    />
  );
}
