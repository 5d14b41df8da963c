/* A library that answers as OpenCL does, with one device, and writes down what it is asked. It computes nothing.
 *
 * In the working directory:
 *   fake.log   a line for each call that does something (queries are left out)
 *   fake.set   lines "NAME VALUE": a function and the code that it fails with, or
 *              PLATFORM name   the platform's name, with _ for a space
 *              STATUS code     the status of every event (default 0, complete; 1 is running)
 *              SLEEP name      a function that never returns
 *              PIPE code       what reading and writing a host pipe answers
 *              AVAILABLE 0     the device says that it cannot be used
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int32_t code;
typedef uint32_t uint;
typedef struct { const char *kind; char name[64]; } object;

static object platform = {"platform", ""}, device = {"device", ""};

static int setting(const char *name, char *value) {
    FILE *file = fopen("fake.set", "r");
    char key[64], text[128];
    int found = 0;
    while (file && fscanf(file, "%63s %127s", key, text) == 2) {
        if (strcmp(key, name) == 0) { strcpy(value, text); found = 1; }
    }
    if (file) fclose(file);
    return found;
}

static code number(const char *name, code otherwise) {
    char value[128];
    return setting(name, value) ? atoi(value) : otherwise;
}

/* Writes a call down and gives the code that it is to fail with. */
static code call(const char *name, const char *format, ...) {
    FILE *log = fopen("fake.log", "a");
    char sleeps[128];
    va_list list;
    va_start(list, format);
    fprintf(log, "%s", name);
    vfprintf(log, format, list);
    fprintf(log, "\n");
    fclose(log);
    va_end(list);
    while (setting("SLEEP", sleeps) && strcmp(sleeps, name) == 0) sleep(1);
    return number(name, 0);
}

static void *make(const char *kind, const char *name, code result, code *out) {
    object *made = NULL;
    if (out) *out = result;
    if (result == 0) {
        made = calloc(1, sizeof *made);
        made->kind = kind;
        snprintf(made->name, sizeof made->name, "%s", name);
    }
    return made;
}

static code answer(const void *value, size_t size, size_t room, void *out, size_t *needed) {
    if (needed) *needed = size;
    if (out) { if (room < size) return -30; memcpy(out, value, size); }
    return 0;
}

static code text(const char *value, size_t room, void *out, size_t *needed) {
    return answer(value, strlen(value) + 1, room, out, needed);
}

code clGetPlatformIDs(uint room, void **out, uint *count) {
    code result = number("clGetPlatformIDs", 0);
    if (count) *count = 1;
    if (out && room) out[0] = &platform;
    return result;
}

code clGetPlatformInfo(void *of, uint what, size_t room, void *out, size_t *needed) {
    char name[128] = "Intel(R)_FPGA_SDK_for_OpenCL(TM)";
    (void)of;
    setting("PLATFORM", name);
    for (char *c = name; *c; c++) if (*c == '_') *c = ' ';
    return text(what == 0x0902 ? name : "OpenCL 1.0 fake", room, out, needed);
}

code clGetDeviceIDs(void *of, uint64_t type, uint room, void **out, uint *count) {
    code result = number("clGetDeviceIDs", 0);
    (void)of; (void)type;
    if (result) return result;
    if (count) *count = 1;
    if (out && room) out[0] = &device;
    return 0;
}

code clGetDeviceInfo(void *of, uint what, size_t room, void *out, size_t *needed) {
    uint64_t size = 1u << 30;
    uint available = number("AVAILABLE", 1);
    (void)of;
    switch (what) {
    case 0x102B: return text("fake_board : a card that is not there", room, out, needed);
    case 0x102D: return text("1.0", room, out, needed);
    case 0x1030: return text("cl_intel_channels cl_intel_fpga_host_pipe", room, out, needed);
    case 0x101F: case 0x1010: return answer(&size, 8, room, out, needed);
    case 0x1027: return answer(&available, 4, room, out, needed);
    }
    return -30;
}

void *clCreateContext(const void *properties, uint count, void **devices, void *notify, void *user, code *out) {
    (void)properties; (void)count; (void)devices; (void)notify; (void)user;
    return make("context", "", call("clCreateContext", ""), out);
}

void *clCreateCommandQueue(void *context, void *of, uint64_t properties, code *out) {
    (void)context; (void)of; (void)properties;
    return make("queue", "", call("clCreateCommandQueue", ""), out);
}

void *clCreateProgramWithSource(void *context, uint count, const char **texts, const size_t *sizes, code *out) {
    (void)context; (void)count; (void)texts;
    return make("program", "", call("clCreateProgramWithSource", " %zu bytes", sizes[0]), out);
}

void *clCreateProgramWithBinary(void *context, uint count, void *const *devices, const size_t *sizes,
                                const unsigned char **bytes, code *status, code *out) {
    (void)context; (void)count; (void)devices;
    code result = call("clCreateProgramWithBinary", " %.*s", (int)sizes[0], bytes[0]);
    if (status) status[0] = number("BINARY", 0);
    return make("program", "", result, out);
}

