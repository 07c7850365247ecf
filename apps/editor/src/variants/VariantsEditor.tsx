import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import type { GraphDocument } from '@radiograph/graph';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { applyEdit, useDocument } from '../document/document-store.ts';
import { CellPreview } from './CellPreview.tsx';
import { removeAxis, setAxis, setAxisValue } from './edit-variants.ts';
import { ValueEditor } from './ValueEditor.tsx';
import styles from './Variants.module.css';

const none: NonNullable<GraphDocument['variants']> = {};

/** The axes of the document's variants: each value says what it changes; a cell of the ablation is a whole graph. */
export function VariantsEditor() {
  const axes = useDocument(({ document }) => document.variants ?? none);
  return (
    <Stack>
      <Text size="sm" c="var(--soft)">
        An axis is a question of an ablation, such as the supervision; its values are the answers
        that are compared. Every combination runs as a graph of its own, and shares every step that
        it has in common.
      </Text>
      {Object.entries(axes).map(([axis, values]) => (
        <section key={axis} className={styles.axis} aria-label={`Axis ${axis}`}>
          <Group justify="space-between">
            <Text fw={650}>{axis}</Text>
            <ActionIcon
              aria-label={`Remove axis ${axis}`}
              onClick={() => applyEdit({ label: 'Remove axis', apply: removeAxis(axis) })}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
          {Object.entries(values).map(([name, value]) => (
            <ValueEditor key={name} axis={axis} name={name} value={value} />
          ))}
          <AddName
            label={`New value of ${axis}`}
            taken={Object.keys(values)}
            onAdd={(name) => applyEdit({ label: 'Add value', apply: setAxisValue(axis, name, {}) })}
          />
        </section>
      ))}
      <AddName
        label="New axis"
        taken={Object.keys(axes)}
        onAdd={(name) => applyEdit({ label: 'Add axis', apply: setAxis(name, {}) })}
      />
      {Object.keys(axes).length > 0 && <CellPreview />}
    </Stack>
  );
}

type AddNameProps = {
  readonly label: string;
  readonly taken: readonly string[];
  readonly onAdd: (name: string) => void;
};

function AddName({ label, taken, onAdd }: AddNameProps) {
  const [name, setName] = useState('');
  const isTaken = taken.includes(name.trim());
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === '' || isTaken) return;
        onAdd(name.trim());
        setName('');
      }}
    >
      <Group gap="xs" align="flex-start">
        <TextInput
          flex={1}
          aria-label={label}
          placeholder={label}
          value={name}
          error={isTaken ? 'This name is taken.' : undefined}
          onChange={({ target }) => setName(target.value)}
        />
        <Button type="submit" variant="light" leftSection={<IconPlus size={15} />}>
          Add
        </Button>
      </Group>
    </form>
  );
}
