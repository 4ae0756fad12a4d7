export { levelsFactorSchema, recipePathSchema, shortNameSchema, type Level, type LevelsFactor } from './levels.ts';
export {
  cifarLabelsSchema,
  dataSetSchema,
  folderSourceSchema,
  nameSchema,
  studyNamesSchema,
  studySchema,
  studySchemaWith,
  toolboxLabelersSchema,
  type DataSetSource,
  type ModelsSpec,
  type Study,
  type StudyInput,
  type ToolboxLabelers,
} from './study.ts';