code clBuildProgram(void *program, uint count, void *const *devices, const char *options, void *notify, void *user) {
    (void)program; (void)count; (void)devices; (void)notify; (void)user;
    return call("clBuildProgram", " [%s]", options);
}

code clGetProgramBuildInfo(void *program, void *of, uint what, size_t room, void *out, size_t *needed) {
    (void)program; (void)of; (void)what;
    return text("the fake compiler's log", room, out, needed);
}

void *clCreateKernel(void *program, const char *name, code *out) {
    (void)program;
    return make("kernel", name, call("clCreateKernel", " %s", name), out);
}

code clGetKernelInfo(void *kernel, uint what, size_t room, void *out, size_t *needed) {
    uint count = strcmp(((object *)kernel)->name, "params") == 0 ? 3 : 1;
    (void)what;
    code result = number("clGetKernelInfo", 0);
    return result ? result : answer(&count, 4, room, out, needed);
}

code clSetKernelArg(void *kernel, uint index, size_t size, const void *value) {
    (void)value;
    return call("clSetKernelArg", " %s %u: %zu bytes", ((object *)kernel)->name, index, size);
}

void *clCreateBuffer(void *context, uint64_t flags, size_t size, void *host, code *out) {
    (void)context; (void)flags;
    return make("buffer", "", call("clCreateBuffer", " %zu bytes%s", size, host ? " of the host" : ""), out);
}

void *clCreatePipe(void *context, uint64_t flags, uint width, uint depth, const void *properties, code *out) {
    (void)context; (void)properties;
    const char *who = flags & (1 << 7) ? "written" : "read";
    return make("pipe", "", call("clCreatePipe", " %s by the host, %u bytes, %u deep", who, width, depth), out);
}

static void event(void **out, const char *name) {
    if (out) *out = make("event", name, 0, NULL);
}

code clEnqueueTask(void *queue, void *kernel, uint waits, void *const *list, void **out) {
    (void)queue; (void)waits; (void)list;
    code result = call("clEnqueueTask", " %s", ((object *)kernel)->name);
    if (result == 0) event(out, "task");
    return result;
}

code clEnqueueWriteBuffer(void *queue, void *buffer, uint blocks, size_t at, size_t size, const void *bytes,
                          uint waits, void *const *list, void **out) {
    (void)queue; (void)buffer; (void)bytes; (void)waits; (void)list;
    code result = call("clEnqueueWriteBuffer", " %s %zu bytes at %zu", blocks ? "blocking" : "with event", size, at);
    if (result == 0) event(out, "write");
    return result;
}

code clEnqueueReadBuffer(void *queue, void *buffer, uint blocks, size_t at, size_t size, void *bytes,
                         uint waits, void *const *list, void **out) {
    (void)queue; (void)buffer; (void)waits; (void)list;
    code result = call("clEnqueueReadBuffer", " %s %zu bytes at %zu", blocks ? "blocking" : "with event", size, at);
    memset(bytes, 0, size);
    if (result == 0) event(out, "read");
    return result;
}

code clFlush(void *queue) { (void)queue; return call("clFlush", ""); }

code clGetEventInfo(void *of, uint what, size_t room, void *out, size_t *needed) {
    code status = number("STATUS", 0);
    (void)of; (void)what;
    code result = number("clGetEventInfo", 0);
    return result ? result : answer(&status, 4, room, out, needed);
}

code clWaitForEvents(uint count, void *const *events) {
    (void)count;
    return call("clWaitForEvents", " %s", ((object *)events[0])->name);
}

static code pipe_read(void *pipe, void *packet) {
    (void)pipe;
    memset(packet, 7, 32);
    code result = call("clReadPipeIntelFPGA", "");
    return result ? result : number("PIPE", 0);
}

static code pipe_write(void *pipe, void *packet) {
    (void)pipe; (void)packet;
    code result = call("clWritePipeIntelFPGA", "");
    return result ? result : number("PIPE", 0);
}

void *clGetExtensionFunctionAddressForPlatform(void *of, const char *name) {
    (void)of;
    if (number("NOPIPES", 0)) return NULL;
    if (strcmp(name, "clReadPipeIntelFPGA") == 0) return (void *)pipe_read;
    if (strcmp(name, "clWritePipeIntelFPGA") == 0) return (void *)pipe_write;
    return NULL;
}

/* What is released is not freed, so that a second release would be seen by its line and do no harm. */
#define RELEASE(function) \
    code function(object *of) { return call(#function, " %s%s%s", of->kind, *of->name ? " " : "", of->name); }
RELEASE(clReleaseContext)
RELEASE(clReleaseCommandQueue)
RELEASE(clReleaseProgram)
RELEASE(clReleaseKernel)
RELEASE(clReleaseMemObject)
RELEASE(clReleaseEvent)
