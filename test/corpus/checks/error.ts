import { inBandError, type GatewayAnswer } from '../client/gateway-answer.js';
import { object, text } from '../json.js';
import type { ErrorReading, Reading } from '../reading/reading.js';
import { short } from './content.js';

/** Whether the gateway failed where the provider did, in the same sense, and nowhere else. */
export function errorDifferences(
  expected: ErrorReading | undefined,
  actual: Reading,
  answer: GatewayAnswer,
): string[] {
  const came = actual.error;
  const [code = ''] = came?.codes ?? [];
  if (!expected)
    return came ? [`failed: ${answer.status} ${code}: ${short(messageOf(answer))}`] : [];
  const wanted = expected.codes.join(' or ');
  if (!came)
    return [
      `error: ${expected.status} ${wanted} expected, an answer with status ${answer.status} came`,
    ];
  const differences = expected.codes.includes(code)
    ? []
    : [`error code: ${wanted} expected, ${code} came: ${short(messageOf(answer))}`];
  if (!answer.frames && came.status !== expected.status) {
    differences.push(`error status: ${expected.status} expected, ${came.status} came`);
  }
  return differences;
}

/** A stream that fails must not say that it has finished when the provider had not said so. */
export function madeUpFinish(expected: Reading, actual: Reading): string[] {
  return expected.choices.flatMap((choice, index) => {
    const finish = actual.choices[index]?.finish[0];
    return choice.finish.length === 0 && finish
      ? [`finish_reason ${finish} was made up for a stream that broke off`]
      : [];
  });
}

/** The words of the error that the answer is or ends with. */
export function messageOf(answer: GatewayAnswer): string {
  const error = answer.frames ? inBandError(answer) : object(answer.body?.['error']);
  return text(error?.['message']);
}
