export { ArchitectureMark, RehearsalMark, RunState, StateMark, TypeBadge, architectureColor } from './badges.tsx';
export { ClassName } from './class-name.tsx';
export { plainColor, resolveColor } from './colors.ts';
export { RehearsalProvider, capitalize, usePeople, useRehearsal } from './rehearsal.tsx';
export { shadeStyle } from './shade.ts';
export { SetName, Term } from './terms.tsx';
export { Ago, Bytes, Share, Undefined, Until } from './values.tsx';
export { Verdict } from './verdict.tsx';
