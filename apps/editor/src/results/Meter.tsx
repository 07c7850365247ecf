import { printNumber } from '@radiograph/statistics/words';
import styles from './Meter.module.css';

/** A share from 0 to 1, as a number and a bar. */
export function Meter({ value }: { readonly value: number }) {
  return (
    <span className={styles.meter}>
      <b>{printNumber(value)}</b>
      <span className={styles.track}>
        <i style={{ width: `${100 * value}%` }} />
      </span>
    </span>
  );
}
