import type { ScaleLinear } from 'd3-scale';
import styles from './Charts.module.css';

export type Scale = ScaleLinear<number, number>;
export type Box = {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
};

type AxesProps = {
  readonly x: Scale;
  readonly y: Scale;
  readonly box: Box;
  /** What the axis means, with its unit. */
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xTicks?: number;
  readonly yTicks?: number;
};

/** Both axes of a chart with ticks, labels and grid lines. */
export function Axes({ x, y, box, xLabel, yLabel, xTicks = 5, yTicks = 4 }: AxesProps) {
  const [printX, printY] = [x.tickFormat(xTicks), y.tickFormat(yTicks)];
  return (
    <g className={styles.axes}>
      {y.ticks(yTicks).map((tick) => (
        <g key={tick} transform={`translate(0 ${y(tick)})`}>
          <line x1={box.left} x2={box.right} className={styles.grid} />
          <text x={box.left - 6} dy="0.32em" textAnchor="end">
            {printY(tick)}
          </text>
        </g>
      ))}
      {x.ticks(xTicks).map((tick) => (
        <text key={tick} x={x(tick)} y={box.bottom + 15} textAnchor="middle">
          {printX(tick)}
        </text>
      ))}
      <line x1={box.left} x2={box.right} y1={box.bottom} y2={box.bottom} className={styles.base} />
      <text
        x={(box.left + box.right) / 2}
        y={box.bottom + 31}
        textAnchor="middle"
        className={styles.label}
      >
        {xLabel}
      </text>
      <text
        transform={`translate(12 ${(box.top + box.bottom) / 2}) rotate(-90)`}
        textAnchor="middle"
        className={styles.label}
      >
        {yLabel}
      </text>
    </g>
  );
}
