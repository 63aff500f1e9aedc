// What has come for a node, and when by its board's clock. On a real board that is now. An emulated one decides on what
// was there by its own clock: messages that, there, are still on their way are kept until it is as far, or has nothing
// else to do.

/** A message, and where boards are emulated when it came by the computer's own clock. */
export type Timed<Message> = Message & { readonly atMs?: number | undefined };

/** What an emulated board has of a clock. */
export interface BoardTime {
  readonly nowMs: number;
  idleUntil(hostMs: number): void;
  /** Lets this computer get as far. */
  await(hostMs: number): void;
  /**
   * A message was there then, though it is here only now: perhaps the board has idled in vain.
   * @param isOverdue it has begun something else meanwhile, which it might not have with the message there
   */
  cameAt(hostMs: number, isOverdue: boolean): void;
}

export interface ArrivalsOptions<Message> {
  /** Undefined at a real board. */
  readonly time: BoardTime | undefined;
  /** Takes one that is here; undefined when there is none. */
  readonly receive: () => Timed<Message> | undefined;
  readonly deliver: (message: Message) => void;
}

export class Arrivals<Message extends object> {
  private readonly ahead: Timed<Message>[] = [];
  /** When the board chose what it is at. */
  private chosenMs = -Infinity;

  constructor(private readonly options: ArrivalsOptions<Message>) {}

  put(message: Timed<Message>): void {
    const { time, deliver } = this.options;
    const { atMs } = message;
    if (time === undefined || atMs === undefined) {
      deliver(message);
      return;
    }
    time.cameAt(atMs, atMs < this.chosenMs);
    let place = this.ahead.length;
    while (place > 0 && (this.ahead[place - 1]?.atMs as number) > atMs) place--;
    this.ahead.splice(place, 0, message);
  }

  /** One that woke the thread: until it was there the board had nothing to do, so this computer is behind since then only. */
  wake(message: Timed<Message>): void {
    this.put(message);
    this.awaitNext();
  }

  /** Hands on all that is there by now: a gradient among it goes before the next forward. */
  takeIn(): void {
    const { time, deliver } = this.options;
    time?.await(time.nowMs);
    this.receiveAll();
    while (time && (this.ahead[0]?.atMs ?? Infinity) <= time.nowMs) deliver(this.ahead.shift() as Message);
    this.chosenMs = time?.nowMs ?? -Infinity;
  }

  /** Lets the time come at which the next one is there; false when there is none. */
  awaitNext(): boolean {
    const { time } = this.options;
    const [first] = this.ahead;
    this.chosenMs = -Infinity; // nothing
    if (time === undefined || first === undefined) return false;
    time.await(Math.max(first.atMs as number, time.nowMs));
    this.receiveAll(); // one of them may have been there before
    time.idleUntil(this.ahead[0]?.atMs as number);
    return true;
  }

  private receiveAll(): void {
    const { receive } = this.options;
    for (let next = receive(); next; next = receive()) this.put(next);
  }
}
