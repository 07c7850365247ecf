import type { Interval } from '@radiograph/api';
import { printBounds, printNumber } from '@radiograph/statistics/words';
import { scaleLinear } from 'd3-scale';
import styles from './Charts.module.css';

export type IntervalBar = {
  readonly name: string;
  readonly value: number | null;
  readonly interval: Interval | null;
  readonly color: string;
  readonly isStrong?: boolean;
};

type IntervalBarsProps = {
  readonly label: string;
  readonly bars: readonly IntervalBar[];
  readonly xLabel: string;
  /** Range of the axis; 0 is always in it. */
  readonly domain?: readonly [number, number];
  readonly width?: number;
};

const row = 24;
const top = 6;

/** Horizontal bars with bootstrap intervals: one per class, and the mean. */
export function IntervalBars({ label, bars, xLabel, domain, width = 520 }: IntervalBarsProps) {
  const isNarrow = width < 400;
  const left = isNarrow ? 122 : 186;
  const right = width - (isNarrow ? 46 : 148);
  const bottom = top + bars.length * row;
  const x = scaleLinear(domain ?? rangeOf(bars), [left, right]);
  if (domain === undefined) x.nice(5);
  return (
    <svg
      viewBox={`0 0 ${width} ${bottom + 38}`}
      role="img"
      aria-label={label}
      className={styles.chart}
      style={{ maxWidth: width * 1.15 }}
    >
      <g className={styles.axes}>
        {x.ticks(5).map((tick) => (
          <g key={tick} transform={`translate(${x(tick)} 0)`}>
            <line y1={top} y2={bottom} className={tick === 0 ? styles.base : styles.grid} />
            <text y={bottom + 14} textAnchor="middle">
              {x.tickFormat(5)(tick)}
            </text>
          </g>
        ))}
        <text x={(left + right) / 2} y={bottom + 31} textAnchor="middle" className={styles.label}>
          {xLabel}
        </text>
      </g>
      {bars.map((bar, index) => (
        <Bar
          key={bar.name}
          bar={bar}
          x={x}
          y={top + index * row}
          left={left}
          end={width - 4}
          isNarrow={isNarrow}
        />
      ))}
    </svg>
  );
}

type BarProps = {
  readonly bar: IntervalBar;
  readonly x: (value: number) => number;
  readonly y: number;
  readonly left: number;
  readonly end: number;
  /** Without room for whole names and intervals; both are in the title. */
  readonly isNarrow: boolean;
};

function Bar({
  bar: { name, value, interval, color, isStrong },
  x,
  y,
  left,
  end,
  isNarrow,
}: BarProps) {
  const middle = y + row / 2;
  const center = value ?? interval?.mean ?? null;
  return (
    <g className={isStrong ? styles.strong : undefined}>
      <text x={left - 8} y={middle} dy="0.32em" textAnchor="end" className={styles.name}>
        {isNarrow && name.length > 17 ? `${name.slice(0, 15)}…` : name}
        <title>{name}</title>
      </text>
      {center !== null && (
        <rect
          x={Math.min(x(0), x(center))}
          y={y + 5}
          width={Math.abs(x(center) - x(0))}
          height={row - 10}
          rx={2}
          fill={color}
          opacity={0.75}
        />
      )}
      {interval && (
        <path
          d={`M${x(interval.lower)},${middle - 4}v8m0,-4H${x(interval.upper)}m0,-4v8`}
          className={styles.whisker}
        />
      )}
      <text x={end} y={middle} dy="0.32em" textAnchor="end" className={styles.value}>
        {center === null ? 'undefined' : printNumber(center)}
        {interval && !isNarrow && ` ${printBounds(interval)}`}
      </text>
    </g>
  );
}

function rangeOf(bars: readonly IntervalBar[]): [number, number] {
  const values = bars.flatMap(({ value, interval }) => [
    value ?? 0,
    interval?.lower ?? 0,
    interval?.upper ?? 0,
  ]);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  return high > low ? [low, high] : [0, 1];
}
