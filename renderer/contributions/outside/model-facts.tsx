import { Box, Group, Title, SimpleGrid } from '@mantine/core';
import type { FoundModel, ModelFile, Tensor } from '../../../main/contributions/outside/contract/outside.ts';
import { hashName } from '../../../main/contributions/outside/contract/files.ts';
import { formatBytes, formatCount, formatInteger } from '../../../main/domain/numbers/index.ts';
import { PlainTable, withKeys } from '../../ui/tables/index.ts';
import { Fact } from '../../ui/parts/index.ts';

/** What a model's files say of themselves, before anything of them runs. */
export function ModelFacts({ found: { text, ...model } }: { found: FoundModel['files'] }) {
  return (
    <section aria-labelledby="model-facts">
      <Title id="model-facts" order={3} mb="sm" fz={15}>
        {text ? 'What the files hold' : 'What the file holds'}
      </Title>
      {text ? (
        <SimpleGrid cols={2} spacing="xl" verticalSpacing="lg">
          <div>
            <Title order={4} mb="xs">
              Image encoder
            </Title>
            <FileFacts file={model} />
          </div>
          <div>
            <Title order={4} mb="xs">
              Text encoder
            </Title>
            <FileFacts file={text.encoder} />
          </div>
          <div>
            <Title order={4} mb="xs">
              Tokenizer
            </Title>
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
        </SimpleGrid>
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
        <Fact name={hashName(files)}>
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
      <Box component="details" mt="sm">
        <summary>{formatCount(ops.length, 'kind')} of operations</summary>
        <Group component="ul" className="bare-list" mt="sm" gap="4px 16px">
          {ops.map(({ domain, op, count }) => (
            <li key={`${domain} ${op}`}>
              {domain !== '' && <span className="soft">{domain}.</span>}
              {op} <span className="soft">× {formatInteger(count)}</span>
            </li>
          ))}
        </Group>
      </Box>
      <Box component="details" mt="sm">
        <summary>
          {metadata.length === 0
            ? 'No metadata'
            : `${formatInteger(metadata.length)} ${metadata.length === 1 ? 'entry' : 'entries'} of metadata`}
        </summary>
        {metadata.length > 0 && (
          <PlainTable
            label="Metadata"
            maxHeight={240}
            rows={withKeys(metadata)}
            rowKey={({ key }) => key}
            columns={[
              { title: 'Key', cell: ({ item }) => <bdi>{item.key}</bdi> },
              { title: 'Value', cell: ({ item }) => <bdi className="as-written">{item.value}</bdi> },
            ]}
          />
        )}
      </Box>
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
