// What systemd says of RingTMP's services on this machine.

import { RunError } from '../../../errors.js';
import { runIn } from '../../service-status.js';
import { type Check, type Finding, ok, problem, warning } from '../finding.js';

/** Runs systemctl with these arguments; null where there is none, or no systemd that it could talk to. */
export type Systemctl = (args: readonly string[], signal: AbortSignal) => Promise<string | null>;

const AGENT = 'ringtmp-agent';
const SERVICES = [AGENT, 'ringtmp-broker', 'ringtmp-master'];
const PROPERTIES = [
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'Result',
  'NRestarts',
  'StatusText',
] as const;
type Unit = Readonly<Partial<Record<(typeof PROPERTIES)[number], string>>>;

export function serviceCheck(systemctl: Systemctl): Check {
  return {
    name: 'service',
    limitMs: 10_000,
    run: async (signal) => {
      const findings: Finding[] = [];
      for (const name of SERVICES) {
        const unit = await show(systemctl, name, signal);
        if (unit === null) return [ok('service', 'no systemd here: start the agent by hand or by your own means')];
        findings.push(...findingsOf(name, unit));
      }
      return findings;
    },
  };
}

/** @returns whether the agent's service runs */
export async function agentIsActive(systemctl: Systemctl, signal: AbortSignal): Promise<boolean> {
  return (await show(systemctl, AGENT, signal))?.ActiveState === 'active';
}

/** @returns the run that the agent's service tells of */
export async function runOfService(systemctl: Systemctl, signal: AbortSignal): Promise<string | null> {
  const unit = await show(systemctl, AGENT, signal);
  return unit?.ActiveState === 'active' ? runIn(unit.StatusText ?? '') : null;
}

async function show(systemctl: Systemctl, name: string, signal: AbortSignal): Promise<Unit | null> {
  const text = await systemctl(['show', `--property=${PROPERTIES.join(',')}`, `${name}.service`], signal);
  if (text === null) return null;
  const pairs = text.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2));
  return Object.fromEntries(pairs.filter(([key, value]) => key && value !== undefined));
}

/** Nobody expects a broker or a master on a board, though the package brings their units. */
function findingsOf(name: string, unit: Unit): readonly Finding[] {
  const isOff = unit.ActiveState === 'inactive' && !unit.UnitFileState?.startsWith('enabled');
  const isThere = unit.LoadState === 'loaded' && !(name !== AGENT && isOff);
  if (isThere) return [stateOf(name, unit)];
  if (name !== AGENT) return [];
  const remedy = 'To have the agent start with the board: `sudo ringtmp install agent`.';
  return [warning('service', `${name} is not installed`, remedy, { unit: name })];
}

function stateOf(name: string, unit: Unit): Finding {
  const { ActiveState, SubState, UnitFileState = '', Result, NRestarts } = unit;
  const figures = {
    unit: name,
    active: ActiveState,
    sub: SubState,
    enabled: UnitFileState,
    restarts: Number(NRestarts ?? 0),
  };
  const isEnabled = UnitFileState.startsWith('enabled');
  const state = `${name} is ${ActiveState} (${SubState}), ${UnitFileState || 'neither enabled nor disabled'}`;
  if (ActiveState === 'active' && isEnabled) return ok('service', state, figures);
  if (ActiveState === 'active') {
    return warning(
      'service',
      state,
      `So that it comes back with the board: \`sudo systemctl enable ${name}\`.`,
      figures,
    );
  }
  if (ActiveState !== 'failed' && !isEnabled) {
    return warning('service', state, `Start it: \`sudo systemctl enable --now ${name}\`.`, figures);
  }
  const error = new RunError(Result && Result !== 'success' ? `${state}: ${Result}` : state, {
    remedy: `See why, \`journalctl -u ${name} -n 50\`; then \`sudo systemctl restart ${name}\`.`,
  });
  return { ...problem('service', error), figures };
}
