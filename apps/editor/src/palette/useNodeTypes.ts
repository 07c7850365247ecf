import type { NodeDescription } from '@radiograph/graph';
import { useEffect, useState } from 'react';

type Loading =
  | { readonly type: 'loading' }
  | { readonly type: 'ready'; readonly nodeTypes: readonly NodeDescription[] }
  | { readonly type: 'failed'; readonly message: string };

/** Fetches the node descriptions once. */
export function useNodeTypes(): Loading {
  const [loading, setLoading] = useState<Loading>({ type: 'loading' });
  useEffect(() => {
    const canceler = new AbortController();
    fetchNodeTypes(canceler.signal).then(
      (nodeTypes) => setLoading({ type: 'ready', nodeTypes }),
      (error: unknown) => {
        if (canceler.signal.aborted) return;
        setLoading({ type: 'failed', message: `nodes.json: ${String(error)}` });
      },
    );
    return () => canceler.abort();
  }, []);
  return loading;
}

async function fetchNodeTypes(signal: AbortSignal): Promise<readonly NodeDescription[]> {
  const response = await fetch('nodes.json', { signal });
  if (!response.ok)
    throw new Error(`expected the node descriptions, got status ${response.status}`);
  // The runner writes this file with describeNodeType, so its shape is ours.
  return (await response.json()) as readonly NodeDescription[];
}
