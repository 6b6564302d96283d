// Shaders are imported as text: `import shader from '../../shaders/attention/forward.wgsl?raw'`.
declare module '*.wgsl?raw' {
  const source: string;
  export default source;
}
