export { axisFormat, axisTicks, type ChartAxis } from './axes.ts';
export { generatorFor } from './generator-settings.ts';
export { levelName } from './level-names.ts';
export { machineSettings } from './machine-settings.ts';
export {
  recipeSettings,
  settingAt,
  settingText,
  settingTitle,
  stoppingTitle,
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
