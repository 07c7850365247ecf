import { Text } from '@mantine/core';
import { splitReference } from '@radiograph/graph';
import { useMemo } from 'react';
import { catalogStore, useCatalog } from '../catalog/catalog.ts';
import { documentStore, useDocument } from '../document/document-store.ts';
import { select, useSelection } from '../document/selection-store.ts';
import { PickList } from '../shell/PickList.tsx';
import { addStep, addWire, moveWire } from './add-step.ts';
import { listMoves, listTargets, nameOf, searchTargets, type Target } from './connect-targets.ts';

const shownTargets = 100;

type DialogProps = { readonly onDone: () => void };

/** Connecting without a pointer: every wire that the selected node could get, or every port that the selected wire could go to. */
export function ConnectDialog({ onDone }: DialogProps) {
  const document = useDocument((state) => state.document);
  const id = useSelection(({ nodes }) => [...nodes].find((one) => one in document.nodes));
  const wire = useSelection(({ edges }) => [...edges][0]);
  if (id !== undefined) return <NodeWires id={id} onDone={onDone} />;
  if (wire !== undefined) return <WireMoves name={wire} onDone={onDone} />;
  return <Text>Select a node or a wire first: Ctrl F finds one, the outline lists them all.</Text>;
}

function NodeWires({ id, onDone }: DialogProps & { readonly id: string }) {
  const document = useDocument((state) => state.document);
  const catalog = useCatalog();
  const targets = useMemo(() => listTargets(document, catalog, id), [document, catalog, id]);
  const pick = (target: Target) => {
    onDone();
    if (target.type === 'new') return addBeside(target);
    addWire(target.wish);
    select([id]); // the next wire is one key away
  };
  return <TargetList label={`Wires of ${id}`} targets={targets} onPick={pick} />;
}

function WireMoves({ name, onDone }: DialogProps & { readonly name: string }) {
  const document = useDocument((state) => state.document);
  const catalog = useCatalog();
  const targets = useMemo(() => listMoves(document, catalog, name), [document, catalog, name]);
  const pick = (target: Target) => {
    onDone();
    if (target.type === 'wire') moveWire(name, target.wish);
  };
  return <TargetList label={`Instead of ${name}`} targets={targets} onPick={pick} />;
}

type TargetListProps = {
  readonly label: string;
  readonly targets: readonly Target[];
  readonly onPick: (target: Target) => void;
};

function TargetList({ label, targets, onPick }: TargetListProps) {
  return (
    <PickList<Target>
      label={label}
      placeholder="Words of both ends, for example: train expert"
      nothing="No wire matches."
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
      onPick={onPick}
    />
  );
}

function addBeside({ from, nodeType, port }: Extract<Target, { type: 'new' }>): void {
  const description = catalogStore.getState().types.get(nodeType);
  const [x, y] = documentStore.getState().document.layout?.[splitReference(from).nodeId] ?? [0, 0];
  if (description) addStep(description, [x + 260, y], { type: 'from', reference: from, port });
}
