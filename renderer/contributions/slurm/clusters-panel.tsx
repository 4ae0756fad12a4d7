import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { ClusterState, DamagedProfile } from '../../../main/contributions/slurm/profile/cluster-state.ts';
import { exampleProfile } from '../../../main/contributions/slurm/profile/cluster-profile.ts';
import type { SlurmCalls } from '../../../main/contributions/slurm/calls.ts';
import { formatCount, formatInteger, formatNames } from '../../../main/domain/numbers/index.ts';
import { useApiOf, useThrottledRefetch } from '../../client/index.ts';
import { engineTitles } from '../../../main/contract/runs/index.ts';
import {
  Card,
  Confirm,
  HelpNote,
  JobStatus,
  LoadingLine,
  QueryState,
  showRefusal,
  showToast,
  useJob,
} from '../../ui/parts/index.ts';
import { Ago } from '../../ui/words/index.ts';
import { CheckFindings, ClusterMark } from './cluster-check.tsx';
import { ClusterForm, type EditedProfile } from './cluster-form.tsx';
import { PlainTable } from '../../ui/tables/index.ts';
import './slurm.css';

/** Shortest time between two readings while runs change, in milliseconds. */
const refetchInterval = 2000;

/** Slurm clusters that trainings can go to: their profiles, what is there now and what is wrong. */
export function ClustersPanel() {
  const slurm = useApiOf<SlurmCalls>('slurm');
  const list = useQuery(slurm.list.queryOptions({ input: {}, meta: { follows: ['studies', 'clusters'] } }));
  useThrottledRefetch(list.refetch, ['runs'], refetchInterval);
  const [edited, setEdited] = useState<EditedProfile | null>(null);
  const [removed, setRemoved] = useState<ClusterState | null>(null);
  const [givenUp, setGivenUp] = useState<ClusterState | null>(null);
  const job = useJob(['cluster-check']);
  const check = useMutation(slurm.check.mutationOptions({ onError: showRefusal }));
  const isEmpty = list.data?.clusters.length === 0;
  return (
    <Card
      title="Clusters"
      note={isEmpty && 'None'}
      tools={<Button onClick={() => setEdited({ text: exampleProfile, replaces: null })}>Add cluster</Button>}
    >
      <QueryState query={list} />
      {list.isPending && <LoadingLine label="Reading the profiles of clusters" />}
      {list.data?.damaged.map((file) => (
        <Damaged key={file.file} file={file} onEdit={(text) => setEdited({ text, replaces: null })} />
      ))}
      {list.data && !isEmpty && (
        <PlainTable
          label="Profiles and their runs"
          className="wide-table"
          rows={list.data.clusters}
          rowKey={({ profile }) => profile.name}
          columns={[
            { title: 'Name', cell: ({ profile }) => profile.name },
            {
              title: 'Reached by',
              cell: ({ profile }) => <span className="soft">{profile.reach.join(' ') || 'This computer'}</span>,
            },
            {
              title: 'Partition',
              cell: ({ profile }) => profile.partition ?? <span className="soft">Default</span>,
            },
            { title: 'Engine', cell: ({ profile }) => engineTitles[profile.engine] },
            {
              title: 'Shared folder',
              cell: ({ profile }) => <span className="soft breaks-words">{profile.folder.here}</span>,
            },
            { title: 'Pending', numeric: true, cell: ({ pending }) => formatInteger(pending) },
            { title: 'Running', numeric: true, cell: ({ running }) => formatInteger(running) },
            {
              title: 'State',
              cell: ({ check: found, troubles }) => <ClusterMark check={found} troubles={troubles.length} />,
            },
            {
              title: 'Actions',
              hidden: true,
              cell: (cluster) => (
                <ClusterActions
                  cluster={cluster}
                  busy={job.active !== undefined || check.isPending}
                  onCheck={() => check.mutate({ name: cluster.profile.name })}
                  onEdit={() => setEdited(editedProfile(cluster))}
                  onRemove={() => setRemoved(cluster)}
                  onGiveUp={() => setGivenUp(cluster)}
                />
              ),
            },
          ]}
        />
      )}
      {list.data?.clusters.flatMap(({ profile, troubles }) =>
        troubles.map(({ part, what, where, remedy, since }) => (
          <div key={`${profile.name} ${part}`} className="error-notice" role="alert">
            <strong>
              {profile.name}: {what}
            </strong>
            <span>
              {remedy} <span className="soft">{where}, since </span>
              <Ago at={since} />
            </span>
          </div>
        )),
      )}
      <JobStatus {...job} />
      {list.data?.clusters.map(({ check: found }) => found && <CheckFindings key={found.cluster} check={found} />)}
      {list.data && (
        <HelpNote>
          {isEmpty
            ? 'A Slurm cluster trains many models at the same time and continues while this computer is off; main/contributions/slurm/README.md shows how to set one up.'
            : 'Choose where trainings run on the Models screen. A check takes some minutes: a job on a node trains ten steps, is queued again and continues. main/contributions/slurm/README.md explains each line of a profile.'}
        </HelpNote>
      )}
      <ClusterForm edited={edited} onClose={() => setEdited(null)} />
      {removed && <RemoveCluster cluster={removed} onClose={() => setRemoved(null)} />}
      {givenUp && <GiveUpRuns cluster={givenUp} onClose={() => setGivenUp(null)} />}
    </Card>
  );
}

