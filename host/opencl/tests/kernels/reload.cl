// A small pipeline over channels: messages from a file, parameters from the host in mid-stream.
// It tests how the host reloads parameters, and is not the product's wiring.
#pragma OPENCL EXTENSION cl_intel_channels : enable
#pragma OPENCL EXTENSION cl_intel_fpga_host_pipe : enable

#define WORDS 16
#define STOP ULONG_MAX

// A message is its number.
channel ulong toe_in __attribute__((depth(DEPTH))) __attribute__((io("toe_in")));
channel ulong messages __attribute__((depth(DEPTH)));
// A block: a head {epoch, first message that it is for, 0, 0}, then its words {epoch, 0, 0, 0}.
channel ulong4 blocks __attribute__((depth(DEPTH)));
channel ulong4 swaps __attribute__((depth(DEPTH)));
channel ulong4 results __attribute__((depth(DEPTH)));
channel ulong4 toe_out __attribute__((depth(DEPTH))) __attribute__((io("toe_out")));

__attribute__((max_global_work_dim(0)))
__kernel void receive(void) {
    for (ulong message = 0; message != STOP;) {
        bool valid;
        ulong next = read_channel_nb_intel(toe_in, &valid);
        if (valid) {
            message = next;
            write_channel_intel(messages, message);
        }
    }
}

// For every message: its number, the epoch that the host announced, and the least and the greatest
// epoch in the block that came with it.
__attribute__((max_global_work_dim(0)))
__kernel void stage(void) {
    ulong active[WORDS], shadow[WORDS];
    ulong epoch = 0, next_epoch = 0, from = 0, message = 0;
    int filled = -1; // no head yet
    bool stopped = false, ended = false;
    for (int i = 0; i < WORDS; i++) active[i] = 0;
    while (!(stopped && ended)) {
        bool valid;
        if (filled < WORDS) {
            ulong4 word = read_channel_nb_intel(blocks, &valid);
            if (valid) {
                if (filled < 0) {
                    next_epoch = word.x;
                    from = word.y;
                    if (word.x == STOP) ended = true; else filled = 0;
                } else {
                    shadow[filled++] = word.x;
                }
            }
        }
        if (filled == WORDS && (message >= from || stopped)) {
            for (int i = 0; i < WORDS; i++) active[i] = shadow[i];
            epoch = next_epoch;
            filled = -1;
            write_channel_intel(swaps, (ulong4)(epoch, message, 0, 0));
        }
        ulong number = read_channel_nb_intel(messages, &valid);
        if (valid) {
            if (number == STOP) {
                stopped = true;
                write_channel_intel(results, (ulong4)(STOP, 0, 0, 0));
            } else {
                ulong least = active[0], greatest = active[0];
                for (int i = 1; i < WORDS; i++) {
                    least = min(least, active[i]);
                    greatest = max(greatest, active[i]);
                }
                write_channel_intel(results, (ulong4)(number, epoch, least, greatest));
                message = number + 1;
            }
        }
    }
}

__attribute__((max_global_work_dim(0)))
__kernel void send(void) {
    for (ulong message = 0; message != STOP;) {
        ulong4 result = read_channel_intel(results);
        message = result.x;
        if (message != STOP) write_channel_intel(toe_out, result);
    }
}

// A channel has one writer and one reader in a program, so one of the two is compiled.
#ifdef HOST_PIPE

// Parameters by the host pipe: {epoch, first message, 0, 0} in, {epoch, message of the swap, 0, 0} out.
__attribute__((max_global_work_dim(0)))
__kernel void params_pipe(
    __attribute__((intel_host_accessible)) __read_only pipe ulong4 from_host,
    __attribute__((intel_host_accessible)) __write_only pipe ulong4 to_host,
    __global const volatile ulong *restrict block) {
    ulong epoch = 0;
    while (epoch != STOP) {
        ulong4 packet;
        if (read_pipe(from_host, &packet) != 0) continue;
        epoch = packet.x;
        write_channel_intel(blocks, packet);
        if (epoch != STOP) {
            for (int i = 0; i < WORDS; i++) {
                write_channel_intel(blocks, (ulong4)(block[i], 0, 0, 0));
            }
            packet = read_channel_intel(swaps);
        }
        while (write_pipe(to_host, &packet) != 0) {}
    }
}

#else

// Parameters by a flag in the device's memory: the flag is the epoch, all ones is the end. What was
// swapped last is in `done`.
__attribute__((max_global_work_dim(0)))
__kernel void params_flag(
    __global const volatile uint *restrict flag,
    __global volatile uint *restrict done,
    __global const volatile ulong *restrict block,
    const uint messages_an_epoch) {
    uint epoch = 0;
    while (epoch != UINT_MAX) {
        uint next = *flag;
        if (next == epoch) continue;
        epoch = next;
        if (epoch == UINT_MAX) {
            write_channel_intel(blocks, (ulong4)(STOP, 0, 0, 0));
        } else {
            write_channel_intel(blocks, (ulong4)(epoch, (ulong)epoch * messages_an_epoch, 0, 0));
            for (int i = 0; i < WORDS; i++) {
                write_channel_intel(blocks, (ulong4)(block[i], 0, 0, 0));
            }
            ulong4 swap = read_channel_intel(swaps);
            *done = (uint)swap.x;
        }
    }
}

#endif
