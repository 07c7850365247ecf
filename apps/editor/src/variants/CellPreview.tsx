import { Button, Group, Select, Text } from '@mantine/core';
import { applyVariants, type Cell, diffDocuments, RadiographError } from '@radiograph/graph';
import { useState } from 'react';
import { showDialog } from '../commands/dialog-store.ts';
import { documentStore, useDocument } from '../document/document-store.ts';
import { openAsOwn } from '../files/open-file.ts';
import styles from './Variants.module.css';

/** One cell of the ablation: what it changes, and the whole graph of it as a new file. */
export function CellPreview() {
  const document = useDocument((state) => state.document);
  const [cell, setCell] = useState<Cell>({});
  const result = tryCell(document, cell);
  return (
    <section className={styles.axis} aria-label="One combination">
      <Text fw={650}>See a combination as a graph</Text>
      <Group grow>
        {Object.entries(document.variants ?? {}).map(([axis, values]) => (
          <Select
            key={axis}
            size="xs"
            label={axis}
            clearable
            placeholder="as drawn"
            data={Object.keys(values)}
            value={cell[axis] ?? null}
            onChange={(value) => {
              const { [axis]: _, ...rest } = cell;
              setCell(value === null ? rest : { ...rest, [axis]: value });
            }}
          />
        ))}
      </Group>
      {typeof result === 'string' ? (
        <Text size="sm" c="var(--bad)">
          {result}
        </Text>
      ) : (
        <>
          <ul className={styles.changes}>
            {diffDocuments(document, result)
              .filter(({ path }) => !path.startsWith('variants.'))
              .map(({ path, before, after }) => (
                <li key={path}>
                  <code>{path}</code>: {JSON.stringify(before) ?? 'nothing'} →{' '}
                  {JSON.stringify(after) ?? 'nothing'}
                </li>
              ))}
          </ul>
          <Button
            variant="light"
            size="compact-sm"
            style={{ justifySelf: 'start' }}
            onClick={() => {
              showDialog(null);
              openAsOwn(result, { path: documentStore.getState().file.path, values: cell });
            }}
          >
            Open as a graph of its own
          </Button>
        </>
      )}
    </section>
  );
}

type Document = Parameters<typeof applyVariants>[0];

function tryCell(document: Document, cell: Cell): Document | string {
  try {
    return applyVariants(document, cell);
  } catch (error) {
    if (error instanceof RadiographError) return error.message;
    throw error;
  }
}
