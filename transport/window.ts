// The window of messages in flight: who publishes waits here for room. Without it a sender that is
// faster than its link grows without bound, for a socket buffers whatever it is given.

export interface WindowLimits {
  readonly messages: number;
  readonly bytes: number;
}

export interface Window {
  /** Room at once, or a promise of it: first come, first served. A message above the limit goes alone. */
  acquire(bytes: number): Promise<void> | undefined;
  release(bytes: number): void;
  /** Resolves once nothing is in flight and nobody waits. */
  idle(): Promise<void>;
  /** Whoever waits is turned away. */
  reject(error: Error): void;
}

interface Waiter {
  readonly bytes: number;
  readonly admit: () => void;
  readonly refuse: (error: Error) => void;
}

export function createWindow(limits: WindowLimits): Window {
  const waiters: Waiter[] = [];
  const idlers: (() => void)[] = [];
  let messages = 0;
  let bytes = 0;

  const fits = (size: number) => messages === 0 || (messages < limits.messages && bytes + size <= limits.bytes);

  function take(size: number): void {
    messages++;
    bytes += size;
  }

  function admitWaiting(): void {
    for (let next = waiters[0]; next && fits(next.bytes); next = waiters[0]) {
      waiters.shift();
      take(next.bytes);
      next.admit();
    }
    if (messages === 0) for (const wake of idlers.splice(0)) wake();
  }

  return {
    acquire(size) {
      if (waiters.length > 0 || !fits(size)) {
        return new Promise((admit, refuse) => waiters.push({ bytes: size, admit, refuse }));
      }
      take(size);
      return undefined;
    },
    release(size) {
      messages--;
      bytes -= size;
      admitWaiting();
    },
    idle: () => (messages === 0 ? Promise.resolve() : new Promise((wake) => idlers.push(wake))),
    reject(error) {
      for (const waiter of waiters.splice(0)) waiter.refuse(error);
    },
  };
}
