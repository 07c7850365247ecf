import type { Port, Ports } from '@radiograph/graph';
import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { usePanels } from '../shell/panel-context.ts';
import { portStyles } from '../theme/port-style.ts';
import { useCanvas } from './canvas-store.ts';
import type { StepFlowNode } from './flow-types.ts';
import styles from './StepNode.module.css';

/** A node of the graph: title, typed ports, and a foot with what would happen or happens to it. */
export const StepNode = memo(function StepNode({ id, data, selected }: NodeProps<StepFlowNode>) {
  const { step, description } = data;
  const isFar = useCanvas((state) => state.isFar === true);
  const main =
    description && (Object.values(description.outputs)[0] ?? Object.values(description.inputs)[0]);
  const look = main && portStyles[main.kind];
  const title = step.label ?? description?.title ?? id;
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
        {!isFar && step.label !== undefined && description && step.label !== description.title && (
          <span className={styles.type} title={description.title}>
            {description.title}
          </span>
        )}
      </div>
      {!isFar && (
        <div className={styles.ports}>
          {description === undefined ? (
            <p className={styles.missing}>{step.type} is not installed</p>
          ) : (
            <>
              <PortColumn ports={description.inputs} side="inputs" />
              <PortColumn ports={description.outputs} side="outputs" />
            </>
          )}
        </div>
      )}
      {!isFar && <Foot nodeId={id} isDisabled={step.disabled === true} />}
      {!step.disabled && <Previews nodeId={id} />}
    </div>
  );
});

type ColumnProps = { readonly ports: Ports; readonly side: 'inputs' | 'outputs' };

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
            data-kind={port.kind}
            data-arity={port.arity}
            style={{ '--port': portStyles[port.kind].color } as React.CSSProperties}
          />
          <span className={styles.portName} data-optional={port.arity === 'optional' || undefined}>
            {name}
          </span>
        </div>
      ))}
    </div>
  );
});

const arityWords = { one: '', optional: ', optional', many: ', any number of wires' };

function describePort(name: string, { kind, role, arity, doc }: Port): string {
  return `${name}: ${role === undefined ? '' : `${role} `}${kind}${arityWords[arity]}\n${doc}`;
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
