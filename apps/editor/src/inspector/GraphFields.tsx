import { NumberInput, Text, Textarea, TextInput } from '@mantine/core';
import { applyEdit, useDocument } from '../document/document-store.ts';
import { setDataFolder } from '../document/edits.ts';
import styles from './Inspector.module.css';

/** The fields of the graph itself, shown while nothing is selected. */
export function GraphFields() {
  const document = useDocument((state) => state.document);
  const set = (fields: { name?: string; description?: string; seed?: number }) =>
    applyEdit({
      label: 'Edit the graph’s fields',
      apply: (before) => ({ ...before, ...fields }),
      mergeKey: `graph ${Object.keys(fields).join()}`,
    });
  const exposed = Object.entries(document.expose ?? {});
  return (
    <div className={styles.form}>
      <Text component="h2" fw={650} m={0}>
        Graph
      </Text>
      <TextInput
        label="Name"
        value={document.name}
        onChange={({ target }) => set({ name: target.value })}
      />
      <Textarea
        label="Description"
        autosize
        minRows={3}
        maxRows={10}
        value={document.description}
        onChange={({ target }) => set({ description: target.value })}
      />
      <NumberInput
        label="Seed"
        description="Every random number of a run depends on it."
        min={0}
        max={0xffffffff}
        allowDecimal={false}
        value={document.seed}
        onChange={(seed) => typeof seed === 'number' && set({ seed })}
      />
      <TextInput
        label="Data folder"
        description="What $RADIOGRAPH_DATA stands for in this graph’s paths; moving the data reruns nothing."
        placeholder="$RADIOGRAPH_DATA of the environment"
        value={document.data ?? ''}
        onChange={({ target: { value } }) =>
          applyEdit({
            label: 'Change the data folder',
            apply: setDataFolder(value),
            mergeKey: 'graph data',
          })
        }
      />
      {exposed.length > 0 && (
        <div>
          <Text size="sm" fw={500}>
            Settable from outside
          </Text>
          {exposed.map(([name, reference]) => (
            <Text key={name} size="sm" ff="monospace" c="var(--soft)">
              --set {name}= → {reference}
            </Text>
          ))}
        </div>
      )}
    </div>
  );
}
