import { Text } from '@mantine/core';
import { splitReference } from '@radiograph/graph';
import { useMemo } from 'react';
import { catalogStore, useCatalog } from '../catalog/catalog.ts';
import { documentStore, useDocument } from '../document/document-store.ts';
import { select, useSelection } from '../document/selection-store.ts';
import { PickList } from '../shell/PickList.tsx';
import { addStep, addWire } from './add-step.ts';
import { listTargets, nameOf, searchTargets, type Target } from './connect-targets.ts';

const shownTargets = 100;

/** Connecting without a pointer: every wire that the selected node could get, found by words of its two ends. */
export function ConnectDialog({ onDone }: { readonly onDone: () => void }) {
  const document = useDocument((state) => state.document);
  const catalog = useCatalog();
  const id = useSelection(({ nodes }) => [...nodes].find((one) => one in document.nodes));
  const targets = useMemo(
    () => (id === undefined ? [] : listTargets(document, catalog, id)),
    [document, catalog, id],
  );
  if (id === undefined)
    return <Text>Select a node first: Ctrl F finds one, the outline lists them all.</Text>;
  return (
    <PickList<Target>
      label={`Wires of ${id}`}
      placeholder="Words of both ends, for example: train expert"
      nothing={`No wire of ${id} matches.`}
      search={(query) => searchTargets(targets, query).slice(0, shownTargets)}
      keyOf={nameOf}
      draw={(target) => (
        <>
          <span>{nameOf(target)}</span>
          {target.type === 'wire' && target.isTaken && (
            <Text component="span" size="xs" c="var(--soft)">
              replaces its wire
            </Text>
          )}
        </>
      )}
      onPick={(target) => {
        onDone();
        if (target.type === 'new') return addBeside(target);
        addWire(target.wish);
        select([id]); // the next wire is one key away
      }}
    />
  );
}

function addBeside({ from, nodeType, port }: Extract<Target, { type: 'new' }>): void {
  const description = catalogStore.getState().types.get(nodeType);
  const [x, y] = documentStore.getState().document.layout?.[splitReference(from).nodeId] ?? [0, 0];
  if (description) addStep(description, [x + 260, y], { type: 'from', reference: from, port });
}
