import { IconChevronRight } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { focusNode, reveal } from '../canvas/canvas-store.ts';
import { useCatalog } from '../catalog/catalog.ts';
import { useDocument } from '../document/document-store.ts';
import { select, useSelection } from '../document/selection-store.ts';
import styles from './Outline.module.css';
import { listRows, type Row } from './outline-rows.ts';

/** The graph as a tree, in the order of its wires, for everyone who works without pointer or sight: arrows move and select, Enter shows on the canvas. */
export function Outline() {
  const { rows, open, setOpen } = useRows();
  const selection = useSelection((state) => state);
  const [active, setActive] = useState<string>();
  const tree = useRef<HTMLDivElement>(null);
  const hadFocus = useRef(false);
  const current = rows.find(({ id }) => id === active) ?? rows[0];
  useEffect(() => {
    const row = tree.current?.querySelector<HTMLElement>('[tabindex="0"]');
    // A row that was deleted takes the focus with it.
    if (hadFocus.current && document.activeElement === document.body) row?.focus();
  });
  if (current === undefined) return <p className={styles.empty}>The graph has no nodes.</p>;
  const goTo = (row: Row | undefined) => {
    if (row === undefined) return;
    setActive(row.id);
    selectRow(row);
    tree.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row.id)}"]`)?.focus();
  };
  const press = (event: KeyboardEvent) => {
    const move = keys[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const { to, isOpen } = move(rows, rows.indexOf(current));
    if (isOpen !== undefined) setOpen(toggled(open, current.id, isOpen));
    if (event.key === 'Enter') show(current);
    else goTo(to);
  };
  return (
    <div
      ref={tree}
      className={styles.list}
      role="tree"
      aria-label="Outline of the graph"
      onKeyDown={press}
      onFocus={() => {
        hadFocus.current = true;
      }}
      onBlur={({ relatedTarget }) => {
        hadFocus.current = relatedTarget === null && document.hasFocus();
      }}
    >
      {rows.map((row) => (
        <OutlineRow
          key={row.id}
          row={row}
          isActive={row === current}
          isSelected={(row.kind === 'wire' ? selection.edges : selection.nodes).has(row.id)}
          onPick={() => {
            goTo(row);
            reveal([nodeOf(row)]);
          }}
          onToggle={() => setOpen(toggled(open, row.id, !row.isOpen))}
        />
      ))}
    </div>
  );
}

function useRows() {
  const document = useDocument((state) => state.document);
  const catalog = useCatalog();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => listRows({ document, catalog }, open), [document, catalog, open]);
  return { rows, open, setOpen };
}

type RowProps = {
  readonly row: Row;
  readonly isActive: boolean;
  readonly isSelected: boolean;
  readonly onPick: () => void;
  readonly onToggle: () => void;
};

function OutlineRow({ row, isActive, isSelected, onPick, onToggle }: RowProps) {
  const { id, level, label, detail, isOpen } = row;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys
    <div
      role="treeitem"
      data-row={id}
      className={styles.item}
      style={{ paddingLeft: level * 18 - 8 }}
      tabIndex={isActive ? 0 : -1}
      aria-level={level}
      aria-selected={isSelected}
      aria-expanded={isOpen}
      onClick={onPick}
    >
      <IconChevronRight
        size={14}
        aria-hidden="true"
        className={styles.chevron}
        data-open={isOpen}
        onClick={(event) => {
          event.stopPropagation();
          onToggle();
        }}
      />
      <b>{label}</b>
      <span className={styles.detail}>{detail}</span>
    </div>
  );
}

type Move = { readonly to?: Row | undefined; readonly isOpen?: boolean };

/** Tree keys, as the ARIA practices have them. */
const keys: Readonly<Record<string, (rows: readonly Row[], at: number) => Move>> = {
  ArrowDown: (rows, at) => ({ to: rows[at + 1] }),
  ArrowUp: (rows, at) => ({ to: rows[at - 1] }),
  Home: (rows) => ({ to: rows[0] }),
  End: (rows) => ({ to: rows.at(-1) }),
  ArrowRight: (rows, at) => (rows[at]?.isOpen === false ? { isOpen: true } : { to: rows[at + 1] }),
  ArrowLeft: (rows, at) => {
    if (rows[at]?.isOpen) return { isOpen: false };
    const level = rows[at]?.level ?? 1;
    return { to: rows.slice(0, at).findLast((row) => row.level < level) };
  },
  Enter: () => ({}),
};

function toggled(open: ReadonlySet<string>, id: string, isOpen: boolean): ReadonlySet<string> {
  const next = new Set(open);
  if (isOpen) next.add(id);
  else next.delete(id);
  return next;
}

const nodeOf = ({ kind, id }: Row) => (kind === 'wire' ? id.split(' -> ')[1]!.split('.')[0]! : id);

function selectRow({ kind, id }: Row): void {
  if (kind === 'wire') select([], [id]);
  else select([id]);
}

function show(row: Row): void {
  selectRow(row);
  reveal([nodeOf(row)]);
  focusNode(nodeOf(row));
}
