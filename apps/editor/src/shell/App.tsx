import { useEffect } from 'react';
import { useStore } from 'zustand';
import styles from './App.module.css';
import { announcements } from './announce.ts';
import { followAddress, useFrame } from './frame-store.ts';
import { Header } from './Header.tsx';
import { usePanels } from './panel-context.ts';

/** The frame: header, the chosen view, and what runs in the background. */
export function App() {
  useEffect(followAddress, []);
  const view = useFrame((state) => state.view);
  const views = usePanels('view');
  const background = usePanels('background');
  const shown = views.find(({ id }) => id === view) ?? views[0];
  const Shown = shown?.component;
  return (
    <div className={styles.app}>
      <Header views={views} shown={shown?.id} />
      <main className={styles.view} aria-label={shown?.title}>
        {Shown && <Shown />}
      </main>
      {background.map(({ id, component: Component }) => (
        <Component key={id} />
      ))}
      <Announcer />
    </div>
  );
}

function Announcer() {
  const text = useStore(announcements, (state) => state.text);
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {text}
    </div>
  );
}
