import { Kbd, Modal, Text } from '@mantine/core';
import Fuse from 'fuse.js';
import { useMemo } from 'react';
import { reveal } from '../canvas/canvas-store.ts';
import { catalogStore } from '../catalog/catalog.ts';
import { documentStore } from '../document/document-store.ts';
import { select } from '../document/selection-store.ts';
import { PickList } from '../shell/PickList.tsx';
import { VariantsEditor } from '../variants/VariantsEditor.tsx';
import { ConnectDialog } from '../wiring/ConnectDialog.tsx';
import styles from './CommandDialogs.module.css';
import { type Command, commands } from './commands.ts';
import { showDialog, useDialog } from './dialog-store.ts';
import { printKeys } from './keyboard.ts';

const close = () => showDialog(null);

/** The dialogs that commands open. */
export function CommandDialogs() {
  const dialog = useDialog();
  const common = { onClose: close, transitionProps: { duration: 120 } };
  return (
    <>
      <Modal {...common} opened={dialog === 'commands'} title="Commands" size={520} yOffset="12vh">
        <CommandList />
      </Modal>
      <Modal {...common} opened={dialog === 'search'} title="Search in the graph" size={520}>
        <NodeSearch />
      </Modal>
      <Modal {...common} opened={dialog === 'connect'} title="Connect" size={560}>
        <ConnectDialog onDone={close} />
      </Modal>
      <Modal {...common} opened={dialog === 'shortcuts'} title="Keyboard shortcuts" size={720}>
        <ShortcutSheet />
      </Modal>
      <Modal {...common} opened={dialog === 'variants'} title="Axes of variants" size={860}>
        <VariantsEditor />
      </Modal>
    </>
  );
}

function Keys({ keys }: { readonly keys: string | undefined }) {
  if (keys === undefined) return null;
  return (
    <span className={styles.keys}>
      {printKeys(keys).map((key) => (
        <Kbd key={key} size="xs">
          {key}
        </Kbd>
      ))}
    </span>
  );
}

const commandIndex = new Fuse(commands, { keys: ['title', 'group'], threshold: 0.35 });

function CommandList() {
  return (
    <PickList<Command>
      label="Commands"
      placeholder="What do you want to do?"
      nothing="No command matches."
      search={(query) =>
        query === '' ? commands : commandIndex.search(query).map(({ item }) => item)
      }
      keyOf={({ id }) => id}
      draw={({ title, group, keys }) => (
        <>
          <span className={styles.group}>{group}</span>
          <span className={styles.title}>{title}</span>
          <Keys keys={keys} />
        </>
      )}
      onPick={({ run }) => {
        close();
        run();
      }}
    />
  );
}

type Found = {
  readonly id: string;
  readonly label: string;
  readonly type: string;
  readonly params: string;
};

function NodeSearch() {
  const index = useMemo(() => {
    const { types } = catalogStore.getState();
    const found = Object.entries(documentStore.getState().document.nodes).map(
      ([id, { label, type, params, note = '' }]): Found => ({
        id,
        label: label ?? types.get(type)?.title ?? id,
        type,
        params: `${JSON.stringify(params)} ${note}`,
      }),
    );
    return {
      found,
      fuse: new Fuse(found, {
        keys: ['label', 'id', 'type', 'params'],
        threshold: 0.3,
        ignoreLocation: true,
      }),
    };
  }, []);
  return (
    <PickList<Found>
      label="Nodes of the graph"
      placeholder="Label, id, type or parameter"
      nothing="Nothing in this graph matches."
      search={(query) =>
        (query === '' ? index.found : index.fuse.search(query).map(({ item }) => item)).slice(0, 50)
      }
      keyOf={({ id }) => id}
      draw={({ id, label, type }) => (
        <>
          <span className={styles.title}>{label}</span>
          <Text component="span" size="xs" ff="monospace" c="var(--soft)">
            {id} · {type}
          </Text>
        </>
      )}
      onPick={({ id }) => {
        close();
        select([id]);
        reveal([id]);
      }}
    />
  );
}

const byHand: readonly { readonly title: string; readonly keys: string }[] = [
  { title: 'Copy, cut, paste', keys: 'mod+C/X/V' },
  { title: 'Next node or wire', keys: 'Tab' },
  { title: 'Select the focused one', keys: 'Enter' },

  { title: 'Select with a box', keys: 'Shift+Drag' },
  { title: 'Lead a selected wire over a point', keys: 'Drag' },
];

function ShortcutSheet() {
  const groups = Map.groupBy(
    commands.filter(({ keys }) => keys !== undefined),
    ({ group }) => group,
  );
  return (
    <div className={styles.sheet}>
      {[...groups, ['Canvas', byHand] as const].map(([group, members]) => (
        <section key={group}>
          <h3>{group}</h3>
          <dl>
            {members.map(({ title, keys }) => (
              <div key={title}>
                <dt>{title}</dt>
                <dd>
                  <Keys keys={keys} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
