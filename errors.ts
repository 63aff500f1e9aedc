// Every error of the project. Each names the offending value, what was expected and the remedy,
// because whoever reads it stands before a rack of boards and wants to know what to do next.

export interface ErrorDetails {
  /** What to do about it, as an imperative sentence. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** Base of all errors: `code` is stable and goes over the wire, `message` is for people. */
export class RingTmpError extends Error {
  readonly code: string = 'error';
  readonly remedy: string | undefined;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = new.target.name;
    this.remedy = details.remedy;
  }
}

/** A run file, a flag or an environment variable is wrong. */
export class ConfigurationError extends RingTmpError {
  override readonly code = 'configuration';
}

/** A data set is missing, truncated or not what it says it is. */
export class DataError extends RingTmpError {
  override readonly code = 'data';
}

/** A model, a batch or a frame does not fit where it should go. */
export class CapacityError extends RingTmpError {
  override readonly code = 'capacity';
}

/** Bytes from the wire or from disk are not a valid frame or file. `field` names the part at fault. */
export class FrameError extends RingTmpError {
  override readonly code = 'frame';

  constructor(
    readonly field: string,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(`${field}: ${message}`, details);
  }
}

/** The broker cannot be reached, refuses us, or a port cannot be opened. */
export class ConnectionError extends RingTmpError {
  override readonly code = 'connection';
}

/** A command is malformed, repeated, or makes no sense in the present state. */
export class CommandError extends RingTmpError {
  override readonly code = 'command';
}

/** Someone did not answer in time. */
export class TimeoutError extends RingTmpError {
  override readonly code = 'timeout';
}

/** The mathematics went wrong: shapes that do not match, a loss that is not a number. */
export class ComputeError extends RingTmpError {
  override readonly code = 'compute';
}

/** A part of the board is not there, is refused, or is not what it should be: a bus, a chip, a pin. */
export class HardwareError extends RingTmpError {
  override readonly code = 'hardware';
}

/** A run cannot go on: a board was lost, a stage failed, nothing moves any more. */
export class RunError extends RingTmpError {
  override readonly code = 'run';
}

/** An error as it goes over the wire and into `--json` output. */
export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string | undefined;
}

export function reportOf(error: unknown): ErrorReport {
  if (error instanceof RingTmpError) {
    return { code: error.code, message: error.message, ...(error.remedy !== undefined && { remedy: error.remedy }) };
  }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

/** An error that arose elsewhere, in a thread or on another machine, as its report tells it. */
export class RemoteError extends RingTmpError {
  override readonly code: string;

  constructor({ code, message, remedy }: ErrorReport) {
    super(message, remedy === undefined ? {} : { remedy });
    this.code = code;
  }
}
