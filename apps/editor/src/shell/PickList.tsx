import { TextInput } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useState } from 'react';
import styles from './PickList.module.css';

type PickListProps<T> = {
  readonly label: string;
  readonly placeholder: string;
  /** What matches the query, best first. */
  readonly search: (query: string) => readonly T[];
  readonly keyOf: (item: T) => string;
  readonly draw: (item: T) => ReactNode;
  readonly onPick: (item: T) => void;
  readonly onCancel?: () => void;
  readonly nothing: string;
};

/** A search field over a list: arrow keys move, Enter picks; the focus stays in the field. What surrounds it traps the focus. */
export function PickList<T>(props: PickListProps<T>) {
  const { label, placeholder, search, keyOf, draw, onPick, onCancel, nothing } = props;
  const listId = useId();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const found = search(query);
  const activeId = `${listId}-${active}`;
  useEffect(() => {
    document.getElementById(activeId)?.scrollIntoView({ block: 'nearest' });
  }, [activeId]);
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = found[active];
    if (step !== undefined) setActive((active + step + found.length) % Math.max(found.length, 1));
    else if (event.key === 'Enter' && chosen !== undefined) onPick(chosen);
    else if (event.key === 'Escape' && onCancel) onCancel();
    else return;
    event.preventDefault();
  };
  return (
    <div className={styles.pick}>
      <TextInput
        data-autofocus
        aria-label={label}
        placeholder={placeholder}
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={found.length > 0 ? activeId : undefined}
        value={query}
        onChange={({ target }) => {
          setQuery(target.value);
          setActive(0);
        }}
        onKeyDown={press}
      />
      {found.length === 0 && <p className={styles.nothing}>{nothing}</p>}
      <div id={listId} className={styles.list} role="listbox" aria-label={label}>
        {found.map((item, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys
          <div
            key={keyOf(item)}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className={styles.item}
            onClick={() => onPick(item)}
          >
            {draw(item)}
          </div>
        ))}
      </div>
    </div>
  );
}
