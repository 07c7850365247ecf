import { Skeleton, Text } from '@mantine/core';
import { useArtifact } from '../server/artifacts.ts';
import { portStyles } from '../theme/port-style.ts';
import styles from './ArtifactView.module.css';
import { viewsOf } from './kinds/kind-views.tsx';
import type { Output } from './result-set.ts';

type ArtifactViewProps = { readonly output: Output; readonly isCompact?: boolean };

/** One artifact: what it is, its facts, and what its kind shows. */
export function ArtifactView({ output, isCompact = false }: ArtifactViewProps) {
  const artifact = useArtifact(output.digest);
  const { icon: Icon, color } = portStyles[output.kind];
  return (
    <article className={styles.artifact} aria-label={`${output.nodeId}.${output.port}`}>
      <header className={styles.head}>
        <Icon size={16} color={color} aria-hidden="true" />
        <h3 className={styles.title}>{output.port}</h3>
        <span className={styles.kind}>{output.kind}</span>
      </header>
      {artifact.type === 'waiting' && <Skeleton height={90} radius="md" />}
      {artifact.type === 'failed' && (
        <Text size="sm" c="var(--bad)">
          {artifact.message}
        </Text>
      )}
      {artifact.type === 'ready' && (
        <>
          <dl className={styles.facts}>
            {artifact.value.facts.map(({ name, value }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          {viewsOf(output.kind).map((View) => (
            <View key={View.name} output={output} summary={artifact.value} isCompact={isCompact} />
          ))}
        </>
      )}
    </article>
  );
}
