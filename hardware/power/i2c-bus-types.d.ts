// What is used of i2c-bus 5, which has no types of its own.

declare module 'i2c-bus' {
  interface PromisifiedBus {
    readWord(address: number, command: number): Promise<number>;
    writeWord(address: number, command: number, word: number): Promise<void>;
    readI2cBlock(address: number, command: number, length: number, buffer: Buffer): Promise<{ bytesRead: number }>;
    close(): Promise<void>;
  }

  export function openPromisified(bus: number): Promise<PromisifiedBus>;
}
