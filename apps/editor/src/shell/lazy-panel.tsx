import { Button, Center, Loader, Stack, Text } from '@mantine/core';
import { type ComponentType, useEffect, useState } from 'react';

type Loading<P> =
  | { readonly type: 'waiting' }
  | { readonly type: 'failed' }
  | { readonly type: 'loaded'; readonly component: ComponentType<P> };

/**
 * A panel whose code is fetched once the page is idle, or when it is first shown; the page opens without it.
 * Silent: nothing is shown until then. A server that is away does not take the page down: the panel offers to try again.
 */
export function lazyPanel<P extends object>(
  load: () => Promise<ComponentType<P>>,
  { isSilent = false }: { readonly isSilent?: boolean } = {},
): ComponentType<P> {
  let known: Loading<P> = { type: 'waiting' };
  const fetchOnce = async (): Promise<Loading<P>> => {
    if (known.type === 'loaded') return known;
    known = await load().then(
      (component): Loading<P> => ({ type: 'loaded', component }),
      (): Loading<P> => ({ type: 'failed' }),
    );
    return known;
  };
  globalThis.requestIdleCallback?.(() => void fetchOnce(), { timeout: 5000 });

  return function LazyPanel(props: P) {
    const [state, setState] = useState(known);
    const attempt = () => {
      setState({ type: 'waiting' });
      void fetchOnce().then(setState);
    };
    // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the panel is first shown
    useEffect(() => {
      if (state.type !== 'loaded') attempt();
    }, []);
    if (state.type === 'loaded') return <state.component {...props} />;
    if (isSilent) return null;
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
