import { cssColor } from '../class-color.ts';
import styles from './Kinds.module.css';

type ClassTogglesProps = {
  readonly classes: readonly string[];
  readonly off: ReadonlySet<number>;
  readonly onChange: (off: ReadonlySet<number>) => void;
};

/** One switch per class in its color; Alt-click shows one class alone. */
export function ClassToggles({ classes, off, onChange }: ClassTogglesProps) {
  const press = (k: number, isAlone: boolean) => {
    const others = classes.flatMap((_, other) => (other === k ? [] : [other]));
    if (isAlone) return onChange(new Set(off.size === others.length && !off.has(k) ? [] : others));
    const next = new Set(off);
    if (!next.delete(k)) next.add(k);
    onChange(next);
  };
  return (
    <fieldset className={styles.toggles} aria-label="Classes">
      {classes.map((name, k) => (
        <button
          key={name}
          type="button"
          className={styles.toggle}
          aria-pressed={!off.has(k)}
          title={`${name}. Alt-click: this class alone`}
          onClick={(event) => press(k, event.altKey)}
        >
          <i style={{ background: cssColor(k) }} /> {name}
        </button>
      ))}
    </fieldset>
  );
}
