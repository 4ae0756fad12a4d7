import { findSetting, helpOf, type Setting } from '../domain/settings/settings.ts';
import { oneOf, wholeNumber } from './context.ts';

/** Options of commands that are settings: their help and limits are those of the declaration. */

const flagOf = ({ key }: Setting): string => `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/**
 * What Commander's `option` takes: `--seeds-per-step <number>` and what it means. A choice comes without its default: the
 * engine's is BOUNDARY_ENGINE, where that is set.
 */
export function settingOption(
  settings: readonly Setting[],
  path: string,
  flag = flagOf(findSetting(settings, path)),
): [flags: string, help: string] {
  const setting = findSetting(settings, path);
  const { shape, usual } = setting;
  const first = usual === undefined || usual === null ? '' : ` (default: ${String(usual)})`;
  const more = shape.type === 'choice' ? `. One of: ${shape.choices.join(', ')}` : first;
  return [
    `${flag} <${shape.type === 'number' || shape.type === 'text' ? shape.type : 'name'}>`,
    `${helpOf(setting)}${more}`,
  ];
}

/** @returns undefined where the option was not given @throws UserError `option.not-a-number` */
export function settingNumber(
  settings: readonly Setting[],
  path: string,
  text: string | undefined,
  flag = flagOf(findSetting(settings, path)),
) {
  const { shape } = findSetting(settings, path);
  if (text === undefined || shape.type !== 'number') return undefined;
  return wholeNumber(text, flag, shape.min ?? Number.MIN_SAFE_INTEGER, shape.max ?? Number.MAX_SAFE_INTEGER);
}

/** @returns undefined where the option was not given @throws UserError `option.unknown-word` */
export function settingChoice(settings: readonly Setting[], path: string, text: string | undefined) {
  const setting = findSetting(settings, path);
  const { shape } = setting;
  return text === undefined || shape.type !== 'choice' ? undefined : oneOf(text, shape.choices, flagOf(setting));
}
