import { type NodeProps, NodeResizer } from '@xyflow/react';
import { memo, useEffect, useRef } from 'react';
import { applyEdit } from '../document/document-store.ts';
import { editNote } from '../document/drawing-edits.ts';
import { takesCursor } from '../document/typing.ts';
import type { NoteFlowNode } from './flow-types.ts';
import styles from './NoteNode.module.css';

/** A text on the canvas. */
export const NoteNode = memo(function NoteNode({
  id,
  data: { note },
  selected,
}: NodeProps<NoteFlowNode>) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (!takesCursor(id)) return;
    field.current?.focus();
    field.current?.setSelectionRange(note.text.length, note.text.length);
  });
  return (
    <>
      <NodeResizer
        isVisible={selected === true}
        minWidth={120}
        minHeight={60}
        onResizeEnd={(_, { width, height, x, y }) =>
          applyEdit({
            label: 'Resize note',
            apply: editNote(id, {
              size: [Math.round(width), Math.round(height)],
              at: [Math.round(x), Math.round(y)],
            }),
          })
        }
      />
      <div className={styles.note} data-selected={selected || undefined}>
        <textarea
          ref={field}
          aria-label="Note"
          className={`nodrag nowheel ${styles.text}`}
          value={note.text}
          placeholder="Write a note"
          onChange={({ target }) =>
            applyEdit({
              label: 'Write note',
              apply: editNote(id, { text: target.value }),
              mergeKey: `note ${id}`,
            })
          }
        />
      </div>
    </>
  );
});
