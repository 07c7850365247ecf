import { FileMenu } from '../files/FileMenu.tsx';
import styles from './App.module.css';
import { showView } from './frame-store.ts';
import type { ViewPanel } from './panel.ts';
import { usePanels } from './panel-context.ts';
import { ThemeSwitch } from './ThemeSwitch.tsx';

type HeaderProps = { readonly views: readonly ViewPanel[]; readonly shown: string | undefined };

/** Name, views, the open file, and the buttons that the panels add. */
export function Header({ views, shown }: HeaderProps) {
  const buttons = usePanels('header');
  return (
    <header className={styles.header}>
      <h1 className={styles.brand} aria-label="Radiograph">
        <svg className={styles.mark} viewBox="0 0 16 16" aria-hidden="true">
          <path d="M4 8h8" stroke="var(--accent)" strokeWidth="2" />
          <circle cx="4" cy="8" r="3" fill="var(--accent)" />
          <circle cx="12" cy="8" r="3" fill="var(--accent)" />
        </svg>
        <span className={styles.word}>Radiograph</span>
      </h1>
      <nav className={styles.views} aria-label="Views">
        {views.map(({ id, title, icon: Icon }) => (
          <button
            key={id}
            type="button"
            className={styles.tab}
            aria-current={id === shown ? 'page' : undefined}
            aria-label={title}
            onClick={() => showView(id)}
          >
            <Icon size={16} aria-hidden="true" />
            <span className={styles.word}>{title}</span>
          </button>
        ))}
      </nav>
      <div className={styles.file}>
        <FileMenu />
      </div>
      <div className={styles.actions}>
        {buttons.map(({ id, component: Component }) => (
          <Component key={id} />
        ))}
        <ThemeSwitch />
      </div>
    </header>
  );
}
