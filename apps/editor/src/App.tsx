import type { NodeDescription } from '@radiograph/graph';
import { useState } from 'react';
import { NodeTypeCard } from './palette/NodeTypeCard.tsx';
import { useNodeTypes } from './palette/useNodeTypes.ts';

/** The palette: every installed node type with its ports and manual, by package. */
export function App() {
  const loading = useNodeTypes();
  const [query, setQuery] = useState('');
  return (
    <main>
      <header>
        <h1>Radiograph</h1>
        <p>
          Node types that graphs can be built from. Run a saved graph with{' '}
          <code>radiograph run</code>.
        </p>
        <input
          type="search"
          aria-label="Search node types"
          placeholder="Search node types"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </header>
      {loading.type === 'failed' && <p role="alert">{loading.message}</p>}
      {loading.type === 'loading' && <p>Loading node types</p>}
      {loading.type === 'ready' && (
        <PackageList nodeTypes={filterTypes(loading.nodeTypes, query)} />
      )}
    </main>
  );
}

function PackageList({ nodeTypes }: { readonly nodeTypes: readonly NodeDescription[] }) {
  const packages = Map.groupBy(nodeTypes, ({ type }) => type.split('.')[0] ?? type);
  if (packages.size === 0) return <p>No node type matches.</p>;
  return [...packages].map(([name, members]) => (
    <section key={name} aria-label={name}>
      <h2>{name}</h2>
      <div className="cards">
        {members.map((nodeType) => (
          <NodeTypeCard key={nodeType.type} nodeType={nodeType} />
        ))}
      </div>
    </section>
  ));
}

function filterTypes(
  nodeTypes: readonly NodeDescription[],
  query: string,
): readonly NodeDescription[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return nodeTypes.filter(({ type, title, manual }) => {
    const text = `${type} ${title} ${manual}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
