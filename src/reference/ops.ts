// Every operation of the model, forward and backward, in float64: what the kernels are tested against.
export * from './adam.ts';
export * from './attention.ts';
export * from './crossentropy.ts';
export * from './dropout.ts';
export * from './embedding.ts';
export * from './gelu.ts';
export * from './layernorm.ts';
export * from './linear.ts';
export * from './readout.ts';
