// Who may connect to a fleet's broker. One word decides what a client may do; the rules are in
// authorization.ts, the file that gives each client its word is described in credentials.ts.

import { z } from 'zod';

export const ROLES = ['master', 'agent', 'operator', 'viewer'] as const;
export type Role = (typeof ROLES)[number];
export const roleSchema = z.enum(ROLES);

/** The one client that may have the role `master`; nobody else may be called so. */
export { MASTER_ID } from '../protocol/topics.js';

/** A client that has been let in. */
export interface Identity {
  readonly id: string;
  readonly role: Role;
  /** The user name with which it came (and, where there are credentials, with the right password); null without. */
  readonly user: string | null;
}
