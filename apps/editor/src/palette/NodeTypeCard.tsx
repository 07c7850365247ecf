import type { NodeDescription, Port, Ports } from '@radiograph/graph';
import { ParameterList } from './ParameterList.tsx';

/** One node type: title, first line of its manual, ports, and the whole manual on demand. */
export function NodeTypeCard({ nodeType }: { readonly nodeType: NodeDescription }) {
  const [summary = '', ...rest] = nodeType.manual.trim().split('\n');
  return (
    <article data-type={nodeType.type}>
      <h3>{nodeType.title}</h3>
      <code>{nodeType.type}</code>
      <p>{summary}</p>
      <PortList title="Takes" ports={nodeType.inputs} />
      <PortList title="Gives" ports={nodeType.outputs} />
      <ParameterList schema={nodeType.params} />
      {rest.length > 0 && (
        <details>
          <summary>Manual</summary>
          <pre>{rest.join('\n').trim()}</pre>
        </details>
      )}
    </article>
  );
}

function PortList({ title, ports }: { readonly title: string; readonly ports: Ports }) {
  const entries = Object.entries(ports);
  if (entries.length === 0) return null;
  return (
    <dl>
      <dt>{title}</dt>
      {entries.map(([name, port]) => (
        <dd key={name} title={port.doc}>
          <span className={`dot ${port.kind}`} aria-hidden="true" />
          {name} <small>{describeKind(port)}</small>
        </dd>
      ))}
    </dl>
  );
}

const arityMark = { one: '', optional: ', optional', many: ', any number' };

function describeKind({ kind, role, arity }: Port): string {
  return `${role === undefined ? kind : `${role} ${kind}`}${arityMark[arity]}`;
}
