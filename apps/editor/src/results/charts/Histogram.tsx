import type { Statistics } from '@radiograph/api';
import { scaleLinear } from 'd3-scale';
import { Axes, type Box } from './Axes.tsx';
import styles from './Charts.module.css';

type HistogramProps = {
  readonly name: string;
  readonly numbers: Statistics;
  readonly width?: number;
  readonly height?: number;
};

/** The distribution of an array, with its range and the number of missing values. */
export function Histogram({ name, numbers, width = 420, height = 170 }: HistogramProps) {
  const { minimum, maximum, mean, counts, count, nanCount } = numbers;
  const box: Box = { left: 58, right: width - 12, top: 10, bottom: height - 40 };
  const high = maximum > minimum ? maximum : minimum + 1;
  const x = scaleLinear([minimum, high], [box.left, box.right]);
  const y = scaleLinear([0, Math.max(1, ...counts)], [box.bottom, box.top]).nice(3);
  const barWidth = (box.right - box.left) / counts.length;
  return (
    <figure className={styles.figure}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`Histogram of ${name}`}
        className={styles.chart}
        style={{ maxWidth: width * 1.15 }}
      >
        <Axes {...{ x, y, box }} xLabel={`${name} value`} yLabel="count" yTicks={3} />
        {counts.map((value, bin) => (
          <rect
            key={x.invert(box.left + bin * barWidth)}
            x={box.left + bin * barWidth + 0.5}
            y={y(value)}
            width={Math.max(0.5, barWidth - 1)}
            height={box.bottom - y(value)}
            className={styles.bin}
          />
        ))}
      </svg>
      <figcaption className={styles.facts}>
        {print(minimum)} to {print(maximum)}, mean {print(mean)} · {count.toLocaleString('en')}{' '}
        values · <b data-bad={nanCount > 0 || undefined}>{nanCount.toLocaleString('en')} NaN</b>
      </figcaption>
    </figure>
  );
}

const print = (value: number) => (Number.isInteger(value) ? String(value) : value.toPrecision(4));
