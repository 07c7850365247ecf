import type { NodeDescription } from '@radiograph/graph';

type Schema = NodeDescription['params'];

/** The parameters of a node type: name, default, what it means, and what is accepted. */
export function ParameterList({ schema }: { readonly schema: Schema }) {
  const parameters = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    typeof property === 'boolean' ? [] : [{ name, property }],
  );
  if (parameters.length === 0) return null;
  return (
    <details>
      <summary>
        {parameters.length === 1 ? '1 parameter' : `${parameters.length} parameters`}
      </summary>
      <table>
        <tbody>
          {parameters.map(({ name, property }) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td>
                <code>{JSON.stringify(property.default)}</code>
              </td>
              <td>
                {property.description} <small>{describeRange(property)}</small>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

type Property = Exclude<NonNullable<Schema['properties']>[string], boolean>;

function describeRange({ enum: accepted, minimum, exclusiveMinimum, maximum }: Property): string {
  if (accepted !== undefined) return accepted.map((value) => String(value)).join(' | ');
  const low = exclusiveMinimum === undefined ? minimum : `above ${exclusiveMinimum}`;
  const isBounded = maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER;
  if (low === undefined && !isBounded) return '';
  return isBounded ? `${low ?? ''} to ${maximum}` : `from ${low}`;
}
