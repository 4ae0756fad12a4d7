import { findSetting, helpOf, type Setting } from '../../domain/settings.ts';
import { wholeNumber } from './context.ts';

/** Options of commands that are settings: their help and limits are those of the declaration. */

const flagOf = ({ key }: Setting): string => `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** What Commander's `option` takes: `--seeds-per-step <number>` and what it means. */
export function settingOption(settings: readonly Setting[], path: string): [flags: string, help: string] {
  const setting = findSetting(settings, path);
  const { shape, usual } = setting;
  const choices = shape.type === 'choice' ? `: ${shape.choices.join(', ')}` : '';
  const first = usual === undefined ? '' : ` (default: ${String(usual)})`;
  return [
    `${flagOf(setting)} <${shape.type === 'number' ? 'number' : 'name'}>`,
    `${helpOf(setting)}${choices}${first}`,
  ];
}

/** @returns undefined where the option was not given @throws UserError `option.not-a-number` */
export function settingNumber(settings: readonly Setting[], path: string, text: string | undefined) {
  const setting = findSetting(settings, path);
  const { shape } = setting;
  if (text === undefined || shape.type !== 'number') return undefined;
  return wholeNumber(text, flagOf(setting), shape.min ?? 0, shape.max ?? Number.MAX_SAFE_INTEGER);
}
