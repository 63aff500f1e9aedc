// systemctl, where there is one.

import { execFile } from 'node:child_process';
import type { Systemctl } from './checks/service.js';

const LIMIT_MS = 5_000;

/** Null also in a container or a chroot, where systemctl finds nobody to talk to. */
export const systemctl: Systemctl = (args, signal) => {
  return new Promise((resolve) => {
    const options = { timeout: LIMIT_MS, signal, env: { ...process.env, LC_ALL: 'C' } };
    execFile('systemctl', [...args], options, (error, stdout) => resolve(error ? null : stdout));
  });
};
