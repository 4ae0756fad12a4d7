export { useClassFilter } from './class-filter.tsx';
export {
  CheckField,
  ChoiceField,
  FilePick,
  NumberField,
  Segments,
  SwitchField,
  TextArea,
  TextField,
  submitting,
} from './fields.tsx';
export { NumberSetting, SettingFields } from './setting-fields.tsx';
