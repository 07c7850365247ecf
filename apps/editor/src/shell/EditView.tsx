import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { ReactFlowProvider } from '@xyflow/react';
import type { KeyboardEvent } from 'react';
import { Canvas } from '../canvas/Canvas.tsx';
import { focusNode } from '../canvas/canvas-store.ts';
import { isTyping } from '../clipboard/clipboard.ts';
import { selectionStore } from '../document/selection-store.ts';
import { Palette } from '../palette/Palette.tsx';
import styles from './App.module.css';
import { frameStore, showSideTab, useFrame } from './frame-store.ts';
import { usePanels } from './panel-context.ts';

/** The editing screen: palette, canvas, what is selected, and the drawer. */
export function EditView() {
  const isPaletteOpen = useFrame((state) => state.isPaletteOpen);
  const isSideOpen = useFrame((state) => state.isSideOpen);
  const columns = {
    '--left': isPaletteOpen ? 'clamp(190px, 17.3vw, 248px)' : '0px',
    '--right': isSideOpen ? 'clamp(256px, 22vw, 316px)' : '0px',
  };
  return (
    <ReactFlowProvider>
      <div className={styles.edit} style={columns as React.CSSProperties}>
        <aside className={styles.left} aria-label="Node types" hidden={!isPaletteOpen}>
          <Palette />
        </aside>
        <section className={styles.center} aria-label="Canvas">
          <Canvas />
        </section>
        <Side isOpen={isSideOpen} />
        <Drawer />
      </div>
    </ReactFlowProvider>
  );
}

function Side({ isOpen }: { readonly isOpen: boolean }) {
  const panels = usePanels('side');
  const tab = useFrame((state) => state.sideTab);
  const shown = panels.find(({ id }) => id === tab) ?? panels[0];
  const Shown = shown?.component;
  return (
    <aside className={styles.right} aria-label="About the selection" hidden={!isOpen}>
      <div className={styles.tabs} role="tablist" aria-label="About the selection">
        {panels.map(({ id, title, icon: Icon }) => (
          <button
            key={id}
            id={`side-tab-${id}`}
            type="button"
            role="tab"
            className={styles.tab}
            aria-selected={id === shown?.id}
            aria-controls="side-panel"
            onClick={() => showSideTab(id)}
          >
            <Icon size={16} aria-hidden="true" /> {title}
          </button>
        ))}
      </div>
      <div
        className={styles.panel}
        id="side-panel"
        role="tabpanel"
        aria-labelledby={`side-tab-${shown?.id}`}
        onKeyDown={leaveField}
      >
        {Shown && <Shown />}
      </div>
    </aside>
  );
}

/** Escape in a field goes back to the canvas, where single letters are commands. */
function leaveField(event: KeyboardEvent): void {
  if (event.key !== 'Escape' || event.defaultPrevented || !isTyping(event.target)) return;
  event.preventDefault();
  const [id] = selectionStore.getState().nodes;
  if (event.target instanceof HTMLElement) event.target.blur();
  if (id !== undefined) focusNode(id);
}

function Drawer() {
  const panels = usePanels('drawer');
  const tab = useFrame((state) => state.drawerTab);
  const shown = panels.find(({ id }) => id === tab);
  const Shown = shown?.component;
  return (
    <section className={styles.drawer} aria-label="Drawer">
      <div className={styles.tabs}>
        {panels.map(({ id, title, icon: Icon, badge: Badge }) => (
          <button
            key={id}
            type="button"
            className={styles.tab}
            aria-expanded={id === tab}
            onClick={() => frameStore.setState({ drawerTab: id === tab ? null : id })}
          >
            <Icon size={16} aria-hidden="true" /> {title} {Badge && <Badge />}
            {id === tab ? (
              <IconChevronDown size={14} aria-hidden="true" />
            ) : (
              <IconChevronUp size={14} aria-hidden="true" />
            )}
          </button>
        ))}
      </div>
      {Shown && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <section className={styles.drawerBody} tabIndex={0} aria-label={shown?.title}>
          <Shown />
        </section>
      )}
    </section>
  );
}
