import { Button, Group, Text } from '@mantine/core';
import type { NearestValue } from '../../main/contract/wire/errors.ts';
import { nearestText } from '../../main/domain/networks/trainable.ts';
import { recipeSettings, settingTitle } from '../../main/domain/settings/recipe-settings.ts';
import { allSettings } from '../../main/domain/settings/settings.ts';
import { toRefusal } from '../client/context.tsx';
import { changeWord, type Draft } from './setting-drafts.ts';
import './recipes.css';

/** A value that keeps a recipe from being trained, and the nearest ones that do not. */
export interface RefusedSetting {
  /** The setting in whose field this is shown. */
  path: string;
  what: string;
  nearest: readonly NearestValue[];
}

/** Null: nothing was refused, or not for a value that has a nearest one. */
export function refusedSetting(error: unknown): RefusedSetting | null {
  if (error === null) return null;
  const { what, nearest = [] } = toRefusal(error);
  const [first] = nearest;
  return first ? { path: first.path, what, nearest } : null;
}

interface RefusedNoteProps {
  refused: RefusedSetting;
  onTake: (nearest: NearestValue) => void;
}

/** Beside the field: why its value is refused, and a button for each value that is not. */
export function RefusedNote({ refused: { what, nearest }, onTake }: RefusedNoteProps) {
  return (
    <div className="refused-setting wide-field" role="alert">
      <Text size="sm">{what}.</Text>
      <Group gap="xs">
        {nearest.map((value) => (
          <Button key={value.path} size="compact-sm" onClick={() => onTake(value)}>
            {nearestText(value)}
          </Button>
        ))}
      </Group>
    </div>
  );
}

/** What stands at the foot of a form that shows the refusal beside its field. @param what cannot be trained */
export const refusedTitle = ({ path }: Pick<RefusedSetting, 'path'>, what = 'These'): string =>
  `${what} cannot be trained: see ${settingTitle(path).split(' (')[0]}`;

/** The fields with a nearest value in place of the refused one. */
export function takeNearest(draft: Draft, { path, from, to }: NearestValue): Draft {
  const kind = draft.architecture ?? '';
  const setting = allSettings(recipeSettings).find(
    (each) => each.path === path && (each.id === path || each.id.includes(`(${kind})`)),
  );
  return setting ? { ...draft, [setting.id]: changeWord(setting, draft, from, to) } : draft;
}
