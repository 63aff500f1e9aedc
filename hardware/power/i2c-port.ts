// What is needed of an I2C bus: the words of SMBus, and blocks where a register is longer. `i2c-bus` has it for real
// buses; tests have a file of registers.

/** Of one bus. Words are as SMBus sends them, the low byte first: the chips here send the high one first. */
export interface I2cPort {
  readWord(address: number, register: number): Promise<number>;
  writeWord(address: number, register: number, word: number): Promise<void>;
  /** @returns as many bytes as asked for */
  readBlock(address: number, register: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens `/dev/i2c-<bus>`; whether that is there may show only at the first transfer. */
export type OpenI2cPort = (bus: number) => Promise<I2cPort>;
