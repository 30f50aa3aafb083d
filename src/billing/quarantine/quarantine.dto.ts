import { ListView } from '../../platform/pagination/list.dto.js';
import { IsPlainText } from '../../platform/validation/plain-text.validator.js';

/** What a process that is gone still has of a limit. */
export class HeldLeaseView {
  quota_id: string;
  /** USD of credit and budgets, pieces of rates; decimal. */
  amount: string;
}

/** A process whose machine is gone; what it leased stays leased until its journal cannot come back. */
export class QuarantinedProcessView {
  object: 'quarantined_process';
  id: string;
  /** <machine>/<boot> */
  machine: string;
  /** When its last lease ended. */
  deadline: string;
  leases: HeldLeaseView[];
}

/** All processes in quarantine; there are as many as machines were lost. */
export class QuarantinedProcessList extends ListView {
  data: QuarantinedProcessView[];
}

/** The machine whose journal will not come back. */
export class QuarantineReleaseDto {
  /** As the list names it, with or without its boot. */
  @IsPlainText(200)
  machine: string;

  @IsPlainText(500)
  reason: string;
}

/** Which processes of the machine were released, and what they had. */
export class QuarantineReleaseView {
  object: 'quarantine_release';
  /** The machine. */
  id: string;
  reason: string;
  processes: QuarantinedProcessView[];
}
