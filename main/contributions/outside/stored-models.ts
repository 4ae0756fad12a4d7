import { isBelow } from '../../domain/data/index.ts';
import { canonicalJson } from '../../domain/plans/index.ts';
import type { ArchivedModel, StoredFiles, StoredModels } from '../../services/workbench/index.ts';
import { listFiles, mappingOf, partsOf, specOf } from './contract/files.ts';
import { type FoundFiles, foundFilesSchema, type OutsideModel, outsideModelSchema } from './contract/outside.ts';
import { commonHash } from './model/common-hash.ts';

const check = ({ kind, spec, found }: ArchivedModel): StoredFiles => {
  const [model, files] = [outsideModelSchema.safeParse(spec).data, foundFilesSchema.safeParse(found).data];
  return model && files && model.kind === kind && areNamed(model, files)
    ? {
        files: listFiles(partsOf(files))
          .flat()
          .map(({ hash }) => hash),
      }
    : { fault: 'the file of an outside model is not the one that its hash names' };
};

/** Models of files. */
export const storedModels: StoredModels = {
  module: 'contributions/outside/stored-models',
  kinds: { onnx: check, 'image-text': check },
};

/** Whether the files of a model are those that its identity is made of, and external data lie in its folder or below. */
function areNamed(model: OutsideModel, files: FoundFiles): boolean {
  const named = specOf(mappingOf(model), files);
  const networks = [files, ...(files.text ? [files.text.encoder] : [])];
  return (
    named !== null &&
    canonicalJson(named) === canonicalJson(model) &&
    networks.every((each) => commonHash(each.files) === each.hash && each.files.every(({ name }) => isBelow(name)))
  );
}
