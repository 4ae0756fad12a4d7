import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core';
import {
  type Architecture,
  type ArchitectureKind,
  architectureKinds,
  architectureSchema,
} from '../../../../main/contract/recipes.ts';
import { architectureNames } from '../../../../main/domain/architectures.ts';
import { hyperparameterTitle } from '../../../../main/domain/hyperparameters.ts';

type Settings = { [Kind in ArchitectureKind]: Extract<Architecture, { kind: Kind }> };

/** The form's fields of architectures, as typed; what was entered for one kind stays while another one is chosen. */
export interface ArchitectureFields {
  kind: ArchitectureKind;
  /** Comma-separated, e.g. `500-500, 200-200`: of each, what `sizes` says takes the place of that in `settings`. */
  sizes: Record<ArchitectureKind, string>;
  settings: Settings;
}

const usual = Object.fromEntries(
  architectureKinds.map((kind) => [kind, architectureSchema.parse({ kind })]),
) as Settings;

/** The size of a network as text, as it is typed. */
function sizeOf(architecture: Architecture): string {
  switch (architecture.kind) {
    case 'mlp':
      return architecture.hidden.join('-');
    case 'cnn':
      return [architecture.channels, architecture.hidden].map((widths) => widths.join('-')).join('+');
    case 'lenet':
      return '';
    default:
      return String(architecture.blocks);
  }
}

export const firstArchitecture: ArchitectureFields = {
  kind: 'mlp',
  sizes: Object.fromEntries(
    architectureKinds.map((kind) => [kind, sizeOf(usual[kind])]),
  ) as ArchitectureFields['sizes'],
  settings: usual,
};

/** The fields of one architecture, to change them. */
export const architectureLike = (architecture: Architecture): ArchitectureFields => ({
  kind: architecture.kind,
  sizes: { ...firstArchitecture.sizes, [architecture.kind]: sizeOf(architecture) },
  settings: { ...usual, [architecture.kind]: architecture },
});

/** What sizes are, and how they are written. LeNet-5 has one. */
const sizeHelp: Record<Exclude<ArchitectureKind, 'lenet'>, string> = {
  mlp: 'Widths of the hidden layers, e.g. 500-500, 200-200-200',
  cnn: 'Channels of the convolutions + widths of the hidden layers, e.g. 32-32-64-64+512-512, 16-32+128',
  vit: 'Numbers of blocks, e.g. 6, 3',
  resnet: 'Blocks in each of three stages, e.g. 1, 3: networks of depth 8 and 20',
  mixer: 'Numbers of blocks, e.g. 4, 8',
};

const sizeForms: Record<Exclude<ArchitectureKind, 'lenet'>, RegExp> = {
  mlp: /^\d+(-\d+)*$/,
  cnn: /^\d+(-\d+)*\+(\d+(-\d+)*)?$/,
  vit: /^\d+$/,
  resnet: /^\d+$/,
  mixer: /^\d+$/,
};

const listed = (text: string): string[] =>
  text
    .replaceAll(/\s*\+\s*/g, '+')
    .split(/[,;\s]+/)
    .filter(Boolean);

/** The first problem of the fields; null: none. */
export function architectureProblem({ kind, sizes, settings }: ArchitectureFields): string | null {
  const missing = Object.entries(settings[kind]).find(([, value]) => Number.isNaN(value));
  if (missing) return `${hyperparameterTitle(`architecture.${missing[0]}`)}: enter a number`;
  if (kind === 'lenet') return null;
  const words = listed(sizes[kind]);
  if (words.length === 0) return 'Sizes: enter a size';
  const wrong = words.find((word) => !sizeForms[kind].test(word));
  if (wrong === undefined) return null;
  if (kind === 'cnn' && /^\d+(-\d+)*$/.test(wrong)) {
    return `Sizes: write a + between the channels and the hidden layers of "${wrong}", at its end if there are none`;
  }
  return `Sizes: "${wrong}" is not a size`;
}

/** One architecture for each size. */
export function architecturesOf({ kind, sizes, settings }: ArchitectureFields): object[] {
  const widths = (text: string): number[] => text.split('-').filter(Boolean).map(Number);
  if (kind === 'lenet') return [settings.lenet];
  return listed(sizes[kind]).map((size) => {
    if (kind === 'mlp') return { ...settings.mlp, hidden: widths(size) };
    if (kind !== 'cnn') return { ...settings[kind], blocks: Number(size) };
    const [channels = '', hidden = ''] = size.split('+');
    return { ...settings.cnn, channels: widths(channels), hidden: widths(hidden) };
  });
}

