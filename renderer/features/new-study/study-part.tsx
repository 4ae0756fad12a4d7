import { Button, Radio, Stack, Group } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import {
  maxPerArchitecture,
  type NewStudyPlan,
  type Probed,
  type Proposal,
  type ReadyImages,
} from '../../../main/contract/api/new-study.ts';
import type { DataSetSource } from '../../../main/contract/study.ts';
import { formatBytes, formatCount, formatPercent, formatRoughRange } from '../../../main/domain/format.ts';
import { useApi, useClient } from '../../client/context.tsx';
import { studyAddress } from '../../navigation/addresses.ts';
import { ArchitectureMark, architectureName } from '../../ui/badges.tsx';
import { NumberField, TextField } from '../../ui/fields.tsx';
import { ErrorNotice, Fact, HelpNote, LoadingLine, Card } from '../../ui/states.tsx';
import { showRefusal } from '../../ui/toasts.tsx';
import { WorkProgress } from '../../ui/job-progress.tsx';
import { type Reading, useReading } from '../../client/use-reading.ts';

interface StudyPartProps {
  source: DataSetSource;
  images: ReadyImages | null;
  plan: Plan;
  onPlan: (plan: Plan) => void;
}

/** What will be made of the images, what it takes, and the button that starts it. */
export function StudyPart({ source, images, plan, onPlan }: StudyPartProps) {
  const client = useClient();
  const [, navigate] = useLocation();
  const change = (part: Partial<Plan>): void => onPlan({ ...plan, ...part });
  const [asked, setAsked] = useState<{ source: DataSetSource } | null>(images && { source });
  const probe = useReading(asked, (input, options) => client.newStudy.probe(input, options));
  const proposed = probe.result;
  const target = plan.target ?? proposed?.target ?? null;
  const complete: NewStudyPlan | null =
    target === null || !images
      ? null
      : {
          ...plan,
          source,
          target,
          name: plan.name.trim() || null,
          title: plan.title.trim() || null,
          referenceTarget: Math.max(target, proposed?.referenceTarget ?? target),
        };
  const start = useMutation({
    mutationFn: async (wanted: NewStudyPlan & { runs: boolean }) => {
      const { runs, ...input } = wanted;
      const { name } = await client.newStudy.create(input);
      // The study exists now, and its screen has the button that starts it.
      if (runs) await client.work.start({ study: name, goal: 'report' }).catch(showRefusal);
      return name;
    },
    onSuccess: (name) => navigate(studyAddress(name)),
  });
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
      <WillBeMade plan={complete} />
      {start.isError && <ErrorNotice error={start.error} />}
      <Group pb="md" gap="sm" align="stretch" style={{ borderBottom: '1px solid var(--line)' }}>
        <Button
          variant="filled"
          disabled={complete === null}
          loading={start.isPending}
          onClick={() => complete && start.mutate({ ...complete, runs: true })}
        >
          Start study
        </Button>
        <Button
          disabled={complete === null || start.isPending}
          onClick={() => complete && start.mutate({ ...complete, runs: false })}
        >
          Create without starting
        </Button>
      </Group>
      <NumberField
        label="Networks of each architecture"
        min={1}
        max={maxPerArchitecture}
        description="MLP, CNN and Vision Transformer, in the paper’s recipes"
        value={plan.perArchitecture}
        onChange={(perArchitecture) => change({ perArchitecture })}
      />
      <Radio.Group
        label="Stimuli"
        value={plan.stimuli}
        onChange={(value) => change({ stimuli: value as NewStudyPlan['stimuli'] })}
      >
        <Stack gap={6} mt={4}>
          <Radio
            value="blended"
            label="Blend two real images"
            description="Real test images, mixed step by step. No generator is trained"
          />
          <Radio
            value="generated"
            label="Train a generator on these images"
            description="Images are drawn by a generator, as in the paper. Takes much longer, and needs a thousand images a class or more"
          />
          <Radio
            value="test-images"
            label="Take test images as they are"
            description="A sample with as many of each class. They lie between no two classes, so nothing is measured along a way"
          />
        </Stack>
      </Radio.Group>
      <NumberField
        label="Simulated labelers"
        min={0}
        max={100}
        description="0: only people label. More: a rehearsal, marked wherever it shows"
        value={plan.simulated}
        onChange={(simulated) => change({ simulated })}
      />
      <TextField
        label="Name"
        description="For links and commands. Default: that of the data set"
        maxLength={64}
        value={plan.name}
        onChange={(name) => change({ name })}
      />
      <TextField
        label="Title"
        description="For screens and reports"
        maxLength={200}
        value={plan.title}
        onChange={(title) => change({ title })}
      />
      <HelpNote>Networks, pairs and labelers can be changed later on the study’s screens.</HelpNote>
    </Card>
  );
}

/** What a person entered. */
export type Plan = Pick<NewStudyPlan, 'stimuli' | 'perArchitecture' | 'simulated'> & {
  name: string;
  title: string;
  /** Null: as proposed. */
  target: number | null;
};

export const newPlan: Plan = {
  name: '',
  title: '',
  target: null,
  stimuli: 'blended',
  perArchitecture: maxPerArchitecture,
  simulated: 0,
};

interface TargetFieldProps {
  probe: Reading<Probed>;
  target: number | null;
  images: ReadyImages | null;
  isProbing: boolean;
  onChange: (target: number) => void;
  onStop: () => void;
  onProbe: () => void;
}

/** The accuracy at which networks are stopped: proposed by a probe, or by hand. */
function TargetField({ probe, target, images, isProbing, onChange, onStop, onProbe }: TargetFieldProps) {
  const { result, progress, error } = probe;
  return (
    <Stack className="new-study-target" gap="sm">
      <NumberField
        label="Target accuracy"
        min={1}
        max={100}
        decimals={2}
        suffix=" %"
        description="All networks are stopped at the same accuracy on test images, so that they differ in what they learned and not in how much (the paper’s rule)"
        // A field of its own once there is a proposal, as it keeps what is typed.
        key={result?.target ?? 'open'}
        value={target ?? Number.NaN}
        disabled={images === null}
        onChange={onChange}
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
          <ArchitectureMark kind={kind}>{architectureName(kind)}</ArchitectureMark> {formatPercent(accuracy / 100)}
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

/** Numbers of what the study will have, and what it takes. */
function WillBeMade({ plan }: { plan: NewStudyPlan | null }) {
  const api = useApi();
  const query = useQuery(
    api.newStudy.propose.queryOptions({
      // Name and title change no number, and are checked when the study is created.
      input: plan ? { ...plan, name: null, title: null } : nothingPlanned,
      enabled: plan !== null,
      retry: false,
      placeholderData: (before: Proposal | undefined) => before,
    }),
  );
  if (query.isError) return <ErrorNotice error={query.error} />;
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
      <Fact name="Time">{made ? `about ${formatRoughRange(made.cost)}` : line}</Fact>
      <Fact name="Disk">{made ? formatBytes(made.cost.bytes) : line}</Fact>
    </dl>
  );
}

/** Stands for a plan in the key of a query that is not asked. */
const nothingPlanned: NewStudyPlan = {
  source: { source: 'mnist' },
  name: null,
  title: null,
  target: 50,
  referenceTarget: null,
  stimuli: 'blended',
  perArchitecture: 1,
  simulated: 0,
};
