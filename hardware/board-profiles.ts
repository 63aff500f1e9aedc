// The boards that can be emulated, each figure with where it is from. GFLOP/s are of one thread and of products of 128
// rows, which are the sizes of a micro-batch: one thread's figure for large matrices times `SMALL_PRODUCTS`.
//
// No source tells the watts of one busy thread for all four boards. `loadW` is a quarter of the way from idle to all
// four cores busy, which says too little: what the cores share wakes with the first of them. Latencies are assumed.

import type { BoardProfile } from './board-profile.js';

const GIB = 2 ** 30;

/**
 * What a product of 128 reaches of one of 1,024 with OpenBLAS on one thread: 4.2 of 6.4 GFLOP/s on a Cortex-A53
 * (OpenMathLib/OpenBLAS#2643), 7.6 of 9.2 on a Cortex-A55 (OpenMathLib/OpenBLAS#3279); the mean of the two.
 */
const SMALL_PRODUCTS = 0.745;
/** Products of 32-bit numbers are twice as fast as those of 64-bit numbers, which HPL computes. */
const SINGLE = 2;
/** tinymembench counts what is copied, which is read and written. */
const READ_AND_WRITTEN = 2;

const PROFILES: readonly BoardProfile[] = [
  {
    name: 'pi-zero-2',
    board: 'Raspberry Pi Zero 2 W',
    // A Cortex-A53 at 1.0 GHz; SGEMM of 128 on one at 1.4 GHz (the little core of an RK3399): 4.25 (OpenBLAS#2643).
    gflops: round(4.25 / 1.4),
    memoryBytes: GIB / 2,
    // memcpy 1,300 MB/s at 1.0 GHz (ThomasKaiser/sbc-bench, Results.md).
    memoryGBps: READ_AND_WRITTEN * 1.3,
    // 2.4 GHz, 802.11n, one stream of 20 MHz: 72 Mbit/s on the air, of which TCP gets about 60 %. Emulated as full
    // duplex and as if alone on the air, which flatters it.
    linkMbps: 45,
    // A datagram over a Pi's Wi-Fi takes 1.8 ms on average (swystems/det-bypass, UDP at no load, a Pi 4 at 5 GHz).
    latencyMs: 1.8,
    // Idle 0.6 W (cnx-software.com, 2021-12-09); HPL on four cores 2.1 W (geerlingguy/top500-benchmark#26).
    idleW: 0.6,
    loadW: withOneOfFour(0.6, 2.1),
  },
  {
    name: 'pi-3',
    board: 'Raspberry Pi 3 Model B',
    // The same core at 1.2 GHz.
    gflops: round((4.25 / 1.4) * 1.2),
    memoryBytes: GIB,
    // memcpy 1,120 MB/s, of the 3 B+, whose memory is the same (sbc-bench, Results.md).
    memoryGBps: READ_AND_WRITTEN * 1.12,
    // Fast Ethernet behind USB 2: 100 Mbit/s less the headers of Ethernet, IP and TCP.
    linkMbps: 94,
    latencyMs: 0.25,
    // Idle 1.4 W, four cores 3.7 W (pidramble.com, power consumption).
    idleW: 1.4,
    loadW: withOneOfFour(1.4, 3.7),
  },
  {
    name: 'pi-4',
    board: 'Raspberry Pi 4 Model B',
    // HPL on one of its cores at 1.5 GHz, with OpenBLAS: 4.8 (OpenMathLib/OpenBLAS#2230).
    gflops: round(SINGLE * 4.8 * SMALL_PRODUCTS),
    memoryBytes: 4 * GIB,
    // memcpy 2,550 MB/s at 1.5 GHz (sbc-bench, Results.md); STREAM says as much (4.9 to 5.5, sci-pi.org.uk/bench/stream).
    memoryGBps: READ_AND_WRITTEN * 2.55,
    // iperf3: 941 Mbit/s (mpr-projects.com, RPi NAS part 3).
    linkMbps: 941,
    latencyMs: 0.1,
    // Idle 2.7 W, four cores 6.4 W (pidramble.com, power consumption).
    idleW: 2.7,
    loadW: withOneOfFour(2.7, 6.4),
  },
  {
    name: 'pi-5',
    board: 'Raspberry Pi 5',
    // HPL on one of its cores at 2.4 GHz, with OpenBLAS: 16.0 (OpenMathLib/OpenBLAS#4581).
    gflops: round(SINGLE * 16.0 * SMALL_PRODUCTS),
    memoryBytes: 8 * GIB,
    // "C copy" 5,557 MB/s of the board with 8 GB (raspberrypi/firmware#1876).
    memoryGBps: READ_AND_WRITTEN * 5.56,
    // As the Pi 4 (the same source measured both).
    linkMbps: 941,
    latencyMs: 0.1,
    // Idle 0.65 A at 5 V (iiab/iiab#4050); HPL on four cores 11 W (geerlingguy/top500-benchmark#18).
    idleW: 3.3,
    loadW: withOneOfFour(3.3, 11),
  },
];

export const BOARD_PROFILES: ReadonlyMap<string, BoardProfile> = new Map(PROFILES.map((each) => [each.name, each]));

function withOneOfFour(idleW: number, allW: number): number {
  return round(idleW + (allW - idleW) / 4);
}

/** None of these figures is good for more than two or three digits. */
function round(value: number): number {
  return Number(value.toFixed(1));
}
