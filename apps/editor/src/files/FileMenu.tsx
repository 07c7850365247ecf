import { Button, Menu, Text, Tooltip } from '@mantine/core';
import {
  IconChevronDown,
  IconDeviceFloppy,
  IconFilePlus,
  IconFolderOpen,
  IconTemplate,
} from '@tabler/icons-react';
import { type SaveState, useDocument } from '../document/document-store.ts';
import styles from './FileMenu.module.css';
import { showFiles } from './files-store.ts';
import { newGraph } from './open-file.ts';
import { saveGraph } from './save-file.ts';

/** The open file: its name, whether it is saved, and what can be done with it. */
export function FileMenu() {
  const name = useDocument(({ document }) => document.name);
  const path = useDocument(({ file }) => file.path);
  const isTemplate = useDocument(({ file }) => file.isTemplate);
  return (
    <>
      <Menu position="bottom" width={230} shadow="md">
        <Menu.Target>
          <Button
            variant="subtle"
            color="gray"
            size="compact-md"
            className={styles.name}
            classNames={{ label: styles.label }}
            rightSection={<IconChevronDown size={14} />}
            title={path}
          >
            {name}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFilePlus size={16} />} onClick={newGraph}>
            New graph
          </Menu.Item>
          <Menu.Item
            leftSection={<IconFolderOpen size={16} />}
            rightSection={<Text size="xs">Ctrl O</Text>}
            onClick={() => showFiles('open')}
          >
            Open or start from a template
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconDeviceFloppy size={16} />}
            rightSection={<Text size="xs">Ctrl S</Text>}
            onClick={() => void saveGraph()}
          >
            Save
          </Menu.Item>
          <Menu.Item onClick={() => showFiles('save-as')}>Save under another name</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <SaveMark isTemplate={isTemplate} />
    </>
  );
}

const words: { readonly [T in SaveState['type']]: string } = {
  saved: 'Saved',
  unsaved: 'Unsaved',
  saving: 'Saving',
  failed: 'Not saved',
  stale: 'Changed elsewhere: merge',
};

function SaveMark({ isTemplate }: { readonly isTemplate: boolean }) {
  const save = useDocument((state) => state.save);
  const isNew = useDocument(({ file }) => file.revision === null);
  if (isTemplate) {
    return (
      <Tooltip label="Edits are kept in this browser. Save to make it a file of your own.">
        <Button
          size="compact-sm"
          variant="light"
          className={styles.mark}
          classNames={{ label: styles.words }}
          leftSection={isNew ? <IconDeviceFloppy size={14} /> : <IconTemplate size={14} />}
          onClick={() => showFiles('save-as')}
        >
          <span className={styles.wide}>{isNew ? 'Not saved yet: ' : 'Template: '}</span>
          {isNew ? 'choose a name' : 'save a copy'}
        </Button>
      </Tooltip>
    );
  }
  if (save.type === 'stale' || save.type === 'failed')
    return (
      <Tooltip
        label={save.type === 'failed' ? save.message : 'Another tab or program wrote this file.'}
      >
        <Button
          size="compact-sm"
          variant="light"
          color="red"
          className={styles.mark}
          onClick={() => void saveGraph()}
        >
          {words[save.type]}
        </Button>
      </Tooltip>
    );
  return (
    <span className={styles.state} data-state={save.type}>
      {words[save.type]}
    </span>
  );
}