const editedProfile = ({ profile }: ClusterState): EditedProfile => ({
  text: `${JSON.stringify(profile, null, 2)}\n`,
  replaces: profile.name,
});

interface ClusterActionsProps {
  cluster: ClusterState;
  /** Whether a check is under way. */
  busy: boolean;
  onCheck: () => void;
  onEdit: () => void;
  onRemove: () => void;
  onGiveUp: () => void;
}

function ClusterActions({ cluster, busy, onCheck, onEdit, onRemove, onGiveUp }: ClusterActionsProps) {
  const { profile, pending, running, troubles } = cluster;
  const { name } = profile;
  return (
    <Group component="span" display="inline-flex" gap="sm" align="stretch">
      <Button size="compact-xs" aria-label={`Check ${name}`} disabled={busy} onClick={onCheck}>
        Check
      </Button>
      <Button size="compact-xs" aria-label={`Edit ${name}`} onClick={onEdit}>
        Edit
      </Button>
      <Button size="compact-xs" aria-label={`Remove ${name}`} onClick={onRemove}>
        Remove …
      </Button>
      {troubles.length > 0 && pending + running > 0 && (
        <Button size="compact-xs" aria-label={`Give up runs on ${name}`} onClick={onGiveUp}>
          Give up runs …
        </Button>
      )}
    </Group>
  );
}

/** A file among the profiles that is none: shown, as its runs go nowhere. */
function Damaged({ file: { file, why, text }, onEdit }: { file: DamagedProfile; onEdit: (text: string) => void }) {
  const slurm = useApiOf<SlurmCalls>('slurm');
  const [asking, setAsking] = useState(false);
  const remove = useMutation(slurm.removeDamaged.mutationOptions({ onError: showRefusal }));
  return (
    <div className="error-notice" role="alert">
      <strong>The profile {file} cannot be used</strong>
      <span>{why}.</span>
      <Group component="span" display="inline-flex" gap="sm" align="stretch">
        {text !== null && (
          <Button size="compact-xs" aria-label={`Edit ${file}`} onClick={() => onEdit(text)}>
            Edit
          </Button>
        )}
        <Button
          size="compact-xs"
          aria-label={`Remove ${file}`}
          loading={remove.isPending}
          onClick={() => setAsking(true)}
        >
          Remove …
        </Button>
      </Group>
      <Confirm
        opened={asking}
        title={`Remove ${file}?`}
        action="Remove file"
        danger
        onConfirm={() => remove.mutate({ file })}
        onClose={() => setAsking(false)}
      >
        <span>
          The file is deleted. Runs that go to this cluster wait until it is added again or they go elsewhere.
        </span>
      </Confirm>
    </div>
  );
}

function GiveUpRuns({ cluster, onClose }: { cluster: ClusterState; onClose: () => void }) {
  const slurm = useApiOf<SlurmCalls>('slurm');
  const { profile, pending, running } = cluster;
  const { name } = profile;
  const giveUp = useMutation(
    slurm.giveUp.mutationOptions({
      onError: showRefusal,
      onSuccess: ({ runs }) => showToast({ title: `Gave up ${formatCount(runs, 'run')} on ${name}` }),
      onSettled: onClose,
    }),
  );
  return (
    <Confirm
      opened
      title={`Give up ${formatCount(pending + running, 'run')} on ${name}?`}
      action="Give up runs"
      danger
      loading={giveUp.isPending}
      onConfirm={() => giveUp.mutate({ name })}
      onClose={onClose}
    >
      <span>
        Only for a cluster that is gone for good: one that fails for a while loses nothing. All work since the last
        fetched checkpoint of each run is lost, and the runs are queued again. Jobs on the cluster are not cancelled and
        may continue there.
      </span>
    </Confirm>
  );
}

function RemoveCluster({ cluster, onClose }: { cluster: ClusterState; onClose: () => void }) {
  const slurm = useApiOf<SlurmCalls>('slurm');
  const { profile, pending, running, studies } = cluster;
  const { name } = profile;
  const there = pending + running;
  const remove = useMutation(
    slurm.remove.mutationOptions({
      onError: showRefusal,
      onSuccess: () => showToast({ title: `Removed ${name}` }),
      onSettled: onClose,
    }),
  );
  const obstacle =
    there > 0
      ? `${formatCount(there, 'run')} ${there === 1 ? 'is' : 'are'} on this cluster. Wait until they are done, cancel them or, if it is gone for good, give them up.`
      : studies.length > 0
        ? `Trainings of ${formatNames(studies, 3)} run on this cluster. Choose another place for them on the Models screen first.`
        : null;
  return (
    <Confirm
      opened
      title={`Remove ${name}?`}
      action="Remove cluster"
      danger
      loading={remove.isPending}
      disabled={obstacle !== null}
      onConfirm={() => remove.mutate({ name })}
      onClose={onClose}
    >
      <span>{obstacle ?? 'Its profile is deleted. Nothing on the cluster changes; results stay here.'}</span>
    </Confirm>
  );
}
