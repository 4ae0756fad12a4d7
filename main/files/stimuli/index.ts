export {
  anchorColumns,
  channelsColumn,
  descriptionName,
  manifestName,
  optional,
  required,
  schemaNames,
  stimuliError,
  truthColumn,
  type descriptionSchema,
} from './manifest.ts';
