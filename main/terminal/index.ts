export { commandOf } from './command.ts';
export {
  asideOption,
  chosenDataFolder,
  chosenEngine,
  classOption,
  columnsIn,
  existingPath,
  mapOption,
  meaningsIn,
  namesIn,
  oneOf,
  percent,
  root,
  wholeNumber,
  withReadOnlyWorkbench,
  withWorkbench,
  withWorkbenchBeside,
} from './context.ts';
export { exitCodes, printJson, printLine, printable, table, type Outcome } from './output.ts';
export { settingChoice, settingNumber, settingOption } from './setting-options.ts';
