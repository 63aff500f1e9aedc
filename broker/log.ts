// What the broker needs of a logger: pino has this shape, and so may anything a test hands in.

export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}
