import { kindName } from '../../../main/domain/networks/index.ts';
import { Button, Stack, Group } from '@mantine/core';
import { skipToken, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import {
  type NewStudyPlan,
  newStudySchema,
  type Probed,
  type Proposal,
  type ReadyImages,
} from '../../../main/contributions/images/contract.ts';
import type { DataSetSource } from '../../../main/contract/studies/index.ts';
import { formatBytes, formatCount, formatEstimate, formatPercent } from '../../../main/domain/numbers/index.ts';
import type { ImagesCalls } from '../../../main/contributions/images/calls.ts';
import { type Reading, useApiOf, useCallsOf, useClient, useReading } from '../../client/index.ts';
import { studyAddress } from '../../navigation/index.ts';
import { ArchitectureMark } from '../../ui/words/index.ts';
import { NumberSetting, SettingFields } from '../../ui/fields/index.ts';
import { newStudySettings } from '../../../main/contributions/images/settings.ts';
import { detach, type NearestValue } from '../../../main/contract/wire/index.ts';
import { RefusedNote, refusedSetting } from '../../recipes/index.ts';
import { findSetting } from '../../../main/domain/settings/index.ts';
import { Card, ErrorNotice, Fact, HelpNote, LoadingLine, showRefusal, WorkProgress } from '../../ui/parts/index.ts';

interface StudyPartProps {
  source: DataSetSource;
  images: ReadyImages | null;
  plan: Plan;
  onPlan: (plan: Plan) => void;
}

/** What will be made of the images, what it takes, and the button that starts it. */
export function StudyPart({ source, images, plan, onPlan }: StudyPartProps) {
  const client = useClient();
  const calls = useCallsOf<ImagesCalls>('images');
  const [, navigate] = useLocation();
  const change = (part: Partial<Plan>): void => onPlan({ ...plan, ...part });
  const [asked, setAsked] = useState<{ source: DataSetSource } | null>(images && { source });
  const probe = useReading(asked, (input, options) => calls.probe(input, options));
  const proposed = probe.result;
  const target = plan.target ?? proposed?.target ?? null;
  const complete: NewStudyPlan | null =
    target === null || !images
      ? null
      : {
          ...plan,
          source,
          target,
          name: plan.name?.trim() || null,
          title: plan.title?.trim() || null,
          referenceTarget: Math.max(target, proposed?.referenceTarget ?? target),
        };
  const start = useMutation({
    mutationFn: async (wanted: NewStudyPlan & { runs: boolean }) => {
      const { runs, ...input } = wanted;
      const { name } = await calls.create(input);
      // The study exists now, and its screen has the button that starts it.
      if (runs) await client.work.start({ study: name, goal: 'report' }).catch(showRefusal);
      return name;
    },
    onSuccess: (name) => navigate(studyAddress(name)),
  });
  const proposal = useProposal(complete);
  // What cannot be made is refused above, where the target is.
  const cannot = complete === null || proposal.isError || !proposal.data;
  return (
    <Card className="beside-sticky" title="The study">
      <TargetField
        probe={probe}
        target={target}
        images={images}
        isProbing={asked !== null && probe.error === null && probe.result === null}
        onChange={(value) => change({ target: value })}
        onStop={() => setAsked(null)}
        onProbe={() => {
          change({ target: null });
          setAsked({ source });
        }}
      />
      <WillBeMade plan={complete} proposal={proposal} onTarget={(next) => change({ target: next })} />
      {start.isError && <ErrorNotice error={start.error} />}
      <Group pb="md" gap="sm" align="stretch" style={{ borderBottom: '1px solid var(--line)' }}>
        <Button
          variant="filled"
          disabled={cannot}
          loading={start.isPending}
          onClick={() => complete && start.mutate({ ...complete, runs: true })}
        >
          Start study
        </Button>
        <Button
          disabled={cannot || start.isPending}
          onClick={() => complete && start.mutate({ ...complete, runs: false })}
        >
          Create without starting
        </Button>
      </Group>
      <SettingFields settings={newStudySettings} values={plan} onValues={onPlan} />
      <HelpNote>Networks, pairs and labelers can be changed later on the study’s screens.</HelpNote>
    </Card>
  );
}

/** What a person entered; null: the target that is proposed. */
export type Plan = Omit<NewStudyPlan, 'source' | 'referenceTarget' | 'target'> & { target: number | null };

export const newPlan: Plan = { ...newStudySchema.omit({ target: true }).parse({}), target: null };

interface TargetFieldProps {
  probe: Reading<Probed>;
  target: number | null;
  images: ReadyImages | null;
  isProbing: boolean;
  onChange: (target: number) => void;
  onStop: () => void;
  onProbe: () => void;
}

const targetSetting = findSetting(newStudySettings, 'target');

/** The accuracy at which networks are stopped: proposed by a probe, or by hand. */
function TargetField({ probe, target, images, isProbing, onChange, onStop, onProbe }: TargetFieldProps) {
  const { result, progress, error } = probe;
  return (
    <Stack className="new-study-target" gap="sm">
      <NumberSetting
        setting={targetSetting}
        // A field of its own once there is a proposal, as it keeps what is typed.
        key={result?.target ?? 'open'}
        value={target}
        disabled={images === null}
        onValue={(next) => typeof next === 'number' && onChange(next)}
      />
      {isProbing && (
        <WorkProgress of="Probe" note={`Probe: ${progress?.note ?? 'starting'}`} share={progress?.share ?? 0}>
          <Button size="compact-xs" onClick={onStop}>
            Stop the probe
          </Button>
        </WorkProgress>
      )}
      {result && <ProbeWords {...result} />}
      {error !== null && <ErrorNotice error={error} onRetry={onProbe} />}
      {images !== null && !isProbing && result === null && error === null && (
        <Button size="compact-sm" onClick={onProbe}>
          Propose a target
        </Button>
      )}
    </Stack>
  );
}

function ProbeWords({ steps, accuracies, target }: Probed) {
  return (
    <Group component="p" fz="sm" gap="2px 12px" align="stretch" style={{ fontVariantNumeric: 'tabular-nums' }}>
      After {formatCount(steps, 'step')} of training:{' '}
      {accuracies.map(({ kind, accuracy }) => (
        <span key={kind}>
          <ArchitectureMark kind={kind}>{kindName(kind)}</ArchitectureMark> {formatPercent(accuracy / 100)}
        </span>
      ))}
      <span>
        {target === null
          ? 'Too little to propose a target: enter one, or add images.'
          : `Proposed: ${target} %, which all three reached. Longer training reaches more.`}
      </span>
    </Group>
  );
}

/** What the study would have and take, or why it cannot be made. */
function useProposal(plan: NewStudyPlan | null) {
  const api = useApiOf<ImagesCalls>('images');
  return useQuery(
    api.propose.queryOptions({
      // Name and title change no number, and are checked when the study is created.
      input: plan ? { ...plan, name: null, title: null } : skipToken,
      retry: false,
      placeholderData: (before: Proposal | undefined) => before,
    }),
  );
}

interface WillBeMadeProps {
  plan: NewStudyPlan | null;
  proposal: ReturnType<typeof useProposal>;
  onTarget: (target: number) => void;
}

/** Numbers of what the study will have, and what it takes. */
function WillBeMade({ plan, proposal: query, onTarget }: WillBeMadeProps) {
  const refused = refusedSetting(query.error);
  // The form has the target; tolerance and batch follow from it and the images.
  const nearest = refused?.nearest.filter(({ path }) => path === 'targets') ?? [];
  if (refused && nearest.length > 0) {
    const take = ({ to }: NearestValue): void => onTarget(Number(to));
    return <RefusedNote refused={{ ...refused, nearest }} onTake={take} />;
  }
  if (query.isError) return <ErrorNotice error={query.error} onRetry={() => detach(query.refetch())} />;
  const made = plan === null ? undefined : query.data;
  const line = <LoadingLine width={120} />;
  return (
    <dl className="facts" style={{ fontVariantNumeric: 'tabular-nums' }} aria-busy={made === undefined}>
      <Fact name="Stimuli">
        {made
          ? `${formatCount(made.stimuli, 'image')}${made.pairs > 0 ? ` between ${formatCount(made.pairs, 'pair')} of classes` : ''}`
          : line}
      </Fact>
      <Fact name="Networks">
        {made ? `${formatCount(made.models, 'network')} at ${plan?.target} ± ${made.tolerance} %` : line}
      </Fact>
      <Fact name="Time">{made ? formatEstimate(made.cost) : line}</Fact>
      <Fact name="Disk">{made ? formatBytes(made.cost.bytes) : line}</Fact>
    </dl>
  );
}
