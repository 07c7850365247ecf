import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconPlugConnected, IconPlugConnectedX } from '@tabler/icons-react';
import { memo, useId } from 'react';
import { useChecks } from '../checks/checks-store.ts';
import { applyEdit, documentStore, useDocument } from '../document/document-store.ts';
import { exposeParam, freeId, setParam } from '../document/edits.ts';
import styles from './Inspector.module.css';
import { ParamControl } from './ParamControl.tsx';
import type { Param, ParamValue } from './param-schema.ts';

type ParamFieldProps = {
  readonly nodeId: string;
  readonly param: Param;
  readonly value: ParamValue | undefined;
};

/** One parameter: its control, what it means, its range, what is wrong with it, reset and expose. */
export const ParamField = memo(function ParamField({ nodeId, param, value }: ParamFieldProps) {
  const { name, help, range, fallback } = param;
  const helpId = useId();
  const problem = useChecks(({ problems }) =>
    problems.find(({ path }) => path.startsWith(`nodes.${nodeId}.params.${name}`)),
  );
  const set = (next: ParamValue | undefined) =>
    applyEdit({
      label: next === undefined ? `Reset ${name}` : `Set ${name}`,
      apply: setParam(nodeId, name, next),
      mergeKey: `param ${nodeId}.${name}`,
    });
  return (
    <div>
      <div className={styles.labelRow}>
        <span className={styles.name} data-set={value !== undefined || undefined}>
          {name}
        </span>
        {value !== undefined && (
          <Tooltip label={`Reset to ${JSON.stringify(fallback)}`}>
            <ActionIcon size="sm" aria-label={`Reset ${name}`} onClick={() => set(undefined)}>
              <IconArrowBackUp size={15} />
            </ActionIcon>
          </Tooltip>
        )}
        <ExposeButton reference={`${nodeId}.${name}`} name={name} />
      </div>
      <ParamControl
        param={param}
        value={
          value ?? (fallback as ParamValue | undefined) /* a default of a JSON Schema is JSON */
        }
        describedBy={helpId}
        onChange={set}
      />
      <p className={styles.help} id={helpId}>
        {help}
        {range && ` (${range})`}
      </p>
      {problem && (
        <p className={styles.problem} role="alert">
          {problem.message}
        </p>
      )}
    </div>
  );
});

function ExposeButton({ reference, name }: { readonly reference: string; readonly name: string }) {
  const exposed = useDocument(
    ({ document }) =>
      Object.entries(document.expose ?? {}).find(([, other]) => other === reference)?.[0],
  );
  const toggle = () => {
    const taken = new Set(Object.keys(documentStore.getState().document.expose ?? {}));
    const next = exposed === undefined ? freeId(taken, name) : undefined;
    applyEdit({
      label: next === undefined ? `Hide ${name}` : `Expose ${name}`,
      apply: exposeParam(reference, next),
    });
  };
  const label =
    exposed === undefined
      ? `Expose ${name}, to set it from outside`
      : `Exposed as --set ${exposed}=`;
  return (
    <Tooltip label={label}>
      <ActionIcon
        size="sm"
        aria-label={label}
        aria-pressed={exposed !== undefined}
        onClick={toggle}
      >
        {exposed === undefined ? (
          <IconPlugConnectedX size={15} />
        ) : (
          <IconPlugConnected size={15} color="var(--accent)" />
        )}
      </ActionIcon>
    </Tooltip>
  );
}
