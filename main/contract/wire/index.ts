export { idSchema, jobStarted, nothing, ofStudy, problemSchema, studyName } from './base.ts';
export { handedIn, handing } from './bridge.ts';
export { detach } from './detach.ts';
export { UserError, firstLine, messageOf, nullIf, problemOf, type NearestValue } from './errors.ts';
