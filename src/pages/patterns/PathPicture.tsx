// A path drawn: positions across, layers upwards, a coloured line for each step and a dashed one where the residual
// carries the position on.

import type { Path } from '../../patterns/index.ts';
import styles from './PathCard.module.css';

interface PathPictureProps {
  readonly path: Extract<Path, { kind: 'path' }>;
  readonly query: number;
  readonly source: number;
  readonly length: number;
}

const WIDTH = 320;
const LEFT = 46;
const RIGHT = 12;
/** More layers than this are only listed. */
const MOST_DRAWN = 24;

export function PathPicture({ path, query, source, length }: PathPictureProps) {
  if (path.layers > MOST_DRAWN) return null;
  const step = path.layers > 8 ? 20 : 36;
  const height = path.layers * step + 28;
  const x = (position: number) => LEFT + (position / Math.max(1, length - 1)) * (WIDTH - LEFT - RIGHT);
  const y = (layer: number) => 12 + (path.layers - layer) * step;
  const waits = waitsOf(path, source);
  const label = `Path from position ${query} down to ${source} through ${path.layers} layers; its steps are listed beside it`;
  return (
    <svg className={styles.picture} viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={label}>
      {Array.from({ length: path.layers + 1 }, (_, layer) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: layers have no other name
        <g key={layer}>
          <path d={`M${LEFT} ${y(layer)}H${WIDTH - RIGHT}`} stroke="var(--line)" />
          <text x={LEFT - 8} y={y(layer) + 4} textAnchor="end">
            {layer === 0 ? 'input' : `layer ${layer}`}
          </text>
        </g>
      ))}
      {waits.map(({ position, from, to }) => (
        <path
          key={`${position} ${from}`}
          d={`M${x(position)} ${y(from)}V${y(to)}`}
          stroke="var(--dim)"
          strokeWidth={2}
          strokeDasharray="3 4"
        />
      ))}
      {path.hops.map(({ layer, from, to, factor }) => (
        <path
          key={layer}
          d={`M${x(from)} ${y(layer)}L${x(to)} ${y(layer - 1)}`}
          stroke={`var(--factor-${factor})`}
          strokeWidth={3}
        />
      ))}
      {[{ layer: path.layers, position: query }, ...nodesOf(path), { layer: 0, position: source }].map(
        ({ layer, position }) => (
          <circle key={`${layer} ${position}`} cx={x(position)} cy={y(layer)} r={4} fill="var(--text)" />
        ),
      )}
    </svg>
  );
}

const nodesOf = ({ hops }: PathPictureProps['path']) =>
  hops.slice(0, -1).map(({ layer, to }) => ({ layer: layer - 1, position: to }));

/** Where the path stays at a position, from one layer down to another. */
function waitsOf({ hops }: PathPictureProps['path'], source: number) {
  const waits: { position: number; from: number; to: number }[] = [];
  for (const [index, hop] of hops.entries()) {
    const next = hops[index + 1]?.layer ?? 0;
    const position = hops[index + 1]?.from ?? source;
    if (hop.layer - 1 > next) waits.push({ position, from: hop.layer - 1, to: next });
  }
  return waits;
}
