/* The words in which OpenCL C 1.2 and C99 differ, and those that only Intel's compiler knows.
 *
 * The same rooms and stages are compiled four ways:
 *   fused kernel      OpenCL C 1.2, state in __global memory     TG_STATE is __global
 *   channel kernels   Intel's OpenCL, state in private arrays    TG_STATE is empty
 *   native            C99 by any compiler, for tests, the simulator and gdb
 */
#ifndef TIDEGATE_COMPAT_H
#define TIDEGATE_COMPAT_H

#ifdef __OPENCL_VERSION__
typedef uchar tg_u8;
typedef ushort tg_u16;
typedef uint tg_u32;
typedef ulong tg_u64;
typedef int tg_i32;
typedef long tg_i64;
#define TG_CONSTANT __constant
#define TG_FN
#else
#include <stdint.h>
typedef uint8_t tg_u8;
typedef uint16_t tg_u16;
typedef uint32_t tg_u32;
typedef uint64_t tg_u64;
typedef int32_t tg_i32;
typedef int64_t tg_i64;
#define TG_CONSTANT static const
#define TG_FN static inline
#endif

/* Where the state of a stage lives; a wiring may say otherwise before it includes this. */
#ifndef TG_STATE
#define TG_STATE
#endif

/* A fixed loop becomes as many copies of its body. */
#if defined(__OPENCL_VERSION__)
#define TG_UNROLL _Pragma("unroll")
#elif defined(__clang__)
#define TG_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define TG_UNROLL _Pragma("GCC unroll 64")
#else
#define TG_UNROLL
#endif

#include "gen/protocol.h"
#include "gen/layout.h"

#endif
