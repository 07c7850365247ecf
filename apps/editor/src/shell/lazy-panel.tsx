import { Button, Center, Loader, Stack, Text } from '@mantine/core';
import { type ComponentType, useEffect, useState } from 'react';

type Loading =
  | { readonly type: 'waiting' }
  | { readonly type: 'failed' }
  | { readonly type: 'loaded'; readonly component: ComponentType };

/**
 * A panel whose code is fetched once the page is idle, or when it is first shown; the page opens without it.
 * A server that is away does not take the page down: the panel offers to try again.
 */
export function lazyPanel(load: () => Promise<ComponentType>): ComponentType {
  let known: Loading = { type: 'waiting' };
  const fetchOnce = async (): Promise<Loading> => {
    if (known.type === 'loaded') return known;
    known = await load().then(
      (component) => ({ type: 'loaded', component }),
      () => ({ type: 'failed' }),
    );
    return known;
  };
  globalThis.requestIdleCallback?.(() => void fetchOnce(), { timeout: 5000 });

  return function LazyPanel() {
    const [state, setState] = useState(known);
    const attempt = () => {
      setState({ type: 'waiting' });
      void fetchOnce().then(setState);
    };
    // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the panel is first shown
    useEffect(() => {
      if (state.type !== 'loaded') attempt();
    }, []);
    if (state.type === 'loaded') return <state.component />;
    return (
      <Center h="100%" mih={80}>
        {state.type === 'failed' ? (
          <Failed onRetry={attempt} />
        ) : (
          <Loader size="sm" aria-label="Loading" />
        )}
      </Center>
    );
  };
}

function Failed({ onRetry }: { readonly onRetry: () => void }) {
  return (
    <Stack gap="xs" align="center">
      <Text size="sm">This part of the editor could not be fetched from the server.</Text>
      <Button size="compact-sm" variant="default" onClick={onRetry}>
        Try again
      </Button>
    </Stack>
  );
}
