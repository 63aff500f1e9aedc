// What the master streams waits while a gradient is due from its own node: all boards wait for that, and nobody yet for the
// samples that would leave by the same link before it.

export class StreamQueue<Message> {
  private readonly waiting: Message[] = [];
  private owed = 0;

  constructor(
    /** Of a node that answers at once; one with layers would hold the stream up for as long as it computes. */
    private readonly answersAtOnce: boolean,
    private readonly send: (message: Message) => void,
  ) {}

  /** An activation has come for the loss. */
  owe(): void {
    if (this.answersAtOnce) this.owed++;
  }

  /** Its gradient has been sent. */
  answered(): void {
    if (!this.answersAtOnce || --this.owed > 0) return;
    for (const message of this.waiting.splice(0)) this.send(message);
  }

  take(message: Message): void {
    if (this.owed > 0) this.waiting.push(message);
    else this.send(message);
  }
}
