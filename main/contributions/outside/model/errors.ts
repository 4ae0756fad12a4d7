import { UserError } from '../../../contract/wire/index.ts';

/** An error about a model of others. @param code e.g. `inputs`, becomes `outside.inputs` */
export const outsideError = (code: string, what: string, where: string, remedy: string): UserError =>
  new UserError(`outside.${code}`, what, where, remedy);
