// Kernels without any extension, for what a host does with every runtime.
__kernel void add(__global const uint *restrict in, __global uint *restrict out, const uint count,
                  const ulong by) {
    for (uint i = 0; i < count; i++) out[i] = in[i] + (uint)by;
}

// Ends only when the host says so.
__kernel void spin(__global const volatile uint *restrict flag) {
    while (*flag == 0) {}
}
