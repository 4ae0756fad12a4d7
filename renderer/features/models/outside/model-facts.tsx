import type { FoundModel } from '../../../../main/contract/outside-models.ts';
import type { ModelFile, Tensor } from '../../../../main/contract/outside.ts';
import { formatBytes, formatCount, formatInteger } from '../../../../main/domain/format.ts';
import { TableHead, withKeys } from '../../../ui/plain-table.tsx';
import { Fact } from '../../../ui/states.tsx';

/** What a model's files say of themselves, before anything of them runs. */
export function ModelFacts({ found: { text, ...model } }: { found: FoundModel['files'] }) {
  return (
    <section aria-labelledby="model-facts">
      <h3 id="model-facts" className="outside-heading">
        {text ? 'What the files hold' : 'What the file holds'}
      </h3>
      {text ? (
        <div className="outside-encoders">
          <div>
            <h4 className="outside-subheading">Image encoder</h4>
            <FileFacts file={model} />
          </div>
          <div>
            <h4 className="outside-subheading">Text encoder</h4>
            <FileFacts file={text.encoder} />
          </div>
          <div>
            <h4 className="outside-subheading">Tokenizer</h4>
            <dl className="facts">
              <Fact name="File">
                {text.tokenizer.name} ({formatBytes(text.tokenizer.bytes)})
              </Fact>
              <Fact name="SHA-256">
                <code>{text.tokenizer.hash}</code>
              </Fact>
              <Fact name="Kind">{text.tokenizer.kind}</Fact>
              <Fact name="Tokens">{formatInteger(text.tokenizer.tokens)}</Fact>
            </dl>
          </div>
        </div>
      ) : (
        <FileFacts file={model} />
      )}
    </section>
  );
}

function FileFacts({ file }: { file: ModelFile }) {
  const { files, hash, opset, irVersion, producer, parameters, inputs, outputs, ops, metadata } = file;
  return (
    <>
      <dl className="facts">
        <Fact name={files.length === 1 ? 'File' : 'Files'}>
          {files.map(({ name, bytes }) => `${name} (${formatBytes(bytes)})`).join(', ')}
        </Fact>
        <Fact name="SHA-256">
          <code>{hash}</code>
        </Fact>
        <Fact name="Format">
          ONNX, opset {opset}, IR version {irVersion}
          {producer !== '' && `, written by ${producer}`}
        </Fact>
        <Fact name="Parameters">{formatInteger(parameters)}</Fact>
        <Fact name="Inputs">
          <Tensors tensors={inputs} />
        </Fact>
        <Fact name="Outputs">
          <Tensors tensors={outputs} />
        </Fact>
      </dl>
      <details className="outside-details">
        <summary>{formatCount(ops.length, 'kind')} of operations</summary>
        <ul className="outside-ops">
          {ops.map(({ domain, op, count }) => (
            <li key={`${domain} ${op}`}>
              {domain !== '' && <span className="soft">{domain}.</span>}
              {op} <span className="soft">× {formatInteger(count)}</span>
            </li>
          ))}
        </ul>
      </details>
      <details className="outside-details">
        <summary>
          {metadata.length === 0
            ? 'No metadata'
            : `${formatInteger(metadata.length)} ${metadata.length === 1 ? 'entry' : 'entries'} of metadata`}
        </summary>
        {metadata.length > 0 && (
          <table className="plain-table outside-metadata">
            <TableHead names={['Key', 'Value']} />
            <tbody>
              {withKeys(metadata).map(({ key: place, item: { key, value } }) => (
                <tr key={place}>
                  <th scope="row">
                    <bdi>{key}</bdi>
                  </th>
                  <td>
                    <bdi>{value}</bdi>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </details>
    </>
  );
}

function Tensors({ tensors }: { tensors: readonly Tensor[] }) {
  return (
    <ul className="plain-list">
      {tensors.map((tensor) => (
        <li key={tensor.name}>
          <bdi>{tensor.name}</bdi>{' '}
          <span className="soft">
            {tensor.type} {shapeText(tensor)}
            {tensor.op !== undefined && `, from ${tensor.op}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

const shapeText = ({ shape }: Tensor): string =>
  shape === null ? 'of any shape' : `[${shape.map((side) => side ?? '?').join(', ')}]`;
