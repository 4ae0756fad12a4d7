import { Box, Checkbox, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { SuggestedModels, SuggestedWay } from '../../../../main/contract/api/models.ts';
import type { ModelsSpec } from '../../../../main/contract/studies/study.ts';
import { formatCount } from '../../../../main/domain/numbers/format.ts';
import { architectureTitle } from '../../../../main/domain/networks/architectures.ts';
import { stoppingTitle, trainingTitle } from '../../../../main/domain/settings/recipe-settings.ts';
import { targetTitles } from '../../../../main/domain/numbers/targets.ts';
import { useApi } from '../../../client/context.tsx';
import { ArchitectureMark } from '../../../ui/words/badges.tsx';
import { TextButton } from '../../../ui/parts/buttons.tsx';
import { HelpNote, QueryState } from '../../../ui/parts/states.tsx';
import { PlainTable } from '../../../ui/tables/plain-table.tsx';

interface SuggestedListProps {
  study: string;
  chosen: readonly ModelsSpec[];
  onChange: (entries: readonly ModelsSpec[]) => void;
}

/** Models to add as they are: the study's own recipes changed in one way, then presets for the same images. */
export function SuggestedList({ study, chosen, onChange }: SuggestedListProps) {
  const api = useApi();
  const suggested = useQuery(api.runs.suggested.queryOptions({ input: { study }, meta: { live: 'self' } }));
  if (suggested.isError || !suggested.data) return <QueryState query={suggested} loading="Reading the recipes" />;
  const { own, presets } = suggested.data;
  const chooser: Chooser = {
    isChosen: (entry) => chosen.includes(entry),
    toggle: (entry) => onChange(chosen.includes(entry) ? chosen.filter((each) => each !== entry) : [...chosen, entry]),
  };
  const sources = [...new Set(presets.map(({ from }) => from))];
  return (
    <>
      {own.length > 0 ? <OwnRecipes own={own} {...chooser} /> : <HelpNote>The study has no recipes yet.</HelpNote>}
      {sources.length > 0 && (
        <details open={own.length === 0}>
          <summary>{formatCount(presets.length, 'preset')} for the same images</summary>
          <Stack gap="md" mt="sm">
            {sources.map((source) => (
              <Presets
                key={source}
                source={source}
                entries={presets.flatMap(({ from, entry }) => (from === source ? [entry] : []))}
                chosen={chosen}
                onChange={onChange}
              />
            ))}
          </Stack>
        </details>
      )}
    </>
  );
}

interface Chooser {
  isChosen: (entry: ModelsSpec) => boolean;
  toggle: (entry: ModelsSpec) => void;
}

const ways: Readonly<Record<SuggestedWay, string>> = {
  seed: 'Another seed',
  narrow: 'Half the width',
  wide: 'Twice the width',
};

type Own = SuggestedModels['own'];

function OwnRecipes({ own, isChosen, toggle }: Chooser & { own: Own }) {
  const all = Object.entries(ways) as [SuggestedWay, string][];
  return (
    <PlainTable<Own[number]>
      label="Recipes of this study"
      rows={own}
      rowKey={({ name }) => name}
      rowTitle={({ name }) => name}
      columns={[
        {
          title: 'Recipe',
          cell: ({ name, recipe }) => (
            <Box w={310} style={{ whiteSpace: 'normal' }}>
              <ArchitectureMark kind={recipe.architecture.kind}>{name}</ArchitectureMark>{' '}
              <Text span size="xs" className="soft" title={stoppingTitle(recipe)}>
                {architectureTitle(recipe.architecture)}, {trainingTitle(recipe)}
              </Text>
            </Box>
          ),
        },
        ...all.map(([way, title]) => ({
          title,
          cell: ({ name, ways: offered }: Own[number]) =>
            offered.map(
              (each) =>
                each.way === way && (
                  <Checkbox
                    key={way}
                    aria-label={`${name}, ${title.toLowerCase()}`}
                    checked={isChosen(each.entry)}
                    onChange={() => toggle(each.entry)}
                  />
                ),
            ),
        })),
      ]}
    />
  );
}

interface PresetsProps extends Pick<SuggestedListProps, 'chosen' | 'onChange'> {
  source: string;
  entries: readonly ModelsSpec[];
}

/** The models of one preset. */
function Presets({ source, entries, chosen, onChange }: PresetsProps) {
  const others = chosen.filter((entry) => !entries.includes(entry));
  const isAll = entries.every((entry) => chosen.includes(entry));
  return (
    <Checkbox.Group
      label={
        <Group gap="sm" component="span">
          {source}
          <TextButton className="preset-all" onClick={() => onChange(isAll ? others : [...others, ...entries])}>
            {isAll ? 'Select none' : 'Select all'}
            <span className="sr"> of {source}</span>
          </TextButton>
        </Group>
      }
      value={entries.flatMap((entry, index) => (chosen.includes(entry) ? [String(index)] : []))}
      onChange={(values) => onChange([...others, ...entries.filter((_, index) => values.includes(String(index)))])}
    >
      <Stack gap={6} mt="xs">
        {entries.map((entry, index) => (
          <Checkbox key={entry.name} value={String(index)} label={<PresetLabel entry={entry} />} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

function PresetLabel({ entry: { name, group, repeats, seeds, recipe } }: { entry: ModelsSpec }) {
  const { architecture, targets } = recipe;
  const runs = seeds === 1 ? '1 run' : `${seeds} seeds`;
  const count = group === 'seeds' ? `seed study, ${repeats} times ${seeds} seeds` : runs;
  return (
    <>
      <ArchitectureMark kind={architecture.kind}>{name}</ArchitectureMark>{' '}
      <Text span size="xs" className="soft">
        {count}; {trainingTitle(recipe)}; to {targetTitles(targets)}
      </Text>
    </>
  );
}
