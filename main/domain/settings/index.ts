export { axisFormat, axisTicks, type ChartAxis } from './axes.ts';
export { generatorFor } from './generator-settings.ts';
export { machineSettings } from './machine-settings.ts';
export { sweepSettings } from './model-settings.ts';
export {
  recipeSettings,
  settingAt,
  settingText,
  settingTitle,
  usualRecipe,
  variedSettings,
} from './recipe-settings.ts';
export {
  findSetting,
  helpOf,
  isRecord,
  issueText,
  limitsOf,
  readSettings,
  settingsOfKind,
  shownValue,
  titleOf,
  usualValues,
  type Setting,
} from './settings.ts';
export { disagreementSettings } from './stimuli-settings.ts';
export { levelName } from './sweep-levels.ts';
