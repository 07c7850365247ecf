import { Alert, Button, Group, Modal, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { GraphSummary } from '@radiograph/api';
import { useEffect, useState } from 'react';
import { documentStore } from '../document/document-store.ts';
import { server } from '../server/client.ts';
import styles from './FileMenu.module.css';
import { showFiles, useFilesDialog } from './files-store.ts';
import { type Draft, forgetJournal, listDrafts } from './journal.ts';
import { MergeDialog } from './MergeDialog.tsx';
import { openDraft, openGraph } from './open-file.ts';
import { saveGraphAs } from './save-file.ts';

const close = () => showFiles(null);

/** The dialogs of the file menu. */
export function FileDialogs() {
  const dialog = useFilesDialog();
  return (
    <>
      <Modal opened={dialog === 'open'} onClose={close} title="Open a graph" size="lg">
        <GraphList />
      </Modal>
      <Modal opened={dialog === 'save-as'} onClose={close} title="Save under a name">
        <SaveAs />
      </Modal>
      <Modal
        opened={dialog === 'merge'}
        onClose={close}
        title="This file was changed elsewhere"
        size="lg"
      >
        <MergeDialog />
      </Modal>
    </>
  );
}

function GraphList() {
  const [graphs, setGraphs] = useState<readonly GraphSummary[]>([]);
  useEffect(() => {
    server.graphs.list().then(({ graphs: all }) => setGraphs(all.toSorted(byDepth)), showError);
  }, []);
  const sections = [
    { title: 'In this workspace', members: graphs.filter(({ isTemplate }) => !isTemplate) },
    { title: 'Templates', members: graphs.filter(({ isTemplate }) => isTemplate) },
  ];
  const lists = sections
    .filter(({ members }) => members.length > 0)
    .map(({ title, members }) => (
      <section key={title}>
        <Text fw={600} size="sm" mt="sm" mb={6}>
          {title}
        </Text>
        <ul className={styles.list}>
          {members.map((graph) => (
            <li key={graph.path}>
              <GraphItem graph={graph} />
            </li>
          ))}
        </ul>
      </section>
    ));
  return (
    <>
      <Drafts />
      {lists}
    </>
  );
}

/** Graphs that were never saved: they are in this browser alone. */
function Drafts() {
  const [drafts, setDrafts] = useState<readonly Draft[]>([]);
  useEffect(() => void listDrafts().then(setDrafts), []);
  if (drafts.length === 0) return null;
  const forget = async (path: string) => {
    await forgetJournal(path);
    setDrafts(await listDrafts());
  };
  return (
    <section aria-label="Drafts">
      <Text fw={600} size="sm" mt="sm" mb={6}>
        Drafts, not saved yet
      </Text>
      <ul className={styles.list}>
        {drafts.map(({ path, name, nodes }) => (
          <li key={path} className={styles.draft}>
            <button
              type="button"
              className={styles.item}
              onClick={() => {
                close();
                void openDraft(path);
              }}
            >
              <b>{name}</b>
              <span className={styles.facts}>in this browser · {nodes} nodes</span>
            </button>
            {path !== documentStore.getState().file.path && (
              <Button size="compact-xs" variant="default" onClick={() => void forget(path)}>
                Discard
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The quickstart before the folders of examples beside it. */
const byDepth = (a: GraphSummary, b: GraphSummary): number =>
  a.path.split('/').length - b.path.split('/').length || a.path.localeCompare(b.path);

function GraphItem({ graph }: { readonly graph: GraphSummary }) {
  const { path, name, description, nodes, problem } = graph;
  return (
    <button
      type="button"
      className={styles.item}
      disabled={problem !== null}
      onClick={() => {
        close();
        openGraph(path).catch(showError);
      }}
    >
      <b>{name}</b>
      <span className={styles.facts}>
        {path} · {problem ?? `${nodes} nodes`}
      </span>
      {description && (
        <Text size="sm" lineClamp={2}>
          {description}
        </Text>
      )}
    </button>
  );
}

function showError(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  notifications.show({ color: 'red', title: 'Cannot open the graph', message });
}

function SaveAs() {
  const [name, setName] = useState(() => suggestName(documentStore.getState().document.name));
  const [problem, setProblem] = useState<string>();
  const save = async () => {
    const path = name.endsWith('.graph.json') ? name : `${name}.graph.json`;
    const refused = await saveGraphAs(path);
    setProblem(refused);
    if (refused !== undefined) return;
    close();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextInput
        data-autofocus
        label="File in the workspace"
        description="Folders are allowed, for example studies/rho.graph.json"
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      {problem && (
        <Alert color="red" mt="sm">
          {problem}
        </Alert>
      )}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" disabled={name.trim() === ''}>
          Save
        </Button>
      </Group>
    </form>
  );
}

function suggestName(name: string): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? ['untitled'];
  return `${words.join('-')}.graph.json`;
}
