import { scaleLinear } from 'd3-scale';
import { Axes, type Box } from './Axes.tsx';
import styles from './Charts.module.css';

export type Series = {
  readonly name: string;
  readonly color: string;
  readonly points: readonly (readonly [x: number, y: number])[];
};

type LineChartProps = {
  readonly label: string;
  readonly series: readonly Series[];
  readonly xLabel: string;
  readonly yLabel: string;
  readonly width?: number;
  readonly height?: number;
  /** Both axes fixed to 0..1, with the diagonal of chance: an ROC curve. */
  readonly isRoc?: boolean;
};

/** Lines over a common axis, with a legend; gaps are left out. */
export function LineChart(props: LineChartProps) {
  const { label, series, xLabel, yLabel, width = 420, height = 230, isRoc = false } = props;
  const box: Box = { left: 58, right: width - 12, top: 10, bottom: height - 40 };
  const points = series.flatMap((one) => one.points);
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const domain = (values: readonly number[]): [number, number] =>
    isRoc || values.length === 0 ? [0, 1] : spread(Math.min(...values), Math.max(...values));
  const x = scaleLinear(domain(xs), [box.left, box.right]);
  const y = scaleLinear(domain(ys), [box.bottom, box.top]);
  if (!isRoc) y.nice(4);
  return (
    <figure className={styles.figure}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={label}
        className={styles.chart}
        style={{ maxWidth: width * 1.15 }}
      >
        <Axes {...{ x, y, box, xLabel, yLabel }} />
        {isRoc && <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} className={styles.chance} />}
        {series.map(({ name, color, points: line }) => (
          <path
            key={name}
            d={line.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${x(px)},${y(py)}`).join('')}
            stroke={color}
            className={styles.line}
          />
        ))}
      </svg>
      {series.length > 1 && (
        <figcaption className={styles.legend}>
          {series.map(({ name, color }) => (
            <span key={name}>
              <i style={{ background: color }} /> {name}
            </span>
          ))}
        </figcaption>
      )}
    </figure>
  );
}

// A flat line still needs an axis.
const spread = (low: number, high: number): [number, number] =>
  high > low ? [low, high] : [low - 0.5, high + 0.5];
