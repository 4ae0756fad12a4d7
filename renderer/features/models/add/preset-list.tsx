import { Checkbox, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ModelsSpec } from '../../../../main/contract/study.ts';
import { useApi } from '../../../client/context.tsx';
import { ArchitectureMark } from '../../../ui/badges.tsx';
import { Loading, Refused } from '../../../ui/states.tsx';

export interface PresetListProps {
  chosen: readonly ModelsSpec[];
  onChange: (entries: readonly ModelsSpec[]) => void;
}

/** Models of the studies that come with the product. */
export function PresetList({ chosen, onChange }: PresetListProps) {
  const api = useApi();
  const presets = useQuery(api.runs.presets.queryOptions({ input: {}, meta: { live: 'self' } }));
  if (presets.isError) return <Refused error={presets.error} onRetry={() => void presets.refetch()} />;
  if (!presets.data) return <Loading label="Reading the presets" />;
  const sources = [...new Set(presets.data.map(({ from }) => from))];
  const toggle = (entry: ModelsSpec): void =>
    onChange(chosen.includes(entry) ? chosen.filter((each) => each !== entry) : [...chosen, entry]);
  return sources.map((source) => (
    <Checkbox.Group
      key={source}
      label={
        <PresetHead
          source={source}
          isAll={presets.data.every(({ from, entry }) => from !== source || chosen.includes(entry))}
          onAll={(all) => {
            const own = presets.data.flatMap(({ from, entry }) => (from === source ? [entry] : []));
            const others = chosen.filter((entry) => !own.includes(entry));
            onChange(all ? [...others, ...own] : others);
          }}
        />
      }
      value={presets.data.flatMap(({ entry }, index) => (chosen.includes(entry) ? [String(index)] : []))}
    >
      <Stack gap={6} mt="xs">
        {presets.data.map(({ from, entry }, index) =>
          from === source ? (
            <Checkbox
              key={`${from} ${entry.name}`}
              value={String(index)}
              onChange={() => toggle(entry)}
              label={<PresetLabel entry={entry} />}
            />
          ) : null,
        )}
      </Stack>
    </Checkbox.Group>
  ));
}

function PresetHead({ source, isAll, onAll }: { source: string; isAll: boolean; onAll: (all: boolean) => void }) {
  return (
    <Group gap="sm" component="span">
      {source}
      <button type="button" className="link-button preset-all" onClick={() => onAll(!isAll)}>
        {isAll ? 'None' : 'All'}
        <span className="sr"> of {source}</span>
      </button>
    </Group>
  );
}

function PresetLabel({ entry: { name, group, repeats, seeds, recipe } }: { entry: ModelsSpec }) {
  const { architecture, optimiser, batch, targets, augmentation } = recipe;
  const count =
    group === 'seeds' ? `seed study, ${repeats} times ${seeds} seeds` : `${seeds === 1 ? '1 run' : `${seeds} seeds`}`;
  const decay = optimiser.weightDecay > 0 ? `, decay ${optimiser.weightDecay}` : '';
  return (
    <>
      <ArchitectureMark kind={architecture.kind}>{name}</ArchitectureMark>{' '}
      <Text span size="xs" className="soft">
        {count}; {optimiser.kind} {optimiser.stepSize}
        {decay}, batch {batch}
        {augmentation && ', augmented'}; to {targets.join(', ')} %
      </Text>
    </>
  );
}
