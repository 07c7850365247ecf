import { ActionIcon, Button, Group, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconCommand } from '@tabler/icons-react';
import { redo, undo, useDocument } from '../document/document-store.ts';
import styles from './CommandButtons.module.css';
import { showDialog } from './dialog-store.ts';

/** Undo, redo and the command palette, in the header. */
export function CommandButtons() {
  const undone = useDocument(({ past }) => past.at(-1)?.label);
  const redone = useDocument(({ future }) => future[0]?.label);
  return (
    <Group gap={4} wrap="nowrap">
      <Tooltip label={undone === undefined ? 'Nothing to undo' : `Undo: ${undone}`}>
        <ActionIcon aria-label="Undo" data-disabled={undone === undefined} onClick={undo}>
          <IconArrowBackUp size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={redone === undefined ? 'Nothing to redo' : `Redo: ${redone}`}>
        <ActionIcon aria-label="Redo" data-disabled={redone === undefined} onClick={redo}>
          <IconArrowForwardUp size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="All commands: Ctrl K">
        <Button
          size="compact-sm"
          variant="default"
          aria-label="Commands"
          leftSection={<IconCommand size={14} />}
          classNames={{ section: styles.icon, label: styles.word }}
          onClick={() => showDialog('commands')}
        >
          Commands
        </Button>
      </Tooltip>
    </Group>
  );
}
