// Sends back what comes through the host pipe, until all of a packet's first word is ones.
#pragma OPENCL EXTENSION cl_intel_fpga_host_pipe : enable
__attribute__((max_global_work_dim(0)))
__kernel void echo(
    __attribute__((intel_host_accessible)) __read_only pipe ulong4 from_host,
    __attribute__((intel_host_accessible)) __write_only pipe ulong4 to_host) {
    ulong4 packet = (ulong4)(0, 0, 0, 0);
    while (packet.x != ULONG_MAX) {
        if (read_pipe(from_host, &packet) == 0) {
            while (write_pipe(to_host, &packet) != 0) {}
        }
    }
}
