// Subgroup matrices: float16 inputs, float32 sums. The spelling of this extension is still moving
// (https://github.com/gpuweb/gpuweb/blob/main/proposals/subgroup-matrix.md). A function that returns a matrix is slow, so
// kernels load, multiply and store them in place.
// Constants: SIZE_M, SIZE_N and SIZE_K of one product, and LANES (threads of a subgroup).

enable f16;
enable subgroups;
enable chromium_experimental_subgroup_matrix;
// Every subgroup of a workgroup takes the same way; the analysis cannot see that.
diagnostic(off, chromium.subgroup_matrix_uniformity);

alias Left = subgroup_matrix_left<f16, SIZE_K, SIZE_M>;
alias Right = subgroup_matrix_right<f16, SIZE_N, SIZE_K>;
alias Sum = subgroup_matrix_result<f32, SIZE_N, SIZE_M>;
