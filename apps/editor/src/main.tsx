import { Button, Group, MantineProvider, Text, Title } from '@mantine/core';
import '@mantine/core/styles.css';
import { Notifications } from '@mantine/notifications';
import '@mantine/notifications/styles.css';
import type { NodeDescription } from '@radiograph/graph';
import { createRoot } from 'react-dom/client';
import { setCatalog } from './catalog/catalog.ts';
import { checkNow, keepChecking } from './checks/checks-store.ts';
import { handleClipboard } from './clipboard/clipboard.ts';
import { handleKeys } from './commands/keyboard.ts';
import { undo } from './document/document-store.ts';
import { keepJournal, listDrafts } from './files/journal.ts';
import { openAgain, openGraph, readLastPath, rememberFile } from './files/open-file.ts';
import { autosave } from './files/save-file.ts';
import { watchFile } from './files/watch-file.ts';
import { panels } from './panels.ts';
import { connectActivity } from './server/activity.ts';
import { server } from './server/client.ts';
import { App } from './shell/App.tsx';
import { PanelContext } from './shell/panel-context.ts';
import { theme } from './theme/theme.ts';
import './theme/tokens.css';

const element = document.getElementById('root');
if (element === null) throw new Error('internal: index.html has no #root');
const root = createRoot(element, {
  // An error while drawing empties the page. The document and its history are safe: offer what they allow.
  onUncaughtError: (error) => queueMicrotask(() => showCrash(error)),
});

// The content security policy lets style elements in by this page's nonce alone.
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';

function show(content: React.ReactNode): void {
  root.render(
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <Notifications position="bottom-center" limit={3} />
      {content}
    </MantineProvider>,
  );
}

async function start(): Promise<void> {
  const [session, { nodeTypes }] = await Promise.all([
    server.session.read(),
    server.session.nodeTypes(),
  ]);
  setCatalog(nodeTypes as readonly NodeDescription[]); // zod types a JSON Schema as one that may be changed
  const wished = readLastPath() ?? session.firstGraph ?? (await listDrafts()).at(-1)?.path ?? null;
  if (wished !== null) await openAgain(wished).catch(() => openFirst(session.firstGraph, wished));
  rememberFile();
  connectActivity();
  keepJournal();
  autosave();
  watchFile();
  handleClipboard();
  handleKeys();
  keepChecking();
  showApp();
  await checkNow();
}

const showApp = () =>
  show(
    <PanelContext value={panels}>
      <App />
    </PanelContext>,
  );

function showCrash(error: unknown): void {
  reportError(error); // for the console
  const retry = () => {
    undo();
    showApp();
  };
  show(
    <Failure title="The editor stopped" error={error}>
      <Text mb="md">Your edits are kept in this browser.</Text>
      <Group>
        <Button onClick={retry}>Take back the last edit and go on</Button>
        <Button variant="default" onClick={() => location.reload()}>
          Load the page again
        </Button>
      </Group>
    </Failure>,
  );
}

/** The file of the last visit may be gone. */
async function openFirst(first: string | null, failed: string): Promise<void> {
  if (first !== null && first !== failed) await openGraph(first);
}

start().catch((error: unknown) => {
  show(
    <Failure title="The editor cannot start" error={error}>
      <Button onClick={() => location.reload()}>Try again</Button>
    </Failure>,
  );
});

type FailureProps = {
  readonly title: string;
  readonly error: unknown;
  readonly children: React.ReactNode;
};

function Failure({ title, error, children }: FailureProps) {
  return (
    <main style={{ maxWidth: '36rem', margin: '18vh auto', padding: '0 1rem' }}>
      <Title order={1} size="h2">
        {title}
      </Title>
      <Text my="md">{error instanceof Error ? error.message : String(error)}</Text>
      {children}
    </main>
  );
}
