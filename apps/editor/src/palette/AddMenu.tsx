import { FocusTrap } from '@mantine/core';
import { useClickOutside } from '@mantine/hooks';
import { useMemo } from 'react';
import { canvasStore, type AddMenu as Menu, useCanvas } from '../canvas/canvas-store.ts';
import { stepWidth } from '../canvas/step-size.ts';
import { findPort, useCatalog } from '../catalog/catalog.ts';
import { documentStore } from '../document/document-store.ts';
import { PickList } from '../shell/PickList.tsx';
import { type Attach, addStep } from '../wiring/add-step.ts';
import { type Fit, fitsAfter, fitsBefore } from '../wiring/wire-rules.ts';
import styles from './Palette.module.css';
import { searchTypes } from './search-types.ts';
import { TypeGlance } from './TypeRow.tsx';

const close = () => canvasStore.setState({ addMenu: null });

/** Where a wire ended on the empty canvas, or in its middle: nodes to add. For a wire only those that fit, best first. */
export function AddMenu() {
  const menu = useCanvas(({ addMenu }) => addMenu);
  return menu === null ? null : <AddList key={menu.screen.join()} menu={menu} />;
}

function AddList({ menu }: { readonly menu: Menu }) {
  const outside = useClickOutside<HTMLDivElement>(close);
  const fits = useFits(menu);
  const byType = useMemo(() => new Map(fits.map((fit) => [fit.type, fit])), [fits]);
  const left = Math.max(8, Math.min(menu.screen[0], innerWidth - 310));
  const top = Math.max(8, Math.min(menu.screen[1], innerHeight - 410));
  return (
    <div
      className={styles.menu}
      ref={outside}
      style={{ left, top }}
      role="dialog"
      aria-label="Add a node"
    >
      <FocusTrap active>
        <div>
          <PickList<Fit>
            label="Nodes to add"
            placeholder={menu.wire ? `Nodes that fit ${menu.wire.reference}` : 'Search nodes'}
            nothing="No installed node fits."
            search={(query) =>
              searchTypes([...byType.keys()], query).flatMap((type) => byType.get(type) ?? [])
            }
            keyOf={({ type }) => type.type}
            draw={({ type }) => <TypeGlance type={type} />}
            onCancel={close}
            onPick={(fit) => {
              close();
              addFit(menu, fit);
            }}
          />
        </div>
      </FocusTrap>
    </div>
  );
}

function useFits({ wire }: Menu): readonly Fit[] {
  const catalog = useCatalog();
  return useMemo(() => {
    if (wire === undefined) return [...catalog.values()].map((type) => ({ type, port: '' }));
    const port = findPort(documentStore.getState().document.nodes, wire.reference, wire.side);
    if (port === undefined) return [];
    return wire.side === 'outputs' ? fitsAfter(catalog, port) : fitsBefore(catalog, port);
  }, [catalog, wire]);
}

/** The new port lands where the wire ended. */
function addFit({ at, wire }: Menu, { type, port }: Fit): void {
  if (wire === undefined) {
    addStep(type, at);
    return;
  }
  const [x, y] = at;
  const attach: Attach =
    wire.side === 'outputs'
      ? { type: 'from', reference: wire.reference, port }
      : { type: 'to', reference: wire.reference, port };
  addStep(type, [wire.side === 'outputs' ? x : x - stepWidth, y - 50], attach);
}
