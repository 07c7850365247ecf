import { CloseButton, Select, TextInput } from '@mantine/core';
import type { NodeDescription, PortKind } from '@radiograph/graph';
import { IconSearch } from '@tabler/icons-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { useCatalog } from '../catalog/catalog.ts';
import styles from './Palette.module.css';
import { kindsOf, searchTypes } from './search-types.ts';
import { TypeRow } from './TypeRow.tsx';

/** Every installed node type by package; drag one to the canvas, or press Enter on it. */
export function Palette() {
  const catalog = useCatalog();
  const [query, setQuery] = useState('');
  const [kind, setKind] = useState<PortKind | null>(null);
  const types = useMemo(() => [...catalog.values()], [catalog]);
  const kinds = useMemo(
    () => [...new Set(types.flatMap((type) => [...kindsOf(type)]))].sort(),
    [types],
  );
  const searched = useDeferredValue(query); // list and heading follow it together
  const found = searchTypes(types, searched, kind);
  return (
    <div className={styles.palette}>
      <div className={styles.search}>
        <TextInput
          type="search"
          size="sm"
          aria-label="Search node types"
          placeholder="Search nodes"
          leftSection={<IconSearch size={15} />}
          rightSection={
            query && <CloseButton size="sm" aria-label="Clear" onClick={() => setQuery('')} />
          }
          value={query}
          onChange={({ target }) => setQuery(target.value)}
        />
        <Select
          size="sm"
          aria-label="Only nodes with this kind of port"
          placeholder="Any kind of port"
          clearable
          data={kinds}
          value={kind}
          onChange={(value) => setKind(kinds.find((one) => one === value) ?? null)}
        />
      </div>
      <Results types={found} isSearching={searched.trim() !== ''} />
    </div>
  );
}

type ResultsProps = { readonly types: readonly NodeDescription[]; readonly isSearching: boolean };

/** In packages, or best first while searching. */
function Results({ types, isSearching }: ResultsProps) {
  if (types.length === 0) return <p className={styles.nothing}>No node type matches.</p>;
  const sections = isSearching
    ? new Map([['Best matches', types]])
    : Map.groupBy(types, ({ type }) => type.split('.')[0] ?? type);
  return (
    <div className={styles.results}>
      {[...sections].map(([name, members]) => (
        <section key={name} aria-label={name}>
          <h2 className={styles.package}>{name}</h2>
          <ul className={styles.list}>
            {members.map((type) => (
              <TypeRow key={type.type} type={type} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
