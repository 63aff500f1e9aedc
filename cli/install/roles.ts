// What a machine may do in a fleet as a service, and what belongs to that: units, settings, data.

export const ROLE_NAMES = ['broker', 'master', 'agent'] as const;
export type RoleName = (typeof ROLE_NAMES)[number];

export interface Role {
  readonly name: RoleName;
  /** Of which the last one is the service itself. */
  readonly units: readonly string[];
  /** Any one of these files lets the service start; it is skipped at boot without (ConditionPathExists=). */
  readonly needs: readonly string[];
  /** How to come by such a file. */
  readonly remedy: string;
  /** What is asked about before it is deleted. */
  readonly data: readonly string[];
}

const ETC = '/etc/ringtmp';
const LIB = '/var/lib';

/** In the order in which they are started: who is needed comes before who needs it. */
export const ROLES: readonly Role[] = [
  {
    name: 'broker',
    units: ['ringtmp-broker.service'],
    needs: ['/var/lib/ringtmp-broker/credentials.json'],
    remedy:
      'Say who may connect: sudo ringtmp credentials add <name> --role <role> --file /var/lib/ringtmp-broker/credentials.json',
    data: [`${ETC}/broker.yaml`, `${LIB}/ringtmp-broker`],
  },
  {
    name: 'master',
    units: ['ringtmp-master.service'],
    needs: [`${ETC}/master.key`, `${ETC}/master.yaml`],
    remedy: `Put its password into ${ETC}/master.key, and what else it is told into ${ETC}/master.yaml (\`ringtmp schema master\` tells its keys).`,
    data: [`${ETC}/master.key`, `${ETC}/master.yaml`, `${LIB}/ringtmp-master`],
  },
  {
    name: 'agent',
    units: ['ringtmp-flash.service', 'ringtmp-agent.service'],
    needs: [`${ETC}/agent.yaml`],
    remedy: `Write ${ETC}/agent.yaml (\`ringtmp schema agent\` tells its keys) and the password into ${ETC}/agent.key.`,
    data: [`${ETC}/agent.yaml`, `${ETC}/agent.key`, `${ETC}/refused.txt`, `${LIB}/ringtmp-agent`],
  },
];

/** All of them when none is named, in their order. */
export function rolesNamed(names: readonly RoleName[]): Role[] {
  return ROLES.filter(({ name }) => names.length === 0 || names.includes(name));
}

export function serviceOf({ units }: Role): string {
  return units.at(-1) as string;
}
