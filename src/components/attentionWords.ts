// An attention configuration in the words of the page: "strided, merged, stride 16", where the paper says l and c.

import type { AttentionConfig } from '../model/config.ts';
import { describeAttention } from '../patterns/index.ts';

export function attentionWords(attention: AttentionConfig): string {
  return describeAttention(attention)
    .replace(/\bl (\d+)/, attention.layers.flat(2).includes('summary') ? 'block $1' : 'stride $1')
    .replace(/\bc (\d+)/, attention.layers.flat(2).includes('summary') ? 'summary $1' : 'sinks $1');
}
