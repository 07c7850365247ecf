import { Button, Group, Text, Title } from '@mantine/core';
import { IconTemplate } from '@tabler/icons-react';
import { useDocument } from '../document/document-store.ts';
import { showFiles } from '../files/files-store.ts';

/** What an empty document shows: how to begin. */
export function EmptyCanvas() {
  const isEmpty = useDocument(
    ({ document: { nodes, notes } }) =>
      Object.keys(nodes).length === 0 && (notes ?? []).length === 0,
  );
  if (!isEmpty) return null;
  return (
    <div className="canvas-empty">
      <div>
        <Title order={2} size="h3">
          An empty graph
        </Title>
        <Text c="var(--soft)" mt={6} mb="md">
          Drag a node from the left, or press Enter on one. Then pull a wire from an output: only
          nodes that fit are offered.
        </Text>
        <Group justify="center">
          <Button
            variant="light"
            leftSection={<IconTemplate size={16} />}
            onClick={() => showFiles('open')}
          >
            Start from a template
          </Button>
        </Group>
      </div>
    </div>
  );
}
