import { Button, Box, Group, Title } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { z } from 'zod';
import {
  mostPrompts,
  type TextMapping,
  textMappingSchema,
} from '../../../main/contributions/outside/contract/outside.ts';
import { className, formatCount, formatInteger } from '../../../main/domain/numbers/index.ts';
import { wordFor } from '../../../main/contributions/outside/contract/files.ts';
import { promptProblem, promptsOf, templateSets } from '../../../main/contributions/outside/model/prompts.ts';
import { ClassName } from '../../ui/words/index.ts';
import { ChoiceField, NumberField, TextArea, TextField } from '../../ui/fields/index.ts';
import { withKeys } from '../../ui/tables/index.ts';
import { useClassRows } from './class-rows.tsx';

interface PromptFormProps {
  /** May have no template, or no word for a class yet. */
  text: TextMapping;
  classes: readonly string[];
  /** Outputs of the text encoder that can be chosen. */
  outputs: readonly string[];
  onChange: (text: TextMapping) => void;
}

/** Which prompts name the classes, and how they are encoded. */
export function PromptForm({ text, classes, outputs, onChange }: PromptFormProps) {
  const problem = useMemo(() => promptProblem(text, classes), [text, classes]);
  return (
    <>
      <Templates
        templates={text.templates}
        error={problem?.about === 'templates' ? problem.text : null}
        onChange={(templates) => onChange({ ...text, templates })}
      />
      <Words classes={classes} words={text.words} onChange={(words) => onChange({ ...text, words })} />
      <Preview text={text} classes={classes} />
      <Encoding text={text} outputs={outputs} onChange={onChange} />
    </>
  );
}

interface TemplatesProps {
  templates: readonly string[];
  error: string | null;
  onChange: (templates: string[]) => void;
}

const ownTemplates = 'As entered';

/** A template on each line, so that long lists can be pasted. */
function Templates({ templates, error, onChange }: TemplatesProps) {
  /** What is typed, with lines that are empty still; null: the templates as they are. */
  const [typed, setTyped] = useState<string | null>(null);
  /** What was entered last, in case a set was chosen by mistake. */
  const [own, setOwn] = useState<string[] | null>(null);
  const set = templateSets.find((each) => each.templates.join('\n') === templates.join('\n'));
  const choose = (name: string | null): void => {
    const chosen = templateSets.find((each) => each.name === name)?.templates ?? (name === ownTemplates ? own : null);
    if (chosen) onChange([...chosen]);
    setTyped(null);
  };
  return (
    <div className="outside-templates">
      <ChoiceField
        label="Start from"
        description={set?.source ?? 'Templates of your own'}
        value={set?.name ?? ownTemplates}
        options={[...templateSets.map(({ name }) => name), ...(own !== null || !set ? [ownTemplates] : [])]}
        onChange={choose}
      />
      <TextArea
        label="Templates, one on each line"
        description="{class} stands for each word of a class. A class is the mean of its prompts’ vectors"
        error={error}
        autosize
        minRows={3}
        maxRows={12}
        spellCheck={false}
        value={typed ?? templates.join('\n')}
        onChange={(text) => {
          const next = listed(text, '\n');
          setTyped(text);
          setOwn(next);
          onChange(next);
        }}
        onBlur={() => setTyped(null)}
      />
    </div>
  );
}

const listed = (text: string, between: string): string[] =>
  text
    .split(between)
    .map((part) => part.trim())
    .filter((part) => part !== '');

interface WordsProps {
  classes: readonly string[];
  words: TextMapping['words'];
  onChange: (words: TextMapping['words']) => void;
}

function Words({ classes, words, onChange }: WordsProps) {
  const { field, rows, note } = useClassRows(classes);
  const names = classes.map((name) => [wordFor(name)]);
  return (
    <section aria-labelledby="prompt-words">
      <Group gap="8px 16px" mt="md" mb="sm">
        <Title id="prompt-words" order={4}>
          Words for each class
        </Title>
        {field}
        <span className="soft">One, or several separated by commas.</span>
        {JSON.stringify(names) !== JSON.stringify(words) && (
          <Button size="compact-xs" onClick={() => onChange(names)}>
            Use the names of the classes
          </Button>
        )}
      </Group>
      <div className="column-fields">
        {rows.map((k) => (
          <WordsField
            key={classes[k]}
            name={className(classes, k)}
            words={words[k] ?? []}
            onChange={(next) => onChange(words.map((each, at) => (at === k ? next : each)))}
          />
        ))}
      </div>
      {note}
    </section>
  );
}

