// Cutting the workgroups of a kernel into several dispatches: because WebGPU allows 65,535 a side, and because one
// dispatch must not keep the GPU for long.

export type Extent = readonly [x: number, y: number, z: number];

/** A box of a kernel's workgroups: where it begins, and how many it has a side. */
export interface Box {
  readonly origin: Extent;
  readonly size: Extent;
}

/** Workgroups that one dispatch may have a side. */
export const MOST_A_SIDE = 65_535;

/** Boxes that cover `grid`, the last side cut first, each of at most `most` workgroups. */
export function cutGrid(grid: Extent, most = Infinity): readonly Box[] {
  const size = grid.map((side) => Math.min(side, MOST_A_SIDE)) as [number, number, number];
  for (const side of [2, 1, 0] as const) {
    const others = (size[0] * size[1] * size[2]) / size[side];
    size[side] = Math.max(1, Math.min(size[side], Math.floor(most / others)));
  }
  const boxes: Box[] = [];
  for (let z = 0; z < grid[2]; z += size[2]) {
    for (let y = 0; y < grid[1]; y += size[1]) {
      for (let x = 0; x < grid[0]; x += size[0]) {
        boxes.push({
          origin: [x, y, z],
          size: [
            Math.min(size[0], grid[0] - x),
            Math.min(size[1], grid[1] - y),
            Math.min(size[2], grid[2] - z),
          ],
        });
      }
    }
  }
  return boxes;
}
