// What a kind of board can do: what an emulated board is held to, and what forecast and simulator count with.

export interface BoardProfile {
  /** `pi-4` */
  readonly name: string;
  /** As people know it. */
  readonly board: string;
  /** 10^9 floating-point operations a second of a product of 32-bit matrices, by the one thread that computes. */
  readonly gflops: number;
  readonly memoryBytes: number;
  /** 10^9 bytes a second that an elementwise operation reads and writes. */
  readonly memoryGBps: number;
  /** 10^6 bits a second of its link, up and down each. */
  readonly linkMbps: number;
  /** One way, of a small message to another board of the same kind. */
  readonly latencyMs: number;
  /** Watts of the whole board: waiting, and with the compute thread at work. */
  readonly idleW: number;
  readonly loadW: number;
}
