// A kernel made ready for one shape: WGSL with its constants in front and its marked loops written out, and how many
// workgroups to start.

import { unroll } from './unroll.ts';

/** Values of the constants a shader declares as missing: numbers become u32, strings stand as they are. */
export type Constants = Readonly<Record<string, number | string | boolean>>;

/** A kernel for one shape. */
export interface Kernel {
  /** Folder and file in shaders/, and the variant: for labels and messages. */
  readonly name: string;
  readonly source: string;
  /** Workgroups in x, y, z. */
  readonly grid: readonly [number, number, number];
}

export interface Binding {
  readonly index: number;
  readonly name: string;
  readonly access: 'storage' | 'read-only-storage' | 'uniform';
}

/** Puts the constants in front of the shader files, which together make one module. */
export function kernel(
  name: string,
  files: readonly string[],
  constants: Constants,
  grid: readonly [number, number, number],
): Kernel {
  for (const extent of grid) {
    if (extent > 65_535)
      throw new RangeError(`${name} needs ${grid.join(' x ')} workgroups; WebGPU allows 65,535 a side.`);
  }
  const prelude = Object.entries(constants)
    .map(([key, value]) => `const ${key} = ${typeof value === 'number' ? `${value}u` : value};`)
    .join('\n');
  return { name, source: unroll(directivesFirst(`${prelude}\n${files.join('\n')}`)), grid };
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
export function linearGrid(count: number): readonly [number, number, number] {
  const rows = Math.ceil(count / 65_535);
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
