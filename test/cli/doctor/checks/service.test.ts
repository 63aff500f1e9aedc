// Services as systemd tells them: `systemctl show` answers with lines such as ActiveState=active.

import { expect } from 'chai';
import { agentIsActive, runOfService, type Systemctl, serviceCheck } from '../../../../cli/doctor/checks/service.js';
import { statusText } from '../../../../cli/service-status.js';
import { findingsOf, line } from '../findings.js';

const shown = (load: string, active: string, sub: string, file: string, result = 'success') =>
  `LoadState=${load}\nActiveState=${active}\nSubState=${sub}\nUnitFileState=${file}\nResult=${result}\nNRestarts=2\n`;
const NOT_FOUND = shown('not-found', 'inactive', 'dead', '');

describe('doctor looks at services', () => {
  const asked: string[] = [];
  const systemd =
    (units: Record<string, string>): Systemctl =>
    async (args) => {
      asked.push(args.join(' '));
      return units[args.at(-1) ?? ''] ?? NOT_FOUND;
    };
  const look = async (units: Record<string, string>) => findingsOf(serviceCheck(systemd(units)));

  it('and is content where there is no systemd', async () => {
    const [finding, ...others] = await findingsOf(serviceCheck(async () => null));
    expect(finding).to.include({ level: 'ok', check: 'service' });
    expect(others).to.deep.equal([]);
    expect(await agentIsActive(async () => null, new AbortController().signal)).to.equal(false);
  });

  it('and misses the agent alone', async () => {
    const findings = await look({});
    expect(findings.map(line)).to.deep.equal(['warning service: ringtmp-agent is not installed']);
    expect(findings[0]?.remedy).to.include('sudo ringtmp install agent');
    expect(asked.every((words) => words.startsWith('show --property=LoadState,'))).to.equal(true);
  });

  for (const [unit, expected, remedy] of [
    [shown('loaded', 'active', 'running', 'enabled'), 'ok service: ringtmp-agent is active (running), enabled', /^$/],
    [
      shown('loaded', 'active', 'running', 'disabled'),
      'warning service: ringtmp-agent is active (running), disabled',
      /enable/,
    ],
    [
      shown('loaded', 'inactive', 'dead', 'disabled'),
      'warning service: ringtmp-agent is inactive (dead), disabled',
      /enable --now/,
    ],
    [
      shown('loaded', 'inactive', 'dead', 'enabled'),
      'problem service: ringtmp-agent is inactive (dead), enabled',
      /journalctl/,
    ],
    [
      shown('loaded', 'failed', 'failed', 'enabled', 'watchdog'),
      'problem service: ringtmp-agent is failed (failed), enabled: watchdog',
      /journalctl -u ringtmp-agent/,
    ],
    [
      shown('loaded', 'activating', 'auto-restart', 'enabled', 'exit-code'),
      'problem service: ringtmp-agent is activating (auto-restart), enabled: exit-code',
      /journalctl/,
    ],
  ] as const) {
    it(`and says "${expected}"`, async () => {
      const [finding] = await look({ 'ringtmp-agent.service': unit });
      expect(line(finding!)).to.equal(expected);
      expect(finding?.remedy ?? '').to.match(remedy);
      expect(finding?.figures).to.include({ unit: 'ringtmp-agent', restarts: 2 });
    });
  }

  it('and expects no broker and no master of a board, though the package brings their units', async () => {
    const off = shown('loaded', 'inactive', 'dead', 'disabled');
    const findings = await look({ 'ringtmp-broker.service': off, 'ringtmp-master.service': off });
    expect(findings.map(line)).to.deep.equal(['warning service: ringtmp-agent is not installed']);
  });

  it('and knows the run that the agent tells of, while it is active', async () => {
    const running = (active: string, text: string) =>
      runOfService(
        systemd({ 'ringtmp-agent.service': `${shown('loaded', active, 'running', 'enabled')}StatusText=${text}\n` }),
        new AbortController().signal,
      );
    expect(await running('active', statusText('digits-1'))).to.equal('digits-1');
    expect(await running('active', statusText(null))).to.equal(null);
    expect(await running('failed', statusText('digits-1'))).to.equal(null);
    expect(await runOfService(async () => null, new AbortController().signal)).to.equal(null);
  });

  it('and tells of broker and master where they are', async () => {
    const active = shown('loaded', 'active', 'running', 'enabled');
    const findings = await look({ 'ringtmp-agent.service': active, 'ringtmp-broker.service': active });
    expect(findings.map(({ message }) => message.split(' ')[0])).to.deep.equal(['ringtmp-agent', 'ringtmp-broker']);
    const isActive = await agentIsActive(systemd({ 'ringtmp-agent.service': active }), new AbortController().signal);
    expect(isActive).to.equal(true);
  });
});
