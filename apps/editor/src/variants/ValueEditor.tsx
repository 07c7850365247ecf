import { ActionIcon, Group, MultiSelect, SimpleGrid, Text, TextInput } from '@mantine/core';
import { type DocumentEdge, parseDocument, type VariantValue, wireName } from '@radiograph/graph';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useCatalog } from '../catalog/catalog.ts';
import { applyEdit, useDocument } from '../document/document-store.ts';
import { setAxisValue, withList } from './edit-variants.ts';
import { listPossibleWires } from './possible-wires.ts';
import styles from './Variants.module.css';

type ValueEditorProps = {
  readonly axis: string;
  readonly name: string;
  readonly value: VariantValue;
};

/** What one value of an axis changes: parameters, disabled nodes, wires cut and drawn. */
export function ValueEditor({ axis, name, value }: ValueEditorProps) {
  const document = useDocument((state) => state.document);
  const catalog = useCatalog();
  const change = (next: VariantValue | undefined) =>
    applyEdit({ label: 'Edit variant', apply: setAxisValue(axis, name, next) });
  const wires = document.edges.map(wireName);
  const possible = listPossibleWires(document, catalog);
  return (
    <div className={styles.value}>
      <Group justify="space-between">
        <Text fw={550}>{name}</Text>
        <ActionIcon
          size="sm"
          aria-label={`Remove ${axis} ${name}`}
          onClick={() => change(undefined)}
        >
          <IconTrash size={14} />
        </ActionIcon>
      </Group>
      <SetField value={value} onChange={change} />
      <SimpleGrid cols={3} spacing="xs">
        <MultiSelect
          {...common}
          label="Disable"
          placeholder={(value.disable ?? []).length === 0 ? 'nothing' : ''}
          data={Object.keys(document.nodes)}
          value={value.disable ?? []}
          onChange={(ids) => change(withList(value, 'disable', ids))}
        />
        <MultiSelect
          {...common}
          label="Disconnect"
          placeholder={(value.disconnect ?? []).length === 0 ? 'nothing' : ''}
          data={[...new Set([...wires, ...(value.disconnect ?? []).map(wireName)])]}
          value={(value.disconnect ?? []).map(wireName)}
          onChange={(names) => change(withList(value, 'disconnect', names.map(toEdge)))}
        />
        <MultiSelect
          {...common}
          label="Connect"
          placeholder={(value.connect ?? []).length === 0 ? 'nothing' : ''}
          limit={60}
          data={[...new Set([...possible, ...(value.connect ?? []).map(wireName)])]}
          value={(value.connect ?? []).map(wireName)}
          onChange={(names) => change(withList(value, 'connect', names.map(toEdge)))}
        />
      </SimpleGrid>
    </div>
  );
}

function toEdge(name: string): DocumentEdge {
  const [from = '', to = ''] = name.split(' -> ');
  return { from, to };
}

const common = { size: 'xs', searchable: true, hidePickedOptions: true } as const;

type SetFieldProps = {
  readonly value: VariantValue;
  readonly onChange: (value: VariantValue) => void;
};

/** Parameters as `mixer.rho=0.5`, one after another; values are JSON. */
function SetField({ value, onChange }: SetFieldProps) {
  const printed = Object.entries(value.set ?? {})
    .map(([key, one]) => `${key}=${JSON.stringify(one)}`)
    .join('; ');
  const [text, setText] = useState(printed);
  const parsed = parseSettings(text);
  return (
    <TextInput
      size="xs"
      label="Set parameters"
      placeholder='mixer.rho=0.5; mixer.mode="concatenate"'
      value={text}
      error={typeof parsed === 'string' ? parsed : undefined}
      onChange={({ target }) => setText(target.value)}
      onBlur={() =>
        typeof parsed !== 'string' && text !== printed && onChange(withList(value, 'set', parsed))
      }
    />
  );
}

/** Returns the settings, or what is wrong with the text. */
function parseSettings(text: string): NonNullable<VariantValue['set']> | string {
  const parts = text.split(';').map((part) => part.trim());
  const settings: Record<string, unknown> = {};
  for (const part of parts.filter(Boolean)) {
    const [key = '', ...rest] = part.split('=');
    try {
      settings[key.trim()] = JSON.parse(rest.join('='));
    } catch {
      return `expected node.parameter=value, got ${part}`;
    }
  }
  return checkSettings(settings);
}

/** The document's own schema says which references and values are accepted. */
function checkSettings(set: Record<string, unknown>): NonNullable<VariantValue['set']> | string {
  try {
    const probe = {
      format: 'radiograph/1',
      name: '',
      nodes: {},
      variants: { axis: { value: { set } } },
    };
    return parseDocument(JSON.stringify(probe)).variants?.axis?.value?.set ?? {};
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