interface WordsFieldProps {
  /** Name of the class. */
  name: string;
  words: readonly string[];
  onChange: (words: string[]) => void;
}

function WordsField({ name, words, onChange }: WordsFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <TextField
      label={<ClassName name={name} width={190} />}
      aria-label={`Words for ${name}`}
      error={words.length === 0}
      spellCheck={false}
      value={typed ?? words.join(', ')}
      onChange={(text) => {
        setTyped(text);
        onChange(listed(text, ','));
      }}
      onBlur={() => setTyped(null)}
    />
  );
}

/** Prompts that are shown of a class. */
const mostShown = 12;

/** The prompts of a class, and how many there are of all. */
function Preview({ text: { templates, words }, classes }: { text: TextMapping; classes: readonly string[] }) {
  const [chosen, setChosen] = useState(0);
  const ofClass = words[chosen] ?? [];
  const [prompts = []] = promptsOf({ templates, words: [ofClass] });
  const all = words.flat().length;
  return (
    <Box component="section" className="outside-templates" my="lg" aria-label="Preview of the prompts">
      <ChoiceField
        label="Preview the prompts of"
        searchable={classes.length > 20}
        limit={100}
        value={String(chosen)}
        options={classes.map((label, k) => ({ value: String(k), label }))}
        onChange={(k) => setChosen(Number(k))}
      />
      <div>
        <Box component="ul" className="panel bare-list breaks-words" mb="sm" p="8px 12px" hidden={prompts.length === 0}>
          {withKeys(prompts.slice(0, mostShown)).map(({ key, item }) => (
            <li key={key}>
              <bdi>{item}</bdi>
            </li>
          ))}
        </Box>
        <p className="soft">
          {prompts.length > mostShown && `And ${formatInteger(prompts.length - mostShown)} more. `}
          {formatCount(templates.length * all, 'prompt')} in all: {formatCount(templates.length, 'template')} times{' '}
          {formatCount(all, 'word')}, of at most {formatInteger(mostPrompts)}.
        </p>
      </div>
    </Box>
  );
}

const { scale, length, pad } = textMappingSchema.shape;

const bounds = ({ minValue, maxValue }: z.ZodNumber) => ({ min: minValue ?? 0, max: maxValue ?? Number.MAX_VALUE });

/** How prompts are encoded and compared with images. */
function Encoding({ text, outputs, onChange }: Pick<PromptFormProps, 'text' | 'outputs' | 'onChange'>) {
  return (
    <>
      <NumberField
        w={240}
        label="Scale (1 / temperature)"
        description="Times the cosine: changes softmax, but no label"
        {...bounds(scale)}
        decimals={4}
        value={text.scale}
        onChange={(value) => onChange({ ...text, scale: value })}
      />
      <Box component="details" mt="sm">
        <summary>Tokens of a prompt, and the text encoder’s inputs and output</summary>
        <Box className="column-fields" my="sm">
          <NumberField
            label="Tokens of a prompt"
            {...bounds(length)}
            value={text.length}
            onChange={(value) => onChange({ ...text, length: value })}
          />
          <NumberField
            label="Token that fills prompts"
            {...bounds(pad)}
            value={text.pad}
            onChange={(value) => onChange({ ...text, pad: value })}
          />
          <ChoiceField
            label="Output for prompts"
            value={text.output}
            options={outputs}
            onChange={(output) => onChange({ ...text, output })}
          />
        </Box>
        <p className="soft">
          Tokens go to the input <bdi>{text.ids}</bdi> ({text.element}),{' '}
          {text.mask === null ? (
            'and the encoder takes no mask.'
          ) : (
            <>
              and their mask to <bdi>{text.mask}</bdi>.
            </>
          )}{' '}
          A prompt with more tokens is refused, not cut off.
        </p>
      </Box>
    </>
  );
}
