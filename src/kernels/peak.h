// What the machine can do, measured: the limits that a roofline draws.
#pragma once

namespace fac::kernels {

// float32 multiplications and additions a second of `threads` threads (0: thread_count()) that multiply and add in registers
// only. Takes some 20 ms.
double peak_flops(int threads = 0);

// Bytes a second that `threads` threads read and write when they copy more than any cache holds. Takes some 100 ms and 256 MB for
// a moment; 0 where there is no memory for it.
double peak_bytes(int threads = 0);

}  // namespace fac::kernels
