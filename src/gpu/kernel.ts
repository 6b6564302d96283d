// A kernel made ready for one shape: WGSL with its constants in front, and how many workgroups to start.

import { type Extent, MOST_A_SIDE } from './cut.ts';

/** Values of the constants a shader declares as missing: numbers become u32, strings stand as they are. */
export type Constants = Readonly<Record<string, number | string | boolean>>;

/** A kernel for one shape. */
export interface Kernel {
  /** Folder and file in shaders/, and the variant: for labels and messages. */
  readonly name: string;
  readonly source: string;
  /** Workgroups in x, y, z. */
  readonly grid: Extent;
  /** About how many floating-point operations it is worth, or would be if memory did not hold it up. */
  readonly work: number;
  /** Numbers for uniforms of its own, by their bindings' names: kernels that differ in these alone share a pipeline. */
  readonly uniforms?: Readonly<Record<string, readonly number[]>>;
}

/** The binding of shaders/common/origin.wgsl, which a plan supplies: a kernel that declares it can be cut. */
export const ORIGIN = 'origin';
/** Work of a workgroup that reads or writes a vec4 or so a thread, and computes little. */
const LIGHT_WORKGROUP = 64 * 400;

/** Whether a kernel's workgroups may be spread over several dispatches. */
export function isCuttable({ source }: Kernel): boolean {
  return bindingsOf(source).some(({ name }) => name === ORIGIN);
}

export interface Binding {
  readonly index: number;
  readonly name: string;
  readonly access: 'storage' | 'read-only-storage' | 'uniform';
}

/** The bindings that a plan is to be given buffers for; the others it makes itself. */
export function suppliedBindings({ source, uniforms = {} }: Kernel): readonly Binding[] {
  return bindingsOf(source).filter(({ name }) => name !== ORIGIN && !(name in uniforms));
}

/** Puts the constants in front of the shader files, which together make one module. */
export function kernel(
  name: string,
  files: readonly string[],
  constants: Constants,
  grid: Extent,
  work = grid[0] * grid[1] * grid[2] * LIGHT_WORKGROUP,
): Kernel {
  const prelude = Object.entries(constants)
    .map(([key, value]) => `const ${key} = ${typeof value === 'number' ? `${value}u` : value};`)
    .join('\n');
  const made = { name, source: directivesFirst(`${prelude}\n${files.join('\n')}`), grid, work };
  if (Math.max(...grid) > MOST_A_SIDE && !isCuttable(made)) {
    throw new RangeError(
      `${name} needs ${grid.join(' x ')} workgroups; WebGPU allows ${MOST_A_SIDE} a side.`,
    );
  }
  return made;
}

/** WGSL wants its directives before everything else. */
function directivesFirst(source: string): string {
  const directive = /^(enable|requires|diagnostic)\b.*;\n/gm;
  return (source.match(directive) ?? []).join('') + source.replace(directive, '');
}

/**
 * Spreads `count` workgroups over x and y; the shader numbers them with
 * `workgroup_id.y * num_workgroups.x + workgroup_id.x` and leaves the surplus idle.
 */
export function linearGrid(count: number): Extent {
  const rows = Math.ceil(count / MOST_A_SIDE);
  return [Math.max(1, Math.ceil(count / rows)), Math.max(1, rows), 1];
}

const declaration =
  /@group\(0\)\s*@binding\((\d+)\)\s*var<(storage,\s*read_write|storage,\s*read|storage|uniform)>\s*(\w+)/g;

/** The buffers a shader declares: the WGSL is the only place that lists them. */
export function bindingsOf(source: string): readonly Binding[] {
  return [...source.matchAll(declaration)].map(([, index, kind, name]) => ({
    index: Number(index),
    name: name!,
    access: kind === 'uniform' ? 'uniform' : kind!.endsWith('read_write') ? 'storage' : 'read-only-storage',
  }));
}
