import { Stack } from '@mantine/core';
import { useState } from 'react';
import { machineOptionsSchema } from '../../../main/contract/runs/machine-options.ts';
import { teachingSchema, usualTemperatures } from '../../../main/contributions/teaching/contract/design.ts';
import { generatorFor, generatorSettings } from '../../../main/domain/settings/generator-settings.ts';
import { machineSettings } from '../../../main/domain/settings/machine-settings.ts';
import { findSetting, readSettings } from '../../../main/domain/settings/settings.ts';
import { SettingFields } from '../../../renderer/ui/fields/setting-fields.tsx';

const temperatures = [findSetting(readSettings(teachingSchema), 'distill.temperatures')];

/** Fields of settings as screens use them, with what they passed on. */
export function Settings() {
  const [machine, setMachine] = useState(() => machineOptionsSchema.parse({ workers: 2 }));
  const [recipe, setRecipe] = useState(() => generatorFor({ width: 28, height: 28, channels: 1, trainCount: null }));
  const [saved, setSaved] = useState<number[]>([]);
  const [distill, setDistill] = useState({ temperatures: usualTemperatures });
  const [isShown, setShown] = useState(true);
  return (
    <Stack>
      <SettingFields
        isLazy
        settings={machineSettings}
        values={machine}
        onValues={setMachine}
        context={{ engines: [] }}
      />
      <p>workers: {machine.workers}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setSaved([...saved, recipe.steps]);
        }}
      >
        <SettingFields settings={generatorSettings} values={recipe} onValues={setRecipe} />
        <button type="submit">Save</button>
      </form>
      <p>saved steps: {saved.join(' ')}</p>
      {isShown && <SettingFields settings={temperatures} values={distill} onValues={setDistill} />}
      <p>temperatures: {distill.temperatures.join(' ')}</p>
      <button type="button" onClick={() => setShown(!isShown)}>
        {isShown ? 'Hide' : 'Show'}
      </button>
    </Stack>
  );
}