interface ArchitectureFormProps {
  fields: ArchitectureFields;
  onFields: (fields: ArchitectureFields) => void;
}

export function ArchitectureSelect({ fields, onFields }: ArchitectureFormProps) {
  return (
    <Select
      label="Architecture"
      allowDeselect={false}
      data={architectureKinds.map((kind) => ({ value: kind, label: architectureNames[kind] }))}
      value={fields.kind}
      onChange={(value) => onFields({ ...fields, kind: architectureKinds.find((each) => each === value) ?? 'mlp' })}
    />
  );
}

/** Sizes, for one network each, and below them the settings that all of them share. */
export function ArchitectureForm({ fields, onFields }: ArchitectureFormProps) {
  const { kind, sizes } = fields;
  return (
    <>
      {kind !== 'lenet' && (
        <TextInput
          label="Sizes"
          description={sizeHelp[kind]}
          className="add-sizes"
          value={sizes[kind]}
          onChange={(event) =>
            onFields({ ...fields, sizes: { ...sizes, [kind]: event.currentTarget.value.slice(0, 400) } })
          }
        />
      )}
      <SettingFields
        settings={fields.settings[kind]}
        onSettings={(settings) => onFields({ ...fields, settings: { ...fields.settings, [kind]: settings } })}
      />
    </>
  );
}

interface SettingFieldsProps {
  settings: Architecture;
  onSettings: (settings: Architecture) => void;
}

function SettingFields({ settings, onSettings }: SettingFieldsProps) {
  /** A number; `absent`: the one that stands for a field that the recipe leaves out. */
  const number = (
    key: string,
    value: number | undefined,
    { absent, step = 1 }: { absent?: number; step?: number } = {},
  ) => (
    <NumberInput
      key={key}
      label={hyperparameterTitle(`architecture.${key}`)}
      min={0}
      step={step}
      value={value ?? absent ?? Number.NaN}
      onChange={(typed) => {
        const next = typeof typed === 'number' ? typed : Number.NaN;
        onSettings(withField(settings, key, next === absent ? undefined : next));
      }}
    />
  );
  /** `usual`: what a recipe that leaves the field out has. */
  const batchNorm = (usual: boolean) => (
    <Checkbox
      className="add-sizes"
      label="Batch norm"
      checked={'batchNorm' in settings ? settings.batchNorm === true : usual}
      onChange={({ currentTarget: { checked } }) =>
        onSettings(withField(settings, 'batchNorm', checked === usual ? undefined : checked))
      }
    />
  );
  switch (settings.kind) {
    case 'mlp':
      return (
        <>
          {number('dropout', settings.dropout, { absent: 0, step: 0.1 })}
          {batchNorm(false)}
        </>
      );
    case 'cnn':
      return (
        <>
          <Select
            label="Images are halved by"
            allowDeselect={false}
            data={[
              { value: 'pooling', label: 'Max pooling' },
              { value: 'stride', label: 'Convolutions of stride 2' },
            ]}
            value={settings.downsampling ?? 'pooling'}
            onChange={(value) =>
              onSettings(withField(settings, 'downsampling', value === 'stride' ? value : undefined))
            }
          />
          {number('perStage', settings.perStage, { absent: 2 })}
          {number('dropout', settings.dropout, { step: 0.1 })}
          {batchNorm(true)}
        </>
      );
    case 'lenet':
      return null;
    case 'vit':
      return <>{(['patch', 'width', 'heads', 'headWidth', 'mlp'] as const).map((key) => number(key, settings[key]))}</>;
    case 'resnet':
      return number('width', settings.width);
    case 'mixer':
      return <>{(['patch', 'width', 'tokenMlp', 'mlp'] as const).map((key) => number(key, settings[key]))}</>;
  }
}

/** The settings with another value of a field; undefined: without it. */
function withField(settings: Architecture, key: string, value: unknown): Architecture {
  const changed = Object.entries({ ...settings, [key]: value }).filter(([, each]) => each !== undefined);
  return Object.fromEntries(changed) as Architecture;
}
