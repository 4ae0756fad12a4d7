export {
  architectureNames,
  kindName,
  paperKinds,
  parameterCount,
  type PaperKind,
} from './architectures.ts';
export { paperTrainings } from './paper-trainings.ts';
export { taughtNote } from './taught-note.ts';
export { checkRecipe } from './trainable.ts';
