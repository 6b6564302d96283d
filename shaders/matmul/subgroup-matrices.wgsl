// Subgroup matrices (tensor cores), the only file that names them: their spelling is still moving
// (https://github.com/gpuweb/gpuweb/blob/main/proposals/subgroup-matrix.md). Float16 inputs, float32 sums.
// Constants: SIZE_M, SIZE_N, SIZE_K of one matrix. The file that uses it declares tileA, tileB and results.

enable f16;
enable subgroups;
enable chromium_experimental_subgroup_matrix;
// Every subgroup of a workgroup takes the same way; the analysis cannot see that.
diagnostic(off, chromium.subgroup_matrix_uniformity);

alias Left = subgroup_matrix_left<f16, SIZE_K, SIZE_M>;
alias Right = subgroup_matrix_right<f16, SIZE_N, SIZE_K>;
alias Sum = subgroup_matrix_result<f32, SIZE_N, SIZE_M>;

// Offsets and pitches count fours of elements.
fn loadLeft(offset: u32) -> Left { return subgroupMatrixLoad<Left, row_major>(&tileA, offset, PITCH_A); }
fn loadLeftTransposed(offset: u32) -> Left { return subgroupMatrixLoad<Left, col_major>(&tileA, offset, PITCH_A); }
fn loadRight(offset: u32) -> Right { return subgroupMatrixLoad<Right, row_major>(&tileB, offset, PITCH_B); }
fn loadRightTransposed(offset: u32) -> Right { return subgroupMatrixLoad<Right, col_major>(&tileB, offset, PITCH_B); }
fn multiplyAdd(left: Left, right: Right, sum: Sum) -> Sum { return subgroupMatrixMultiplyAccumulate(left, right, sum); }
fn storeSum(offset: u32, sum: Sum) { subgroupMatrixStore<row_major>(&results, offset, sum, PITCH_RESULT); }
