import { HoverCard, Text } from '@mantine/core';
import type { NodeDescription, Ports } from '@radiograph/graph';
import { centerOfView } from '../canvas/canvas-store.ts';
import { portStyles } from '../theme/port-style.ts';
import { addStep } from '../wiring/add-step.ts';
import styles from './Palette.module.css';

/** The MIME type of a node type that is dragged to the canvas. */
const dragType = 'application/x-radiograph-type';

/** One node type: what it is at a glance, its manual while the pointer rests on it. */
export function TypeRow({ type }: { readonly type: NodeDescription }) {
  return (
    <li>
      <HoverCard position="right-start" openDelay={500} closeDelay={60} width={340} shadow="md">
        <HoverCard.Target>
          <button
            type="button"
            className={styles.row}
            data-type={type.type}
            draggable
            onDragStart={({ dataTransfer }) => dataTransfer.setData(dragType, type.type)}
            onClick={() => addStep(type, centerOfView())}
          >
            <TypeGlance type={type} />
          </button>
        </HoverCard.Target>
        <HoverCard.Dropdown>
          <TypeCard type={type} />
        </HoverCard.Dropdown>
      </HoverCard>
    </li>
  );
}

/** Icon, title and the first line of the manual. */
export function TypeGlance({ type }: { readonly type: NodeDescription }) {
  const main = Object.values(type.outputs)[0] ?? Object.values(type.inputs)[0];
  const look = main === undefined ? undefined : portStyles[main.kind];
  return (
    <>
      {look && (
        <look.icon size={17} color={look.color} aria-hidden="true" className={styles.icon} />
      )}
      <span className={styles.words}>
        <span className={styles.title}>{type.title}</span>
        <span className={styles.summary}>{type.manual.split('\n')[0]}</span>
      </span>
    </>
  );
}

/** Title, manual and ports of a node type. */
export function TypeCard({ type }: { readonly type: NodeDescription }) {
  return (
    <div>
      <Text fw={600}>{type.title}</Text>
      <Text size="xs" ff="monospace" c="var(--soft)">
        {type.type}
      </Text>
      <Text size="sm" mt={6} className={styles.manual}>
        {type.manual}
      </Text>
      <PortList title="Takes" ports={type.inputs} />
      <PortList title="Gives" ports={type.outputs} />
    </div>
  );
}

function PortList({ title, ports }: { readonly title: string; readonly ports: Ports }) {
  const entries = Object.entries(ports);
  if (entries.length === 0) return null;
  return (
    <dl className={styles.ports}>
      <dt>{title}</dt>
      {entries.map(([name, { kind, role, arity, doc }]) => (
        <dd key={name}>
          <span className={styles.dot} style={{ background: portStyles[kind].color }} />
          <b>{name}</b> {role} {kind}
          {arity === 'one' ? '' : `, ${arity}`}
          <span className={styles.doc}>{doc}</span>
        </dd>
      ))}
    </dl>
  );
}
