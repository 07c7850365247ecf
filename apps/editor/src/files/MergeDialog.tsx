import { Button, Group, Radio, Stack, Text } from '@mantine/core';
import {
  type GraphDocument,
  mergeDocuments,
  parseDocument,
  RadiographError,
} from '@radiograph/graph';
import { useMemo, useState } from 'react';
import { applyEdit, documentStore, useDocument } from '../document/document-store.ts';
import { showFiles } from './files-store.ts';
import { saveGraph } from './save-file.ts';

/** Two versions of one file: everything that only one side changed is merged; where both did, the reader chooses. */
export function MergeDialog() {
  const save = useDocument((state) => state.save);
  const ours = useDocument(({ document }) => document);
  const base = useDocument(({ file }) => file.base);
  const theirs = useMemo(
    () => (save.type === 'stale' ? readTheirs(save.theirs?.text) : undefined),
    [save],
  );
  const [isOurs, setOurs] = useState(true);
  if (save.type !== 'stale') return null;
  if (theirs === undefined)
    return (
      <Choice text="The file was deleted, or is no graph any more." onKeep={() => settle(null)} />
    );
  const winner = isOurs ? { ours, theirs } : { ours: theirs, theirs: ours };
  const { document, conflicts } = mergeDocuments({ base, ...winner });
  const merge = () => {
    applyEdit({ label: 'Merge', apply: () => document });
    settle(save.theirs?.revision ?? null);
  };
  return (
    <Stack gap="sm">
      <Text size="sm">
        Another tab or program saved this file since you opened it. Nothing is lost: both versions
        are merged, and you can undo the merge.
      </Text>
      {conflicts.length > 0 && (
        <>
          <Radio.Group
            label={`Both sides changed ${conflicts.length === 1 ? 'this' : `these ${conflicts.length}`}; take`}
            value={isOurs ? 'ours' : 'theirs'}
            onChange={(value) => setOurs(value === 'ours')}
          >
            <Group mt={6}>
              <Radio value="ours" label="what is here" />
              <Radio value="theirs" label="what is in the file" />
            </Group>
          </Radio.Group>
          <Text component="ul" size="sm" ff="monospace" m={0}>
            {conflicts.map(({ path }) => (
              <li key={path}>{path}</li>
            ))}
          </Text>
        </>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={() => showFiles('save-as')}>
          Save mine under another name
        </Button>
        <Button onClick={merge}>Merge and save</Button>
      </Group>
    </Stack>
  );
}

function Choice({ text, onKeep }: { readonly text: string; readonly onKeep: () => void }) {
  return (
    <Stack>
      <Text size="sm">{text}</Text>
      <Group justify="flex-end">
        <Button onClick={onKeep}>Write it again</Button>
      </Group>
    </Stack>
  );
}

function readTheirs(text: string | undefined): GraphDocument | undefined {
  if (text === undefined) return undefined;
  try {
    return parseDocument(text);
  } catch (error) {
    if (error instanceof RadiographError) return undefined;
    throw error;
  }
}

function settle(revision: string | null): void {
  const { file } = documentStore.getState();
  documentStore.setState({ file: { ...file, revision }, save: { type: 'unsaved' } });
  showFiles(null);
  void saveGraph();
}
