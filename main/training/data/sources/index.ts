export { idxIn, idxName, type IdxPaths } from './idx-folder.ts';
