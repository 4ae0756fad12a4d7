import { UserError } from '../../contract/errors.ts';
import type { Storage } from '../../storage/index.ts';

const longest = 64;

/** The name itself where it is free, else `name 2`, `name 3`... Names of deleted studies are taken until they are gone. */
export function freeName({ studies }: Pick<Storage, 'studies'>, wanted: string): string {
  for (let number = 1; ; number++) {
    const ending = number === 1 ? '' : ` ${number}`;
    const name = `${wanted.slice(0, longest - ending.length)}${ending}`;
    if (!studies.byName(name)) return name;
  }
}

/** @throws UserError `study.name-taken` */
export function refuseTaken({ studies }: Pick<Storage, 'studies'>, name: string): void {
  const there = studies.byName(name);
  if (!there) return;
  throw new UserError({
    code: 'study.name-taken',
    what: there.deletedAt === null ? 'There is a study of this name already' : 'A deleted study still has this name',
    where: `study ${name}`,
    remedy:
      there.deletedAt === null ? 'Choose another name.' : 'Bring it back, delete it for good, or choose another name.',
  });
}
