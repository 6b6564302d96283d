// The tests of this project need a WebGPU adapter. This one fails when there is none, so that a run without
// a GPU, real or software, can never pass by running nothing.
import { expect, test } from 'vitest';

test('the browser offers a WebGPU adapter and a device that computes', async () => {
  expect(navigator.gpu, 'navigator.gpu').toBeDefined();
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error('requestAdapter() found nothing: see the flags in scripts/browser.mjs');
  expect(adapter.info.vendor).not.toBe('');

  const device = await adapter.requestDevice();
  const { COPY_SRC, COPY_DST, MAP_READ, STORAGE } = GPUBufferUsage;
  const result = device.createBuffer({ label: 'adapter-test.result', size: 16, usage: STORAGE | COPY_SRC });
  const readback = device.createBuffer({
    label: 'adapter-test.readback',
    size: 16,
    usage: COPY_DST | MAP_READ,
  });
  const code = `
    @group(0) @binding(0) var<storage, read_write> result: array<u32, 4>;
    @compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) { result[i] = i * i; }`;
  const pipeline = device.createComputePipeline({
    label: 'adapter-test',
    layout: 'auto',
    compute: { module: device.createShaderModule({ label: 'adapter-test', code }) },
  });
  const bindings = device.createBindGroup({
    label: 'adapter-test',
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer: result } }],
  });
  const encoder = device.createCommandEncoder({ label: 'adapter-test' });
  const pass = encoder.beginComputePass({ label: 'adapter-test' });
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindings);
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(result, 0, readback, 0, 16);
  device.queue.submit([encoder.finish()]);
  await readback.mapAsync(GPUMapMode.READ);
  expect([...new Uint32Array(readback.getMappedRange())]).toEqual([0, 1, 4, 9]);
  device.destroy();
});
