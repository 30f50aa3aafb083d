/** Figures of `--organizations` as text. */
import { spread } from './figures.mjs';
import { aligned } from './report.mjs';

const MEGABYTE = 1_048_576;
const CASES = {
  alone: () => 'alone',
  another: ({ seldomRate }) => `beside one other, ${seldomRate.toFixed(0)} calls/s`,
  occupied: () => 'the same, its share of a core taken',
  many: ({ seldomRate, tenants }) => `beside ${tenants}, ${seldomRate.toFixed(0)} calls/s together`,
};
const HEAD = [
  '',
  'p50',
  'p99',
  'http cpu',
  'worker',
  'postgres',
  'leases/s',
  'refused',
  'not sent',
  'others %',
];

/** What the busy organization has of its calls, median of the rounds (lowest to highest); times in milliseconds. */
export function organizationLines(plan, { before, meeting, rounds, memory }) {
  const rows = Object.entries(CASES).map(([name, title]) =>
    rowOf(
      title(plan),
      rounds.map((round) => round[name]),
    ),
  );
  return [
    '',
    `a busy organization, ${plan.busyRate} calls/s (ms; cpu in ms a second, leases: statements; median of the rounds):`,
    ...aligned(HEAD, [rowOf('alone, before the others came', [before]), ...rows]),
    '',
    ...meetingLines(plan, meeting),
    ...perCallLines(plan, rounds),
    ...memoryLines(plan, memory),
  ];
}

function rowOf(title, measured) {
  const of = (read, digits) => rangeOf(measured.map(read), digits);
  const sum = (read) => String(measured.reduce((all, one) => all + read(one), 0));
  return [
    title,
    of(({ parts }) => parts.busy.admitted.p50, 2),
    of(({ parts }) => parts.busy.admitted.p99, 2),
    of(({ cpuMs, seconds }) => cpuMs / seconds, 0),
    of(({ workerCpuMs, allSeconds }) => workerCpuMs / allSeconds, 0),
    of(({ postgresCpuMs, allSeconds }) => postgresCpuMs / allSeconds, 0),
    of(({ leaseStatements, allSeconds }) => leaseStatements / allSeconds, 1),
    sum(refusedIn),
    sum(unsentIn),
    of(({ others }) => 100 * others, 0),
  ];
}

function refusedIn({ parts }) {
  return Object.values(parts).reduce((sum, part) => sum + part.turnedAway, 0);
}

/** For want of connections, in the time that is measured. */
function unsentIn({ parts }) {
  return Object.values(parts).reduce((sum, { unsent }) => sum + unsent, 0);
}

function rangeOf(numbers, digits) {
  const { median, min, max } = spread(numbers);
  const [middle, low, high] = [median, min, max].map((number) =>
    Number.isFinite(number) ? number.toFixed(digits) : '-',
  );
  return numbers.length === 1 ? middle : `${middle} (${low}..${high})`;
}

function meetingLines({ meetingRate, tenants }, meeting) {
  const { admitted } = meeting.parts.other;
  return [
    `each of the ${tenants} for the first time, ${meetingRate.toFixed(0)} calls/s: p50 ${admitted.p50.toFixed(1)} ms,` +
      ` p99 ${admitted.p99.toFixed(1)} ms, refused ${refusedIn(meeting)}, not sent ${unsentIn(meeting)}; cpu per call: http ${(meeting.cpuMs / admitted.count).toFixed(2)} ms,` +
      ` worker ${(meeting.workerCpuMs / tenants).toFixed(2)} ms, Postgres ${(meeting.postgresCpuMs / tenants).toFixed(2)} ms;` +
      ` ${meeting.leaseStatements} lease statements`,
  ];
}

/** What a call of one of the many costs beyond what the busy one costs alone, and how long it takes. */
function perCallLines({ seldomRate }, rounds) {
  const times = (share) =>
    rangeOf(
      rounds.map(({ many }) => many.parts.other.admitted[share]),
      1,
    );
  const more = (name, read) =>
    rangeOf(
      rounds.map(({ alone, [name]: beside }) => (read(beside) - read(alone)) / seldomRate),
      2,
    );
  const costs = (name) =>
    `http ${more(name, ({ cpuMs, seconds }) => cpuMs / seconds)},` +
    ` worker ${more(name, ({ workerCpuMs, allSeconds }) => workerCpuMs / allSeconds)},` +
    ` Postgres ${more(name, ({ postgresCpuMs, allSeconds }) => postgresCpuMs / allSeconds)}`;
  return [
    `a call of one of the many takes ${times('p50')} ms, p99 ${times('p99')} ms`,
    `cpu of such a call, ms: ${costs('many')}; of a call of the other busy one: ${costs('another')}`,
  ];
}

function memoryLines({ tenants }, { before, met, after }) {
  const one = (name) =>
    `${name} ${[before, met, after].map((at) => `${(at[name] / MEGABYTE).toFixed(0)} MB`).join(', ')}`;
  return [
    `resident before the ${tenants} came, when all had come, at the end: ${one('gateway')}; ${one('worker')}`,
  ];
}
