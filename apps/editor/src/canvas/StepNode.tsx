import { describeKind, type Port } from '@radiograph/graph';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { usePanels } from '../shell/panel-context.ts';
import { portStyles } from '../theme/port-style.ts';
import { useCanvas } from './canvas-store.ts';
import type { StepFlowNode } from './flow-types.ts';
import styles from './StepNode.module.css';

/** A node of the graph: title, typed ports, and a foot with what would happen or happens to it. */
export const StepNode = memo(function StepNode({ id, data, selected }: NodeProps<StepFlowNode>) {
  const { step, description, ports } = data;
  const isFar = useCanvas((state) => state.isFar === true);
  const main =
    description && (Object.values(description.outputs)[0] ?? Object.values(description.inputs)[0]);
  const look = main && portStyles[main.kind];
  const title = step.label ?? description?.title ?? id;
  // A label hides what the node is, a title what it is called in logs and on the command line.
  const other = step.label === undefined ? id : description?.title;
  const aside = other?.toLowerCase() === title.toLowerCase() ? undefined : other;
  return (
    <div
      className={styles.node}
      data-selected={selected || undefined}
      data-disabled={step.disabled || undefined}
      data-unknown={description === undefined || undefined}
      style={{ '--main': look?.color } as React.CSSProperties}
    >
      <div className={styles.head}>
        {look && !isFar && <look.icon size={15} color={look.color} aria-hidden="true" />}
        <span className={styles.title} title={title}>
          {title}
        </span>
        {!isFar && aside !== undefined && (
          <span className={styles.type} title={aside}>
            {aside}
          </span>
        )}
      </div>
      {/* Also from afar: React Flow asks the page where a node's wires end when the node comes into view. */}
      <div className={styles.ports}>
        <PortColumn ports={ports.inputs} side="inputs" />
        <PortColumn ports={ports.outputs} side="outputs" />
      </div>
      {!isFar &&
        (description === undefined ? (
          <Missing type={step.type} />
        ) : (
          <Foot nodeId={id} isDisabled={step.disabled === true} />
        ))}
      {!step.disabled && <Previews nodeId={id} />}
    </div>
  );
});

/** Of a type that is not installed only the names of the ports are known. */
type ColumnProps = {
  readonly ports: Readonly<Record<string, Port | undefined>>;
  readonly side: 'inputs' | 'outputs';
};

const PortColumn = memo(function PortColumn({ ports, side }: ColumnProps) {
  return (
    <div className={styles[side]}>
      {Object.entries(ports).map(([name, port]) => (
        <div key={name} className={styles.port} title={describePort(name, port)}>
          <Handle
            id={name}
            type={side === 'inputs' ? 'target' : 'source'}
            position={side === 'inputs' ? Position.Left : Position.Right}
            className={styles.handle}
            data-kind={port?.kind}
            data-arity={port?.arity}
            style={
              { '--port': port ? portStyles[port.kind].color : 'var(--bad)' } as React.CSSProperties
            }
          />
          <span className={styles.portName} data-optional={port?.arity === 'optional' || undefined}>
            {name}
          </span>
        </div>
      ))}
    </div>
  );
});

const arityWords = { one: '', optional: ', optional', many: ', any number of wires' };

/** Kind, what it is for, and its shape and numbers. */
function describePort(name: string, port: Port | undefined): string {
  if (port === undefined) return `${name}: of a type that is not installed`;
  const { kind, role, arity, doc } = port;
  const what = `${role === undefined ? '' : `${role} `}${kind}${arityWords[arity]}`;
  return `${name}: ${what}\n${doc}\n${describeKind(kind)}`;
}

function Missing({ type }: { readonly type: string }) {
  const words = `${type} is not installed`;
  return (
    <div className={styles.foot} title={words}>
      <IconAlertTriangle size={13} color="var(--bad)" aria-hidden="true" />
      <span className={styles.missing}>{words}</span>
    </div>
  );
}

function Previews({ nodeId }: { readonly nodeId: string }) {
  const panels = usePanels('preview');
  return panels.map(({ id, component: Component }) => <Component key={id} nodeId={nodeId} />);
}

function Foot({ nodeId, isDisabled }: { readonly nodeId: string; readonly isDisabled: boolean }) {
  const panels = usePanels('node');
  return (
    <div className={styles.foot}>
      {isDisabled ? (
        <span className={styles.idle}>disabled</span>
      ) : (
        panels.map(({ id, component: Component }) => <Component key={id} nodeId={nodeId} />)
      )}
    </div>
  );
}
