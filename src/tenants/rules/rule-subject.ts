import { GatewayError } from '../../core/errors.js';
import type { RuleEffect, RuleKind } from '../../core/rules/rule.js';
import { parseSubject } from '../../core/rules/subject.js';
import type { Prisma } from '../../generated/prisma/client.js';
import type { RuleSubjectDto } from './rule.dto.js';

/**
 * The subject of a rule as it is stored: checked, without what is absent.
 * @throws GatewayError invalid_parameter (effect, or a field of subject)
 */
export function subjectOf(
  kind: RuleKind,
  effect: RuleEffect,
  subject: RuleSubjectDto,
): Prisma.InputJsonObject {
  if (kind === 'price_ceiling' && effect !== 'allow') {
    throw new GatewayError('invalid_parameter', {
      param: 'effect',
      message: 'effect must be allow for a price_ceiling.',
    });
  }
  parseSubject(kind, subject);
  // What JSON leaves out is what is absent.
  return JSON.parse(JSON.stringify(subject)) as Prisma.InputJsonObject;
}
