// Keys' gradients alone: those of queries are made by attention/backward-query-tiles.wgsl.

fn addQueryShare(products: ptr<function, array<vec4f, 4>>, place: Place, keys: Rows, queries: Rows, thread: u32) {}
