// Attention for the scripted engine: real weights, by the reference, of queries and keys that are made up.

import { normal } from '../src/lib/random.ts';
import {
  type AttentionMaps,
  type AttentionMapsRequest,
  type AttentionRow,
  type AttentionRowsRequest,
  allHeads,
  meanRow,
  type Watch,
} from '../src/model/attention.ts';
import { headGroups, type ModelConfig } from '../src/model/config.ts';
import { attentionForward, attentionMaps, attentionRows, type LayerAttention } from '../src/reference/ops.ts';
import { attentionShape } from '../src/reference/transformer.ts';

const known = new Map<string, LayerAttention[]>();

function layersOf(config: ModelConfig): LayerAttention[] {
  const name = JSON.stringify(config);
  const shape = attentionShape(config, 1);
  const width = 2 * shape.dQueryKey + shape.dModel;
  const layers =
    known.get(name) ??
    Array.from({ length: config.nLayer }, (_, layer) => {
      const qkv = Float64Array.from({ length: shape.T * width }, (_, i) => 1.3 * normal(layer, 0xe2e, 0, i));
      return { qkv, lse: attentionForward(qkv, shape, headGroups(config, layer)).lse };
    });
  known.set(name, layers);
  return layers;
}

export function scriptedRows(config: ModelConfig, request: AttentionRowsRequest): AttentionRow[] {
  const layer = layersOf(config)[request.layer];
  if (!layer) throw new Error(`no layer ${request.layer}`);
  return attentionRows(layer, attentionShape(config, 1), headGroups(config, request.layer), request);
}

export function scriptedMaps(config: ModelConfig, request: AttentionMapsRequest): Promise<AttentionMaps> {
  const layers = layersOf(config);
  const groups = layers.map((_, layer) => headGroups(config, layer));
  return attentionMaps(request, attentionShape(config, 1), groups, async () => layers);
}

/** What is watched of the byte at a position. */
export function scriptedWatch(config: ModelConfig, { layer, head }: Watch, query: number): AttentionRow {
  const heads = head === 'mean' ? allHeads(config) : [head];
  const rows = scriptedRows(config, { tokens: new Uint8Array(), layer, heads, queries: [query] });
  const [row] = rows;
  if (!row) throw new Error('no such head');
  return head === 'mean' ? meanRow(rows) : row;
}
